"""The columns that hold secrets: writes and reads rows with them, and encrypts all of them with the newest key."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlmodel import Session, SQLModel, col, or_, select

from core.errors import SecretUnreadable
from core.store.engine.database import leave_no_traces, take_time
from core.store.plugin_tables import ConnectionRow, SignInRow
from core.store.secret_keyring import MARK, keyring_of, place_of
from core.store.tables import KeptRow

R = TypeVar("R", bound=SQLModel)

SECRET_COLUMNS: Mapping[type[SQLModel], tuple[str, ...]] = {
    ConnectionRow: ("access", "refresh"),
    SignInRow: ("verifier", "tokens"),
    KeptRow: ("value",),
}
"""The columns that hold secrets. Of the values that surfaces keep, only those marked as secret are encrypted."""

SECRETS_BEFORE = ":workspace:"
"""A part of the names of the secrets that surfaces kept before anything was encrypted: the tokens of workspaces."""

INSIDE = "encrypted"
"""The name of an encrypted text in a column of JSON."""

LONGEST = 600


@dataclass(slots=True)
class EncryptionReport:
    """The number of rows that were encrypted again, and the keys of those that no key of ours opens, by table."""

    encrypted: int = 0
    unreadable: dict[str, list[str]] = field(default_factory=dict)


def encrypted(session: Session, row: R) -> R:
    """A copy of a row, as it is stored. Raises StoreError if there is no key."""
    values = row.model_dump()
    for column in SECRET_COLUMNS[type(row)]:
        values[column] = _locked(session, row, column, values[column])
    return type(row)(**values)


def readable(session: Session, row: R) -> R:
    """A copy of a stored row with its secrets. One that no key of ours opens is empty in the copy."""
    try:
        return opened(session, row)
    except SecretUnreadable:
        values = row.model_dump()
        for column in SECRET_COLUMNS[type(row)]:
            values[column] = "" if isinstance(values[column], str) else None
        return type(row)(**values)


def opened(session: Session, row: R) -> R:
    """A copy of a stored row with its secrets. Raises SecretUnreadable if no key of ours opens them."""
    values = row.model_dump()
    for column in SECRET_COLUMNS[type(row)]:
        values[column] = _unlocked(session, row, column, values[column])
    return type(row)(**values)


def encrypt_stored(session: Session) -> EncryptionReport:
    """Encrypt everything with the newest key: values that an earlier version stored unencrypted, and values under an
    older key. A value that no key of ours opens stays as it is, in case its key comes back.
    """
    take_time(session, LONGEST)
    report = EncryptionReport()
    if not keyring_of(session).keys:
        report.unreadable = {name: keys for name, keys in _encrypted_rows(session).items() if keys}
        return report
    for table in SECRET_COLUMNS:
        for row in _outdated(session, table):
            try:
                fresh = encrypted(session, opened(session, row))
            except SecretUnreadable:
                report.unreadable.setdefault(_table(row), []).append(" ".join(_key(row)))
                continue
            for column in SECRET_COLUMNS[table]:
                setattr(row, column, getattr(fresh, column))
            session.add(row)
            report.encrypted += 1
    if report.encrypted:
        # The pages of the file still contain the earlier values.
        leave_no_traces(session)
    return report


def _outdated(session: Session, table: type[SQLModel]) -> Sequence[SQLModel]:
    newest = keyring_of(session).newest
    found = session.exec(_chosen(table).with_for_update()).all()
    return [row for row in found if any(_differs(getattr(row, column), newest) for column in SECRET_COLUMNS[table])]


def _encrypted_rows(session: Session) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, columns in SECRET_COLUMNS.items():
        for row in session.exec(_chosen(table)).all():
            if any(_text(getattr(row, column)).startswith(MARK) for column in columns):
                found.setdefault(_table(row), []).append(" ".join(_key(row)))
    return found


def _chosen(table: type[SQLModel]) -> Any:
    if table is not KeptRow:
        return select(table)
    begins = or_(col(KeptRow.value).startswith(MARK), col(KeptRow.name).contains(SECRETS_BEFORE))
    return select(KeptRow).where(begins, KeptRow.value != "")


def _differs(value: Any, newest: str) -> bool:
    text = _text(value)
    return bool(text) and not text.startswith(newest)


def _text(value: Any) -> str:
    """The stored text of a column; for an encrypted column of JSON, the text inside it."""
    if isinstance(value, dict):
        inside = value.get(INSIDE)
        return inside if isinstance(inside, str) and inside.startswith(MARK) else json.dumps(value)
    return value or ""


def _locked(session: Session, row: SQLModel, column: str, value: Any) -> Any:
    if not value:
        return value
    place = place_of(_table(row), column, _key(row))
    if isinstance(value, str):
        return keyring_of(session).encrypt(value, place)
    return {INSIDE: keyring_of(session).encrypt(json.dumps(value), place)}


def _unlocked(session: Session, row: SQLModel, column: str, value: Any) -> Any:
    text = _text(value)
    if not text.startswith(MARK):
        return value
    plain = keyring_of(session).decrypt(text, place_of(_table(row), column, _key(row)))
    return json.loads(plain) if isinstance(value, dict) else plain


def _table(row: SQLModel) -> str:
    return str(type(row).__tablename__)


def _key(row: SQLModel) -> list[str]:
    return [str(getattr(row, column.name)) for column in inspect(type(row)).primary_key]
