"""Leases beside transactions that are under way: nobody waits for them, and whoever falls silent in one is cut off."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
from sqlmodel import Session

from core.errors import StoreError
from core.store import event_queue, leases, model_turns
from core.store.engine.database import Database, connect
from core.store.engine.units import Unit
from core.store.model_turns import ModelLine
from tests.cluster.ledger import until_rows

pytestmark = pytest.mark.postgres

NAME, SECONDS = "paper/town/square", 15.0
LINE = ModelLine("shared", slots=1, waiting=4, seconds=12.0)
SOON = 2.0
"""Seconds within which a statement that waits for nobody is done, on a busy machine, too. A lock takes longer."""


@pytest.fixture
async def ours(postgres_url: str) -> AsyncIterator[Database]:
    opened = connect(postgres_url)
    yield opened
    await opened.close()


@pytest.fixture
async def theirs(postgres_url: str) -> AsyncIterator[Database]:
    opened = connect(postgres_url)
    yield opened
    await opened.close()


@contextmanager
def underway(store: Database, unit: Unit[object]) -> "Iterator[tuple[asyncio.Event, asyncio.Future[object]]]":
    """A process that is stopped within a transaction, as by SIGSTOP, until the block ends."""
    loop, stopped, going_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def stopping(session: Session) -> object:
        result = unit(session)
        loop.call_soon_threadsafe(stopped.set)
        going_on.wait()
        return result

    writing = asyncio.ensure_future(store.write(stopping))
    try:
        yield stopped, writing
    finally:
        going_on.set()


async def claimed(store: Database, holder: str, seconds: float = SECONDS) -> int | None:
    return await store.write(lambda session: leases.claim(session, NAME, holder, seconds))


async def test_of_two_one_has_a_lease_and_the_other_has_it_once_it_is_given_back(
    ours: Database, theirs: Database
) -> None:
    first = await claimed(ours, "ours")
    assert first
    assert await claimed(theirs, "theirs") is None
    await ours.write(lambda session: leases.release(session, [first]))
    second = await claimed(theirs, "theirs")
    assert second
    assert second > first


async def test_a_lease_that_has_ended_gets_another_number_and_its_holder_writes_nothing_more(
    ours: Database, theirs: Database
) -> None:
    first = await claimed(ours, "ours", seconds=0)
    assert first
    assert await ours.write(lambda session: leases.keep(session, NAME, first))
    second = await claimed(theirs, "theirs")
    assert second
    assert second > first
    assert not await ours.write(lambda session: leases.keep(session, NAME, first))
    assert await ours.write(lambda session: leases.renew(session, [first], SECONDS)) == []


async def test_nobody_waits_for_a_write_that_is_under_way(ours: Database, theirs: Database) -> None:
    number = await claimed(ours, "ours")
    assert number
    with underway(ours, lambda session: leases.keep(session, NAME, number)) as (stopped, writing):
        await stopped.wait()
        async with asyncio.timeout(SOON):
            assert await ours.write(lambda session: leases.renew(session, [number], SECONDS)) == [number]
            assert await claimed(theirs, "theirs") is None
    assert await writing


async def test_nobody_takes_a_lease_that_has_ended_in_the_middle_of_a_write(ours: Database, theirs: Database) -> None:
    number = await claimed(ours, "ours", seconds=0)
    assert number
    with underway(ours, lambda session: leases.keep(session, NAME, number)) as (stopped, writing):
        await stopped.wait()
        async with asyncio.timeout(SOON):
            assert await claimed(theirs, "theirs") is None
    assert await writing
    assert await claimed(theirs, "theirs")


async def test_whoever_is_stopped_while_it_asks_for_a_lease_keeps_nobody_from_renewing_it(
    ours: Database, theirs: Database
) -> None:
    number = await claimed(ours, "ours")
    assert number
    with underway(theirs, lambda session: leases.claim(session, NAME, "theirs", SECONDS)) as (stopped, asking):
        await stopped.wait()
        async with asyncio.timeout(SOON):
            assert await ours.write(lambda session: leases.renew(session, [number], SECONDS)) == [number]
    assert await asking is None


@pytest.mark.parametrize("step", ["keep", "claim", "renew", "release", "enqueue", "turn"])
async def test_whoever_falls_silent_in_a_transaction_is_cut_off_and_others_go_on(
    ours: Database, theirs: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(leases, "SILENT", 0.2)
    number = await claimed(ours, "ours", seconds=0)
    assert number
    steps: dict[str, Unit[object]] = {
        "keep": lambda session: leases.keep(session, NAME, number),
        "claim": lambda session: leases.claim(session, NAME, "ours", SECONDS),
        "renew": lambda session: leases.renew(session, [number], 0),
        "release": lambda session: leases.release(session, [number]),
        "enqueue": lambda session: event_queue.enqueue(session, NAME),
        "turn": lambda session: model_turns.enter(session, LINE, "1", "town", "ana"),
    }
    with underway(ours, steps[step]) as (stopped, writing):
        await stopped.wait()
        await until_rows(postgres_url, "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%'", [(0,)])
        async with asyncio.timeout(SOON):
            assert await claimed(theirs, "theirs")
            assert await theirs.write(lambda session: event_queue.enqueue(session, NAME))
            assert await theirs.write(lambda session: model_turns.enter(session, LINE, "2", "town", "bo"))
    with pytest.raises(StoreError):
        await writing
