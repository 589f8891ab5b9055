"""Encrypts the secrets in the database (AES-256-GCM), each bound to its place, under the newest of several keys."""

import base64
import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlmodel import Session

from core.errors import SecretUnreadable, StoreError

MARK = "encrypted:1:"
"""The beginning of every encrypted value; the number is the version of this form."""

KEY = re.compile(r"[0-9a-fA-F]{64}")
NONCE = 12
SEPARATOR = "\x1f"
IN_SESSION = "secret_keyring"


@dataclass(frozen=True, slots=True)
class EncryptionKey:
    """A key and the short name under which values refer to it."""

    secret: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """A name that tells nothing about the key."""
        return hashlib.sha256(b"parley secret key " + self.secret).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class SecretKeyring:
    """The keys of this installation, newest first. The first one encrypts, each may decrypt.

    `trouble` says why there is none.
    """

    keys: tuple[EncryptionKey, ...] = ()
    trouble: str = "this command has no key for the secrets in the database"

    def encrypt(self, text: str, place: str) -> str:
        """Encrypt a text for its place. Raises StoreError if there is no key."""
        if not self.keys:
            raise StoreError(f"no secret can be stored: {self.trouble}")
        # It takes 6 MiB, and most installations keep no secret.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key, nonce = self.keys[0], os.urandom(NONCE)
        sealed = AESGCM(key.secret).encrypt(nonce, text.encode(), place.encode())
        return f"{MARK}{key.name}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def decrypt(self, value: str, place: str) -> str:
        """Decrypt what was encrypted for a place. A value that is not encrypted comes back as it is.

        Raises SecretUnreadable if its key is missing, or if it was changed or comes from another place.
        """
        if not value.startswith(MARK):
            return value
        name, _, coded = value.removeprefix(MARK).partition(":")
        key = next((key for key in self.keys if key.name == name), None)
        if key is None:
            raise SecretUnreadable("a secret in the database was encrypted with a key that is not here")
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            sealed = base64.urlsafe_b64decode(coded)
            return AESGCM(key.secret).decrypt(sealed[:NONCE], sealed[NONCE:], place.encode()).decode()
        except (InvalidTag, ValueError):
            raise SecretUnreadable("a secret in the database is damaged, or was moved there from elsewhere") from None

    @property
    def newest(self) -> str:
        """The beginning of values that are encrypted under the newest key."""
        return f"{MARK}{self.keys[0].name}:" if self.keys else MARK


def new_key() -> str:
    """A new key in the form in which it is written down: 64 hexadecimal digits."""
    return os.urandom(32).hex()


def keyring_from(written: str) -> SecretKeyring:
    """Read keys, newest first, with commas or white space between them. Raises ValueError for anything else."""
    words = written.replace(",", " ").split()
    if not words or not all(KEY.fullmatch(word) for word in words):
        raise ValueError("a key is 64 hexadecimal digits, as `openssl rand -hex 32` prints them; newest first")
    return SecretKeyring(tuple(EncryptionKey(bytes.fromhex(word)) for word in words))


def place_of(table: str, column: str, key: Iterable[str]) -> str:
    """The place of a value: its table, its column and its row's key."""
    return SEPARATOR.join((table, column, *key))


def keyring_of(session: Session) -> SecretKeyring:
    """The keyring of the database that a session belongs to."""
    found = session.info.get(IN_SESSION)
    return found if isinstance(found, SecretKeyring) else SecretKeyring()
