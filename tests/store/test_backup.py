"""Backups are made of a database in use, and what comes back is what was there."""

import asyncio
import json
import os
import sqlite3
import stat
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from core.errors import OperatorError, StoreError
from core.store.engine.archive import unpack
from core.store.engine.backup import backup, restore
from core.store.engine.database import Database, connect
from core.store.engine.migrate import known, migrate
from core.store.schema import METADATA
from tests.postgres import binaries
from tests.store.ana_and_ben import populate
from tests.store.rows import adding, names


def rows(session: Session) -> list[tuple[str, dict[str, Any]]]:
    return [
        (table.name, dict(row))
        for table in METADATA.sorted_tables
        for row in session.connection().execute(table.select().order_by(*table.primary_key)).mappings()
    ]


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".tar.gz", ".zip"])
async def test_what_comes_back_is_what_was_there(
    store: Database, database_url: str, empty_postgres_or_sqlite: str, tmp_path: Path, ending: str
) -> None:
    await store.write(populate)
    before = await store.read(rows)
    archive = tmp_path / f"parley{ending}"
    made = await backup(database_url, archive)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert made.schema == known()[-1]
    await store.write(adding("later"))
    assert await restore(archive, empty_postgres_or_sqlite) == made
    await migrate(empty_postgres_or_sqlite)
    again = connect(empty_postgres_or_sqlite)
    assert await again.read(rows) == before
    assert await again.write(adding("goes on")) == "goes on"
    await again.close()


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's programs are in the folder of its server."""
    if folder := binaries():
        monkeypatch.setenv("PATH", f"{os.environ['PATH']}{os.pathsep}{folder}")


@pytest.fixture
def empty_postgres_or_sqlite(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """An empty place of the same kind as `database_url`."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'new home' / 'parley.sqlite3'}"
    else:
        yield request.getfixturevalue("empty_postgres_url")


@pytest.mark.slow
async def test_a_database_is_replaced_only_when_told(database_url: str, tmp_path: Path) -> None:
    archive = tmp_path / "parley.tar.gz"
    await backup(database_url, archive)
    store = connect(database_url)
    await store.write(adding("later"))
    await store.close()
    with pytest.raises(OperatorError, match="--force"):
        await restore(archive, database_url)
    store = connect(database_url)
    assert await store.read(names) == ["later"]
    await store.close()
    await restore(archive, database_url, force=True)
    store = connect(database_url)
    assert await store.read(names) == []
    await store.close()


async def test_a_backup_is_of_one_moment_while_others_write(sqlite_url: str, tmp_path: Path) -> None:
    store = connect(sqlite_url)
    archive = tmp_path / "parley.zip"
    making = asyncio.create_task(backup(sqlite_url, archive))
    written = 0
    while not making.done():

        def pair(session: Session, number: int = written) -> None:
            adding(f"{number:06}-a")(session)
            adding(f"{number:06}-b")(session)

        await store.write(pair)
        written += 1
    await making
    await store.close()
    await restore(archive, f"sqlite:///{tmp_path / 'new.sqlite3'}")
    store = connect(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    found = await store.read(names)
    await store.close()
    assert found == [f"{number:06}-{half}" for number in range(len(found) // 2) for half in "ab"]


async def test_a_backup_does_not_hide_another(sqlite_url: str, tmp_path: Path) -> None:
    archive = tmp_path / "parley.zip"
    await backup(sqlite_url, archive)
    before = await asyncio.to_thread(archive.read_bytes)
    with pytest.raises(OperatorError, match="there already"):
        await backup(sqlite_url, archive)
    assert await asyncio.to_thread(archive.read_bytes) == before


async def test_nothing_to_back_up_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database to back up"):
        await backup(f"sqlite:///{tmp_path / 'nothing.sqlite3'}", tmp_path / "parley.zip")
    assert os.listdir(tmp_path) == []


async def test_a_name_that_is_no_archive_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"ends with \.tar\.gz or \.zip"):
        await backup(sqlite_url, tmp_path / "parley.sqlite3")


async def test_a_folder_that_is_not_there_says_so(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="cannot be written: No such file"):
        await backup(sqlite_url, tmp_path / "nowhere" / "parley.zip")


def altered(archive: Path, target: Path, name: str, content: bytes | None) -> Path:
    """A copy of a zip with another content for a member, or without it."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        if content is not None:
            new.writestr(name, content)
    return target


def manifest_of(archive: Path) -> dict[str, Any]:
    with zipfile.ZipFile(archive) as packed:
        manifest: dict[str, Any] = json.loads(packed.read("manifest.json"))
    return manifest


@pytest.fixture
async def archive(sqlite_url: str, tmp_path: Path) -> Path:
    await backup(sqlite_url, tmp_path / "good.zip")
    return tmp_path / "good.zip"


@pytest.mark.parametrize(
    ("member", "content", "complaint"),
    [
        ("database.sqlite3", b"other bytes", "damaged: database.sqlite3 is not what was packed"),
        ("database.sqlite3", None, "cannot be read as a backup"),
        ("manifest.json", None, "cannot be read as a backup"),
        ("manifest.json", b"{", "not a backup of Parley"),
        ("manifest.json", b"{}", "not a backup of Parley"),
        ("manifest.json", b"[1]", "not a backup of Parley"),
    ],
)
async def test_a_damaged_archive_is_refused(
    archive: Path, tmp_path: Path, member: str, content: bytes | None, complaint: str
) -> None:
    bad = altered(archive, tmp_path / "bad.zip", member, content)
    with pytest.raises(OperatorError, match=complaint):
        await restore(bad, f"sqlite:///{tmp_path / 'new.sqlite3'}")
    assert not (tmp_path / "new.sqlite3").exists()


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"schema": "0999"}, "schema 0999.*update Parley"),
        ({"format": 9, "version": "7.0"}, "was made by Parley 7.0"),
        ({"kind": "postgresql"}, "is of a postgresql database"),
        ({"members": {"../../evil": "00"}}, "outside of itself"),
    ],
)
async def test_an_archive_that_we_cannot_take_is_refused(
    archive: Path, tmp_path: Path, changes: dict[str, Any], complaint: str
) -> None:
    manifest = json.dumps({**manifest_of(archive), **changes}).encode()
    bad = altered(archive, tmp_path / "bad.zip", "manifest.json", manifest)
    with pytest.raises(OperatorError, match=complaint):
        await restore(bad, f"sqlite:///{tmp_path / 'new.sqlite3'}")
    assert not (tmp_path / "new.sqlite3").exists()


