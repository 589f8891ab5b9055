"""Behaviour of SQLite alone: locks, full disks, power cuts, and remains of erased data."""

import asyncio
import contextlib
import random
import shutil
import signal
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, event
from sqlmodel import Session, col

from core.errors import StoreError
from core.store.engine.database import connect, insert_once, leave_no_traces
from core.store.engine.units import connection_of
from core.store.tables import CommunityRow
from tests.relaxed import relax
from tests.store.rows import adding, names, number
from tests.sweeping import mostly_swept

PROGRAM = ["-m", "tests.store.writing_program"]


@pytest.fixture(autouse=True)
def waiting_for_the_disk() -> Iterator[None]:
    """Here the database is as it is set for people."""
    event.remove(Engine, "engine_connect", relax)
    yield
    event.listen(Engine, "engine_connect", relax)


@contextlib.contextmanager
def another_program(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def intact(path: Path) -> set[str]:
    """The names in a file that is checked to be in order."""
    with another_program(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {row[0].rstrip("x") for row in connection.execute("SELECT id FROM community")}


async def test_the_file_is_set_for_safety(sqlite_url: str) -> None:
    def settings(session: Session) -> list[object]:
        wanted = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        return [session.connection().exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted]

    store = connect(sqlite_url)
    assert await store.write(settings) == ["wal", 2, 1, 1]
    await store.close()


async def test_a_locked_database_says_so_and_recovers(sqlite_url: str, sqlite_path: Path) -> None:
    store = connect(sqlite_url, lock_timeout=0.2)
    await store.write(adding("before"))
    with another_program(sqlite_path) as other:
        other.execute("BEGIN IMMEDIATE")
        writes = [store.write(adding(f"refused {n}")) for n in range(50)]
        # Those who wait together are refused together: one after another would take 50 times as long.
        async with asyncio.timeout(5):
            results = await asyncio.gather(*writes, return_exceptions=True)
        assert {type(result) for result in results} == {StoreError}
        assert "locked by another program" in str(results[0])
        assert await store.read(names) == ["before"]
    await store.write(adding("then"))
    assert await store.read(names) == ["before", "then"]
    await store.close()


async def test_a_full_database_keeps_nothing_by_halves_and_heals(sqlite_url: str, sqlite_path: Path) -> None:
    def limit(session: Session) -> int:
        pages: int = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
        session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages + 10}")
        return pages

    def unlimited(session: Session) -> None:
        session.connection().exec_driver_sql("PRAGMA max_page_count = 1073741823")

    def large(session: Session) -> None:
        adding("first half")(session)
        session.flush()
        adding("second half " + "x" * 1_000_000)(session)

    store = connect(sqlite_url)
    await store.write(limit)
    with pytest.raises(StoreError, match="disk of the database is full"):
        await store.write(large)
    assert await store.write(adding("small")) == "small"
    await store.write(unlimited)
    await store.write(adding("healed"))
    await store.close()
    assert intact(sqlite_path) == {"small", "healed"}


@pytest.mark.slow
async def test_a_disk_that_takes_no_more_loses_nothing_that_was_acknowledged(
    sqlite_url: str, sqlite_path: Path
) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, *PROGRAM, sqlite_url, "2000000", stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(20):
        output, _ = await child.communicate()
    assert child.returncode == 0
    said = [line.split(" ", 2) for line in output.decode().splitlines()]
    kept = {words[1] for words in said if words[0] == "kept"}
    assert "healed" in kept
    assert any(words[0] == "refused" and "disk" in words[2] for words in said)
    assert intact(sqlite_path) == {f"{name}-{half}-" for name in kept for half in "ab"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", mostly_swept(range(4), [0]))
async def test_kill_9_loses_nothing_that_was_acknowledged(sqlite_url: str, sqlite_path: Path, seed: int) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, *PROGRAM, sqlite_url, stdout=asyncio.subprocess.PIPE, limit=2**20
    )
    assert child.stdout
    kept: list[str] = []
    async with asyncio.timeout(20):
        for _ in range(random.Random(seed).randrange(1, 600)):
            kept.append((await child.stdout.readline()).decode().split()[1])
        child.send_signal(signal.SIGKILL)
        # What it had said by then was acknowledged too; its last line may be cut.
        rest = await child.stdout.read()
        await child.wait()
    kept += [line.split()[1] for line in rest.decode().splitlines(keepends=True) if line.endswith("\n")]
    found = intact(sqlite_path)
    assert {f"{name}-{half}-" for name in kept for half in "ab"} <= found
    halves = {name.replace("-b-", "-a-") for name in found}
    assert len(found) == 2 * len(halves)


async def test_a_missing_file_says_so(tmp_path: Path) -> None:
    store = connect(f"sqlite:///{tmp_path / 'nowhere' / 'parley.sqlite3'}")
    with pytest.raises(StoreError, match="cannot be opened"):
        await store.write(adding("x"))
    with pytest.raises(StoreError, match="cannot be opened"):
        await store.read(number)
    await store.close()


async def test_nothing_is_acknowledged_that_goes_into_a_file_which_is_not_there_any_more(
    sqlite_url: str, sqlite_path: Path, tmp_path: Path
) -> None:
    files = [sqlite_path.with_name(f"{sqlite_path.name}{rest}") for rest in ("", "-wal", "-shm")]
    store = connect(sqlite_url)
    await store.write(adding("before"))
    (tmp_path / "away").mkdir()
    for file in files:
        file.rename(tmp_path / "away" / file.name)
    for _ in range(2):
        with pytest.raises(StoreError, match="removed or replaced"):
            await store.write(adding("lost"))
        with pytest.raises(StoreError, match="removed or replaced"):
            await store.read(names)
        # The second time, another file has its name.
        shutil.copy(tmp_path / "away" / sqlite_path.name, sqlite_path)
    for file in files:
        (tmp_path / "away" / file.name).replace(file)
    await store.write(adding("after"))
    await store.close()
    assert intact(sqlite_path) == {"before", "after"}


async def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear database, " * 500)
    store = connect(f"sqlite:///{path}")
    with pytest.raises(StoreError, match="not a database"):
        await store.write(adding("x"))
    await store.close()


def damage(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: 4096 * 40] + b"\x55" * (len(content) - 4096 * 40))


