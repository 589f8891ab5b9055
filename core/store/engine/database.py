"""The database behind the `Store` port: SQLite by default, PostgreSQL by URL.

A unit of work is a plain function of a session, so each transaction is one function. It can neither wait for the
network while it holds a lock nor be interrupted halfway by a cancelled task, and the same functions serve both
databases.

A unit may run twice: on its own, after it shared a transaction with a unit that failed, or again after a deadlock. So
it must change nothing but the database, and must neither commit nor roll back.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from sqlalchemy import Table, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session, SQLModel

from core.errors import StoreError
from core.store.engine.prepared import PreparedStatement
from core.store.engine.units import TRACES, T, Unit
from core.store.secret_keyring import SecretKeyring

LOCK_TIMEOUT = 5.0
"""Seconds to wait for a database that another program has locked, or that does not answer."""


NO_KEYS = SecretKeyring()


class Database(Protocol):
    """An open `Store` that can be closed."""

    @property
    def url(self) -> URL: ...

    async def write(self, unit: Unit[T]) -> T: ...

    async def read(self, unit: Unit[T]) -> T: ...

    async def close(self) -> None: ...


def connect(url: str, keyring: SecretKeyring = NO_KEYS, *, lock_timeout: float = LOCK_TIMEOUT) -> Database:
    """Open the database at an SQLAlchemy URL: `sqlite:///path` or `postgresql://…`. Its tables must exist (`migrate`).

    Without a `keyring`, units can neither store nor read secrets.

    Raises StoreError for a URL of another kind, and if PostgreSQL's driver is not installed.
    """
    parsed = parse(url)
    # Only the module in use is imported, since PostgreSQL's driver is an extra.
    if parsed.get_backend_name() == "sqlite":
        from core.store.engine.sqlite import SqliteDatabase

        return SqliteDatabase(parsed, lock_timeout, keyring)
    from core.store.engine.postgres import PostgresDatabase

    return PostgresDatabase(parsed, lock_timeout, keyring)


def parse(url: str) -> URL:
    """Parse a URL and add the driver that we use. Raises StoreError for a URL that we cannot use."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        # The URL may hold a password, so it is not shown.
        raise StoreError("database.url is not a URL; use sqlite:///path or postgresql://user@host/name") from None
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        raise StoreError(f"database.url: {parsed.get_backend_name()!r} is not supported; use sqlite or postgresql")
    if parsed.database in (None, "", ":memory:"):
        raise StoreError("database.url: SQLite needs a file; use sqlite:///path")
    return parsed.set(drivername="sqlite")


def database_files(url: str) -> list[Path]:
    """The files of an SQLite database, whether they exist or not; none for PostgreSQL. Raises StoreError."""
    parsed = parse(url)
    if parsed.get_backend_name() != "sqlite":
        return []
    path = Path(parsed.database or "").absolute()
    return [path, *(path.with_name(f"{path.name}{rest}") for rest in ("-wal", "-shm", "-journal"))]


def insert_once(session: Session, table: type[SQLModel], **values: object) -> bool:
    """Insert a row unless a row with the same key exists. Returns whether it was inserted.

    Omitted values get the table's defaults.
    """
    return _insert_once(table).run(session, row_values(table, **values)) == 1


def row_values(table: type[SQLModel], **values: object) -> dict[str, object]:
    """The values of a new row for an insert; what is omitted gets the table's defaults.

    An object of the table would have the same ones, and takes ten times as long to make.
    """
    fixed, made = _defaults(table)
    return {**fixed, **{name: make() for name, make in made.items() if name not in values}, **values}


@cache
def _defaults(table: type[SQLModel]) -> tuple[Mapping[str, object], Mapping[str, Callable[[], Any]]]:
    """The defaults of a table's columns: those that are always the same, and those that are made for each row."""
    fields = table.model_fields.items()
    made = {name: cast(Callable[[], Any], field.default_factory) for name, field in fields if field.default_factory}
    return {name: field.default for name, field in fields if name not in made and not field.is_required()}, made


@cache
def _insert_once(table: type[SQLModel]) -> PreparedStatement:
    rows = cast(Table, inspect(table).local_table)
    return PreparedStatement(lambda dialect: insert_into(rows, dialect).on_conflict_do_nothing(), tuple(rows.c.keys()))


def insert_into(table: Any, dialect: str) -> Any:
    """An insert in the words of a database, which can say what happens to a row that is there already."""
    # Only the dialect in use is imported: PostgreSQL's would cost each command on SQLite a part of its start.
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def take_time(session: Session, seconds: int) -> None:
    """Let each statement of this unit take up to `seconds`, if the database limits statements at all."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text(f"SET LOCAL statement_timeout = '{int(seconds)}s'"))


def leave_no_traces(session: Session) -> None:
    """Make sure that rows deleted by this unit also vanish from the database file soon after the commit.

    SQLite moves rows between its pages and leaves old copies behind, which `secure_delete` does not reach. PostgreSQL
    removes them in its own time (autovacuum).
    """
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql(f"PRAGMA user_version = {TRACES}")
