"""Migrates the database to the schema of this version of Parley, under a lock, at every start."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, column, inspect, select, table, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from core.errors import StoreError
from core.private_files import make_private_folder, open_private
from core.store.engine.database import LOCK_TIMEOUT, parse
from core.store.engine.failures import told

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parents[1] / "migrations"
VERSION_TABLE = "parley_version"

USABLE_SINCE = "0021"
"""The oldest schema whose programs can use a database with ours: those that know it need not know the steps after it.

So a version can be started beside the one before, and that one again. A step that takes something away or gives it
another meaning raises this; steps that only add do not.
"""

SINCE = "schema:usable-since"
"""The name under which the database keeps that of the newest program which has migrated it."""
LOCK = 7_261_539_001
"""The key of the PostgreSQL advisory lock under which one process migrates while the others wait."""


async def migrate(url: str, *, lock_timeout: float = LOCK_TIMEOUT) -> None:
    """Create the tables, or bring them up to date. If the database is already current, this costs one SELECT.

    Raises StoreError if the database is newer than this Parley, is not a database, belongs to another program, is
    locked for longer than `lock_timeout` seconds, or cannot be written.
    """
    await asyncio.to_thread(_migrate, parse(url), lock_timeout)


async def schema(url: str, *, lock_timeout: float = LOCK_TIMEOUT) -> str | None:
    """The number of the database's schema; None if there is no database, or if it holds nothing of ours."""
    return await asyncio.to_thread(_schema, parse(url), lock_timeout)


async def draft(url: str, message: str, versions: Path = MIGRATIONS / "versions") -> None:
    """Write a draft of the next migration: the difference between the tables and the migrations so far.

    The migrations so far are run on a new database at `url`. The result is only a draft: Alembic does not detect every
    change, and it knows nothing about the rows.
    """
    await migrate(url)
    await asyncio.to_thread(_draft, parse(url), message, versions)


@cache
def known() -> tuple[str, ...]:
    """The numbers of the schemas that this version knows, oldest first."""
    # Alembic could list them, but importing it takes longer than the rest of a start with nothing to migrate.
    return tuple(sorted(file.name[:4] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def check_known(found: str | None) -> None:
    """Check that this version knows a schema. Raises StoreError if the schema is a newer version's."""
    if found and found not in known():
        raise StoreError(
            f"the database has schema {found}, and this Parley knows none after {known()[-1]}: "
            "update Parley, or restore the backup that was made before the update"
        )


async def check(url: str, *, lock_timeout: float = LOCK_TIMEOUT) -> str | None:
    """The number of the database's schema, as `schema` tells it. Raises StoreError if this version cannot use it."""
    return await asyncio.to_thread(_check, parse(url), lock_timeout)


def _check(url: URL, lock_timeout: float) -> str | None:
    found = _schema(url, lock_timeout)
    if found and found not in known():
        with _opened(url, lock_timeout) as engine, engine.connect().execution_options(plain=True) as connection:
            _check_newer(connection, found)
    return found


def _check_newer(connection: Connection, found: str) -> None:
    """Check that this version can use a schema that is newer. Raises StoreError if not."""
    kept, since = table("kept", column("name"), column("value")), None
    # Who knows what a version far from ours has made of it.
    if inspect(connection).has_table("kept"):
        since = connection.execute(select(kept.c.value).where(kept.c.name == SINCE)).scalar_one_or_none()
    if since is None or since > known()[-1]:
        check_known(found)


def _schema(url: URL, lock_timeout: float) -> str | None:
    if url.database and url.get_backend_name() == "sqlite" and not Path(url.database).exists():
        return None
    with _opened(url, lock_timeout) as engine, engine.connect().execution_options(plain=True) as connection:
        return _found(connection)


def _migrate(url: URL, lock_timeout: float) -> None:
    if url.database and url.get_backend_name() == "sqlite":
        _make_file(Path(url.database))
    with _opened(url, lock_timeout) as engine:
        with engine.connect().execution_options(plain=True) as connection:
            found = _found(connection)
            if found and found not in known():
                _check_newer(connection, found)
                return
        if found == known()[-1]:
            return
        with engine.begin() as connection:
            _lock(connection, lock_timeout)
            _upgrade(connection)
        with engine.connect().execution_options(plain=True) as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")


@contextmanager
def _opened(url: URL, lock_timeout: float) -> Iterator[Engine]:
    engine = _engine(url, lock_timeout)
    try:
        yield engine
    except SQLAlchemyError as error:
        if said := told(error):
            raise said from error
        raise
    finally:
        engine.dispose()


def _engine(url: URL, lock_timeout: float) -> Engine:
    if url.get_backend_name() == "sqlite":
        from core.store.engine.sqlite import sqlite_engine

        # When a migration rewrites a table, the rows that refer to it must not be deleted with it.
        return sqlite_engine(url, lock_timeout, 1, ("foreign_keys=OFF", "synchronous=FULL"), "BEGIN EXCLUSIVE")
    from core.store.engine.postgres import postgres_engine

    return postgres_engine(url, lock_timeout)


def make_folders(path: Path) -> None:
    """Make the missing folders of a file, for their owner alone. Raises StoreError if that fails."""
    try:
        make_private_folder(path.absolute().parent)
    except OSError as error:
        raise StoreError(f"{path.parent} cannot be made ({error.strerror}); check the folder above it") from None


def _make_file(path: Path) -> None:
    """Create an empty file that only its owner can read, unless the file exists."""
    make_folders(path)
    try:
        os.close(open_private(path))
    except OSError as error:
        raise StoreError(f"the database {path} cannot be written ({error.strerror}); check its folder") from None


def _found(connection: Connection) -> str | None:
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE in tables:
        version = table(VERSION_TABLE, column("version_num"))
        return connection.execute(select(version.c.version_num)).scalar_one_or_none()
    if connection.dialect.name == "postgresql":
        from core.store.schema import METADATA

        # A database may be shared with other programs, as long as they do not use our table names.
        tables &= set(METADATA.tables)
    if tables:
        raise StoreError(f"the database holds tables that are not Parley's ({min(tables)}, …); choose another one")
    return None


def _lock(connection: Connection, lock_timeout: float) -> None:
    # On SQLite, BEGIN EXCLUSIVE has already taken the lock.
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = {int(lock_timeout * 1000)}"))
        # Its steps take as long as they take, on a slow machine also between two statements.
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def _upgrade(connection: Connection) -> None:
    from alembic import command

    command.upgrade(_config(connection), "head")
    kept = table("kept", column("name"), column("value"))
    connection.execute(kept.delete().where(kept.c.name == SINCE))
    connection.execute(kept.insert().values(name=SINCE, value=USABLE_SINCE))
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise StoreError("a step of the migration would leave rows that belong to nothing; nothing was changed")


def _draft(url: URL, message: str, versions: Path) -> None:
    from alembic import command

    number = f"{int(known()[-1]) + 1:04}"
    with _opened(url, LOCK_TIMEOUT) as engine, engine.begin() as connection:
        config = _config(connection, versions)
        command.revision(config, message, autogenerate=True, rev_id=number, version_path=str(versions))


def _config(connection: Connection, versions: Path = MIGRATIONS / "versions") -> "Config":
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    for name, value in (
        ("script_location", MIGRATIONS),
        ("version_locations", versions),
        ("path_separator", "newline"),
    ):
        config.set_main_option(name, str(value).replace("%", "%%"))
    return config
