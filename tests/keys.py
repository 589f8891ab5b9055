"""Keys for the secrets in tests' databases."""

from core.store.secret_keyring import keyring_from

KEY = "0f" * 32
KEYRING = keyring_from(KEY)
