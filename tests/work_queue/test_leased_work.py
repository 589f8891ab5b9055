"""What only one of several processes does, and who does it next."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from core.store.engine.database import connect
from core.work_queue.held_leases import HeldLeases
from core.work_queue.leased_work import alone, kept

pytestmark = pytest.mark.postgres

SECONDS, BEAT, STANDBY = 1.0, 0.2, 0.05


@asynccontextmanager
async def holder(url: str, name: str) -> "AsyncIterator[tuple[HeldLeases, asyncio.Task[None]]]":
    """Leases of a process, and the task that renews them."""
    store = connect(url)
    leases = HeldLeases(store, name, SECONDS)
    beating = asyncio.create_task(kept(leases, BEAT))
    try:
        yield leases, beating
    finally:
        beating.cancel()
        await store.close()


async def test_one_at_a_time_does_the_work_and_the_next_follows_when_it_ends(postgres_url: str) -> None:
    order: asyncio.Queue[str] = asyncio.Queue()
    ends = {name: asyncio.Event() for name in ("one", "two")}

    async def work(name: str) -> None:
        order.put_nowait(f"{name} begins")
        await ends[name].wait()
        order.put_nowait(f"{name} ends")

    async with holder(postgres_url, "one") as (one, _), holder(postgres_url, "two") as (two, _):
        first = asyncio.create_task(alone(one, "clock", lambda: work("one"), STANDBY))
        assert await order.get() == "one begins"
        second = asyncio.create_task(alone(two, "clock", lambda: work("two"), STANDBY))
        ends["one"].set()
        assert [await order.get(), await order.get()] == ["one ends", "two begins"]
        ends["two"].set()
        await asyncio.gather(first, second)


@pytest.mark.slow
async def test_work_of_a_process_that_falls_silent_is_taken_over_and_ends_there(postgres_url: str) -> None:
    begun: asyncio.Queue[str] = asyncio.Queue()
    cancelled = asyncio.Event()

    async def work(name: str) -> None:
        begun.put_nowait(name)
        try:
            await asyncio.Event().wait()
        finally:
            if name == "one":
                cancelled.set()

    async with holder(postgres_url, "one") as (one, beating), holder(postgres_url, "two") as (two, _):
        first = asyncio.create_task(alone(one, "clock", lambda: work("one"), STANDBY))
        assert await begun.get() == "one"
        second = asyncio.create_task(alone(two, "clock", lambda: work("two"), STANDBY))
        # It is stopped for longer than its lease lasts, and then goes on.
        beating.cancel()
        assert await begun.get() == "two"
        awake = asyncio.create_task(kept(one, BEAT))
        await cancelled.wait()
        for task in (awake, first, second):
            task.cancel()
        await asyncio.gather(awake, first, second, return_exceptions=True)


async def test_an_error_of_the_work_is_raised_and_the_lease_is_free(postgres_url: str) -> None:
    async def fails() -> None:
        raise ValueError("broken")

    async with holder(postgres_url, "one") as (one, _), holder(postgres_url, "two") as (two, _):
        with pytest.raises(ValueError, match="broken"):
            await alone(one, "clock", fails, STANDBY)
        assert await two.claim("clock")