@pytest.mark.slow
async def test_a_damaged_file_says_so(sqlite_url: str, sqlite_path: Path) -> None:
    store = connect(sqlite_url)
    await asyncio.gather(*(store.write(adding(f"{n:05}" + "x" * 100)) for n in range(2000)))
    await store.close()
    damage(sqlite_path)
    store = connect(sqlite_url)
    with pytest.raises(StoreError, match="damaged"):
        await store.read(names)
    await store.close()


def scattered(session: Session) -> None:
    """Rows that grow late make SQLite move their neighbours about, and that leaves copies behind."""
    rows = [CommunityRow(platform="secret" if n % 3 else "paper", platform_id=str(n)) for n in range(3000)]
    session.add_all(rows)
    session.flush()
    for row in random.Random(1).sample(rows, len(rows)):
        row.platform_id = f"{'CANARY' if row.platform == 'secret' else 'hello'} " * 20 + row.platform_id
        session.flush()


def erasing(session: Session) -> None:
    session.connection().execute(delete(CommunityRow).where(col(CommunityRow.platform) == "secret"))
    leave_no_traces(session)


def remains(path: Path) -> int:
    """How often the secret is found in the bytes of the database's files."""
    return sum(file.read_bytes().count(b"CANARY") for file in path.parent.glob(f"{path.name}*"))


@pytest.mark.slow
async def test_what_was_erased_is_not_in_the_file(sqlite_url: str, sqlite_path: Path) -> None:
    store = connect(sqlite_url)
    await store.write(scattered)
    await store.write(erasing)
    await store.write(number)
    assert remains(sqlite_path) == 0
    assert await store.read(number) == 1000
    await store.close()


@pytest.mark.slow
async def test_erasing_again_and_again_does_not_write_the_file_each_time(sqlite_url: str, sqlite_path: Path) -> None:
    store = connect(sqlite_url)
    await store.write(erasing)
    await store.write(scattered)
    await store.write(erasing)
    await store.write(number)
    assert remains(sqlite_path) > 0
    await store.close()
    assert remains(sqlite_path) == 0


@pytest.mark.slow
async def test_a_crash_between_erasing_and_cleaning_is_made_up_for(sqlite_url: str, sqlite_path: Path) -> None:
    store = connect(sqlite_url)
    await store.write(scattered)
    await store.close()
    with another_program(sqlite_path) as crashing:
        crashing.execute("DELETE FROM community WHERE platform = 'secret'")
        crashing.execute("PRAGMA user_version = 1")
    assert remains(sqlite_path) > 0
    store = connect(sqlite_url)
    await store.close()
    assert remains(sqlite_path) == 0


async def test_nothing_is_written_by_a_unit_that_has_rolled_back(sqlite_url: str) -> None:
    def unit(session: Session) -> None:
        connection_of(session).rollback()
        insert_once(session, CommunityRow, platform="paper", platform_id="server")

    store = connect(sqlite_url)
    with pytest.raises(RuntimeError, match="may not roll back"):
        await store.write(unit)
    assert await store.read(names) == []
    await store.close()
