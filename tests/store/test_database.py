"""What holds for both databases alike."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from core.errors import StoreError
from core.store.engine.database import Database, connect, insert_once
from core.store.tables import CommunityRow
from tests.store.rows import adding, names, number

LIMIT = 10


@asynccontextmanager
async def held(store: Database) -> AsyncIterator[None]:
    """While this is open, a unit is running, and on SQLite what is written meanwhile shares one transaction."""
    running, release = threading.Event(), threading.Event()

    def unit(session: Session) -> None:
        running.set()
        assert release.wait(LIMIT)

    holding = asyncio.create_task(store.write(unit))
    assert await asyncio.to_thread(running.wait, LIMIT)
    try:
        yield
    finally:
        release.set()
        await holding


async def together(store: Database, *units: Callable[[Session], object]) -> list[object]:
    """Write units that wait at the same time; what they raise is among the results."""
    async with held(store):
        tasks = [asyncio.create_task(store.write(unit)) for unit in units]
        await asyncio.sleep(0)
    return await asyncio.gather(*tasks, return_exceptions=True)


def failing(session: Session) -> None:
    session.add(CommunityRow(id="half", platform="paper", platform_id="half"))
    session.flush()
    raise ValueError("no")


def rolling_back(session: Session) -> None:
    session.add(CommunityRow(id="rolled", platform="paper", platform_id="rolled"))
    session.flush()
    session.rollback()


def stopping(session: Session) -> str:
    return next(iter(()))


async def test_every_writer_gets_its_own_result(store: Database) -> None:
    wanted = [f"{n:03}" for n in range(200)]
    assert await asyncio.gather(*(store.write(adding(name)) for name in wanted)) == wanted
    assert await store.read(names) == wanted


async def test_a_failing_unit_does_not_hurt_its_neighbours(store: Database) -> None:
    await store.write(adding("old"))
    units = (adding("a"), failing, adding("b"), adding("old"), rolling_back, stopping, adding("c"))
    a, error, b, duplicate, rolled, stopped, c = await together(store, *units)
    assert (a, b, c) == ("a", "b", "c")
    assert isinstance(error, ValueError)
    assert isinstance(duplicate, IntegrityError)
    assert isinstance(rolled, RuntimeError)
    assert isinstance(stopped, RuntimeError)
    assert await store.read(names) == ["a", "b", "c", "old"]


async def test_the_error_of_a_statement_does_not_show_its_values(store: Database) -> None:
    def unit(session: Session) -> None:
        session.add(CommunityRow(id="old", platform="secret words", platform_id="x"))

    await store.write(adding("old"))
    with pytest.raises(IntegrityError) as caught:
        await store.write(unit)
    assert "secret words" not in str(caught.value)


async def test_what_a_cancelled_caller_wrote_still_lands(store: Database, database_url: str) -> None:
    async with held(store):
        task = asyncio.create_task(store.write(adding("late")))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await store.close()
    again = connect(database_url)
    assert await again.read(names) == ["late"]
    await again.close()


async def test_a_failure_that_nobody_waits_for_is_silent(store: Database) -> None:
    async with held(store):
        task = asyncio.create_task(store.write(failing))
        await asyncio.sleep(0)
        task.cancel()
    assert await store.write(adding("after")) == "after"


async def test_a_read_sees_what_was_committed_and_nothing_else(store: Database) -> None:
    running, release = threading.Event(), threading.Event()

    def slow(session: Session) -> None:
        adding("new")(session)
        session.flush()
        running.set()
        assert release.wait(LIMIT)

    writing = asyncio.create_task(store.write(slow))
    assert await asyncio.to_thread(running.wait, LIMIT)
    assert await store.read(number) == 0
    release.set()
    await writing
    assert await store.read(number) == 1


async def test_a_read_stays_on_one_snapshot(store: Database) -> None:
    loop = asyncio.get_running_loop()

    def twice(session: Session) -> tuple[int, int]:
        before = number(session)
        asyncio.run_coroutine_threadsafe(store.write(adding("between")), loop).result(LIMIT)
        return before, number(session)

    assert await store.read(twice) == (0, 0)
    assert await store.read(number) == 1


async def test_a_read_may_not_write(store: Database) -> None:
    with pytest.raises(StoreError, match="a read tried to change the database"):
        await store.read(adding("smuggled"))
    assert await store.read(number) == 0
    assert await store.write(adding("proper")) == "proper"


async def test_a_key_is_inserted_once(store: Database) -> None:
    def unit(session: Session) -> bool:
        return insert_once(session, CommunityRow, platform="paper", platform_id="server")

    assert [await store.write(unit) for _ in range(3)] == [True, False, False]


async def test_a_row_must_belong_to_something(store: Database) -> None:
    def orphan(session: Session) -> None:
        session.connection().execute(
            text("INSERT INTO consent (id, person_id, terms, agreed, at) VALUES ('c', 'nobody', '1', true, :at)"),
            {"at": "2026-01-01 00:00:00"},
        )

    with pytest.raises(IntegrityError):
        await store.write(orphan)


async def test_closing_finishes_what_waits(store: Database, database_url: str) -> None:
    async with held(store):
        tasks = [asyncio.create_task(store.write(adding(f"{n:03}"))) for n in range(100)]
        await asyncio.sleep(0)
        closing = asyncio.create_task(store.close())
        await asyncio.sleep(0)
    await closing
    assert len(await asyncio.gather(*tasks)) == 100
    again = connect(database_url)
    assert await again.read(number) == 100
    await again.close()


async def test_a_closed_database_says_so(store: Database) -> None:
    await store.close()
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.write(adding("late"))
    with pytest.raises(StoreError, match="closed"):
        await store.read(number)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("mysql://root:geheim@host/name", "'mysql' is not supported"),
        ("no url at all: geheim", "not a URL"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_a_url_that_we_cannot_use_is_refused(url: str, complaint: str) -> None:
    with pytest.raises(StoreError, match=complaint) as caught:
        connect(url)
    assert "geheim" not in str(caught.value)