@pytest.mark.parametrize("name", ["cut.tar.gz", "cut.zip"])
async def test_an_archive_that_was_cut_is_refused(sqlite_url: str, tmp_path: Path, name: str) -> None:
    def cut() -> None:
        content = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(content[: len(content) // 2])

    await backup(sqlite_url, tmp_path / name)
    await asyncio.to_thread(cut)
    with pytest.raises(OperatorError, match="cannot be read as a backup"):
        await restore(tmp_path / name, f"sqlite:///{tmp_path / 'new.sqlite3'}")


@pytest.mark.parametrize("name", ["turned.tar.gz", "turned.zip"])
async def test_an_archive_with_a_byte_that_was_turned_over_is_refused(
    sqlite_url: str, tmp_path: Path, name: str
) -> None:
    def turn(place: int) -> None:
        turned = bytearray(content)
        turned[place] ^= 0xFF
        (tmp_path / name).write_bytes(turned)

    await backup(sqlite_url, tmp_path / name)
    content = await asyncio.to_thread((tmp_path / name).read_bytes)
    for place in range(100, len(content), len(content) // 40):
        await asyncio.to_thread(turn, place)
        # Not every byte of an archive says something: then what was packed comes back whole.
        with suppress(OperatorError):
            await asyncio.to_thread(unpack, tmp_path / name, tmp_path)


async def test_a_database_in_use_is_not_replaced(sqlite_url: str, archive: Path) -> None:
    store = connect(sqlite_url)
    await store.write(adding("in use"))
    with pytest.raises(StoreError, match="in use; stop Parley"):
        await restore(archive, sqlite_url, force=True)
    assert await store.read(names) == ["in use"]
    await store.close()


async def test_a_broken_database_is_replaced(sqlite_url: str, sqlite_path: Path, archive: Path) -> None:
    def break_it() -> None:
        sqlite_path.write_bytes(b"broken" * 1000)
        sqlite_path.with_name(f"{sqlite_path.name}-wal").write_bytes(b"old log")

    await asyncio.to_thread(break_it)
    with pytest.raises(StoreError, match="not a database"):
        await restore(archive, sqlite_url)
    await restore(archive, sqlite_url, force=True)
    with closing(sqlite3.connect(sqlite_path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_a_tar_holds_nothing_of_whoever_made_it(sqlite_url: str, tmp_path: Path) -> None:
    def members() -> set[tuple[str, int, str, int]]:
        with tarfile.open(tmp_path / "parley.tar.gz") as tar:
            return {(member.name, member.uid, member.uname, member.mode) for member in tar}

    await backup(sqlite_url, tmp_path / "parley.tar.gz")
    assert await asyncio.to_thread(members) == {
        ("manifest.json", 0, "", 0o600),
        ("database.sqlite3", 0, "", 0o600),
    }


@pytest.mark.postgres
async def test_a_missing_program_says_what_to_install(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperatorError, match=r"pg_dump is missing.*postgresql-client"):
        await backup(postgres_url, tmp_path / "parley.zip")


@pytest.mark.postgres
async def test_a_failing_program_says_why(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'aborting because of server version mismatch' >&2\nexit 1\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(OperatorError, match="pg_dump failed: aborting because of server version mismatch"):
        await backup(postgres_url, tmp_path / "parley.zip")


@pytest.mark.postgres
async def test_a_password_reaches_the_program_and_nobody_else(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text('#!/bin/sh\necho "$PGPASSWORD $*" >&2\nexit 1\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(OperatorError) as failed:
        await backup(postgres_url.replace("postgres@", "postgres:S3cret@"), tmp_path / "parley.zip")
    password, address = str(failed.value).removeprefix("pg_dump failed: ").split()[:2]
    assert password == "S3cret"
    assert address.startswith("--dbname=postgresql://postgres@/")


@pytest.mark.slow
def test_a_backup_knows_every_table_even_if_nothing_else_has_been_imported() -> None:
    program = "from core.store.engine import backup; print(*backup.METADATA.tables)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert sorted(told.stdout.split()) == sorted(METADATA.tables)
    assert {"message", "installed_plugin", "message_tree"} <= METADATA.tables.keys()
