"""Makes backups of a database while it is in use, and restores them."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from sqlalchemy.engine import URL

from core.errors import OperatorError, StoreError
from core.store.engine.archive import BackupManifest, checked, digest, pack, unpack
from core.store.engine.database import LOCK_TIMEOUT, parse
from core.store.engine.failures import SQLITE
from core.store.engine.migrate import VERSION_TABLE, check_known, make_folders, schema
from core.store.schema import METADATA
from core.store.tables import now

SQLITE_MEMBER = "database.sqlite3"
POSTGRES_MEMBER = "database.dump"

LONGEST = 6 * 3600
"""Seconds that `pg_dump` or `pg_restore` may take."""


async def backup(url: str, target: Path) -> BackupManifest:
    """Write a copy of the database, as it is at this moment, to a new `.tar.gz` or `.zip`. Parley may keep running.

    Raises OperatorError if the archive already exists or cannot be written, or if PostgreSQL's `pg_dump` is missing or
    fails; StoreError if there is no database or it is damaged.
    """
    parsed = parse(url)
    checked(target)
    found = await schema(url)
    if found is None:
        raise StoreError("there is no database to back up; check database.url, or start Parley once")
    if await asyncio.to_thread(target.exists):
        raise OperatorError(f"{target} is there already; give another name, or take it away")
    return await asyncio.to_thread(_backup, parsed, target, found)


async def restore(archive: Path, url: str, *, force: bool = False) -> BackupManifest:
    """Put a backup in the place of the database at `url`, while Parley is stopped. `migrate` then brings it up to date.

    Raises OperatorError if there is already a database (unless `force` says to replace it), or if the archive is
    damaged or is of the other kind of database; StoreError if the backup is newer than this Parley, or if the database
    is in use.
    """
    parsed = parse(url)
    return await asyncio.to_thread(_restore, archive, parsed, await _occupied(url, force), force)


async def _occupied(url: str, force: bool) -> bool:
    try:
        return await schema(url) is not None
    except StoreError:
        # What is there is either not ours or broken. With `force`, a backup may replace it.
        if not force:
            raise
        return True


def _backup(url: URL, target: Path, found: str) -> BackupManifest:
    kind = url.get_backend_name()
    dump, member = (_dump_sqlite, SQLITE_MEMBER) if kind == "sqlite" else (_dump_postgres, POSTGRES_MEMBER)
    try:
        # Next to the archive, since there is room there. Nobody else can read this folder.
        with tempfile.TemporaryDirectory(prefix=".parley-backup-", dir=target.parent) as name:
            copy = Path(name) / member
            dump(url, copy)
            manifest = BackupManifest(version("parley-app"), found, kind, now().isoformat(), {member: digest(copy)})
            pack(target, manifest, Path(name))
    except OSError as error:
        raise OperatorError(f"{target} cannot be written: {error.strerror}") from error
    return manifest


def _restore(archive: Path, url: URL, occupied: bool, force: bool) -> BackupManifest:
    sqlite = url.get_backend_name() == "sqlite"
    path = Path(url.database or "").absolute() if sqlite else archive.absolute()
    if occupied and not force:
        raise OperatorError("there is a database already; stop Parley, and give --force to replace it")
    make_folders(path)
    try:
        with tempfile.TemporaryDirectory(prefix=".parley-restore-", dir=path.parent if sqlite else None) as name:
            manifest = unpack(archive, Path(name))
            if manifest.kind != url.get_backend_name():
                raise OperatorError(f"{archive.name} is of a {manifest.kind} database, and database.url is of another")
            check_known(manifest.schema)
            if sqlite:
                _replace_sqlite(Path(name) / SQLITE_MEMBER, path)
            else:
                _load_postgres(Path(name) / POSTGRES_MEMBER, url)
    except OSError as error:
        raise OperatorError(f"{archive} cannot be restored: {error.strerror}") from error
    return manifest


def _dump_sqlite(url: URL, copy: Path) -> None:
    """Copy the database as of one moment, whatever is written meanwhile, and without traces of erased rows."""
    try:
        with closing(sqlite3.connect(url.database or "", timeout=LOCK_TIMEOUT)) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
    except sqlite3.Error as error:
        raise _worded(error) from error
    _check_sqlite(copy)


def _check_sqlite(path: Path) -> None:
    """Check that a copy can be restored. Raises StoreError if it cannot."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise _worded(error) from error
    if found != "ok":
        raise StoreError(f"{SQLITE[sqlite3.SQLITE_CORRUPT]} ({found})")


def _replace_sqlite(copy: Path, path: Path) -> None:
    _check_sqlite(copy)
    if path.exists():
        _take_out_of_use(path)
    for rest in ("-wal", "-shm", "-journal"):
        # A log left behind would be applied to a database that it does not belong to.
        path.with_name(f"{path.name}{rest}").unlink(missing_ok=True)
    copy.chmod(0o600)
    with copy.open("r+b") as file:
        os.fsync(file.fileno())
    os.replace(copy, path)


def _take_out_of_use(path: Path) -> None:
    """Close the write-ahead log of the database. Raises StoreError if another program has the database open."""
    try:
        with closing(sqlite3.connect(path, timeout=0.2)) as connection:
            # Only the last connection can switch the write-ahead log off.
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        raise StoreError("the database is in use; stop Parley before you replace it") from error
    except sqlite3.DatabaseError:
        # The database is broken, and replacing it is what a backup is for.
        return


def _dump_postgres(url: URL, copy: Path) -> None:
    tables = [f"--table={name}" for name in (VERSION_TABLE, *METADATA.tables)]
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={copy}", *tables)


def _load_postgres(dump: Path, url: URL) -> None:
    """Load a dump in one transaction, so that a failure leaves everything as it was."""
    _run(
        "pg_restore",
        url,
        *("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"),
        str(dump),
    )


def _run(program: str, url: URL, *arguments: str) -> None:
    """Run one of PostgreSQL's programs.

    The password goes through the environment, because every user of the machine can see a program's arguments.
    """
    if shutil.which(program) is None:
        raise OperatorError(f"{program} is missing: install PostgreSQL's client programs (postgresql-client)")
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    # `set` would leave a password that is None as it is.
    address = url.set(drivername="postgresql")._replace(password=None).render_as_string()
    command = [program, f"--dbname={address}", *arguments]
    try:
        done = subprocess.run(
            command, env={**os.environ, **secret}, capture_output=True, text=True, check=False, timeout=LONGEST
        )
    except subprocess.TimeoutExpired:
        raise OperatorError(f"{program} took longer than {LONGEST // 3600} hours and was stopped") from None
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise OperatorError(f"{program} failed: {said[0]}")


def _worded(error: sqlite3.Error) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return StoreError(SQLITE.get(code, f"the database cannot be read ({error})"))
