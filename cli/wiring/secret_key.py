"""The keys that encrypt the secrets in the database: from the settings, or in a file of their own."""

import os
from pathlib import Path
from typing import Protocol

import structlog
from pydantic import SecretStr

from core.errors import OperatorError
from core.private_files import write_private
from core.store.secret_keyring import SecretKeyring, keyring_from, new_key
from core.store.stored_secrets import EncryptionReport

log = structlog.get_logger()

NAME = "database.key"
VARIABLE = "PARLEY_DATABASE__ENCRYPTION_KEY"


class KeyedDatabase(Protocol):
    @property
    def encryption_key(self) -> SecretStr | None: ...


class KeyedSettings(Protocol):
    """The settings that say where the keys are."""

    @property
    def home(self) -> Path: ...

    @property
    def database(self) -> KeyedDatabase: ...


def key_file(settings: KeyedSettings) -> Path | None:
    """The file with the keys; None if the settings have them."""
    return None if settings.database.encryption_key else settings.home / NAME


def secret_keyring(settings: KeyedSettings) -> SecretKeyring:
    """Read the keys; on the first run, make one. If the file is unusable, the keyring is empty and says why.

    Nothing but signing in and Slack's installations needs the keys, so the rest of Parley runs without them.
    """
    path = key_file(settings)
    try:
        if path is None:
            return _from_settings(settings)
        return read_keys(path) if path.exists() else _first(path)
    except OperatorError as error:
        return SecretKeyring((), str(error))


def read_keys(path: Path) -> SecretKeyring:
    """Read a file of keys, newest first, a line each. Raises OperatorError if it is unusable."""
    try:
        return keyring_from(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path} cannot be read: {error}") from None
    except ValueError as error:
        raise OperatorError(f"{path} holds no keys ({error}); put it back from a copy") from None


def write_keys(path: Path, keyring_text: str) -> None:
    """Write a file of keys. Raises OperatorError if it cannot be written."""
    try:
        write_private(path, keyring_text)
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error}") from None


def tell_unreadable(settings: KeyedSettings, report: EncryptionReport) -> None:
    """Log what no key opens, and how people get it back."""
    if not report.unreadable:
        return
    where = key_file(settings) or VARIABLE
    log.error(
        "secrets_unreadable",
        connected_accounts=len(report.unreadable.get("connection", ())),
        slack_workspaces=len(report.unreadable.get("kept", ())),
        fix=f"put the key that they were encrypted with into {where}, behind those that are there; where it is lost,"
        " people connect their accounts again (/connect), and the app is installed in Slack again",
    )


def _from_settings(settings: KeyedSettings) -> SecretKeyring:
    given = settings.database.encryption_key
    return keyring_from(given.get_secret_value()) if given else SecretKeyring()


def _first(path: Path) -> SecretKeyring:
    """Make the file, unless another process that starts at the same time is quicker."""
    fresh = path.with_name(f"{NAME}.{os.getpid()}")
    write_keys(fresh, f"{new_key()}\n")
    try:
        os.link(fresh, path)
    except FileExistsError:
        log.info("key_made_elsewhere")
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error}") from None
    finally:
        fresh.unlink(missing_ok=True)
    return read_keys(path)
