"""Work in several parts: processes divide it evenly, and take over what others leave."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import pytest

from core.store.engine.database import Database, connect
from core.work_queue.held_leases import HeldLeases
from core.work_queue.leased_work import kept, turn
from core.work_queue.shared_parts import SharedParts

pytestmark = pytest.mark.postgres

LEASE, BEAT, STANDBY = 1.0, 0.2, 0.05
PARTS = ("one", "two", "three", "four")


@dataclass(slots=True, eq=False)
class Sharer:
    """A process that does its share; `doing` are the parts that it does now."""

    changed: asyncio.Condition
    doing: set[str] = field(default_factory=set)
    idle: int = 0
    silent: Callable[[], None] = lambda: None

    async def work(self, part: str) -> None:
        await self._now(self.doing | {part})
        try:
            await asyncio.Event().wait()
        finally:
            await self._now(self.doing - {part})

    def stand_by(self) -> None:
        self.idle += 1

    async def _now(self, doing: set[str]) -> None:
        async with self.changed:
            self.doing = doing
            self.changed.notify_all()


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[Database]:
    opened = connect(postgres_url)
    yield opened
    await opened.close()


@pytest.fixture
def changed() -> asyncio.Condition:
    return asyncio.Condition()


@asynccontextmanager
async def sharing(store: Database, changed: asyncio.Condition, name: str) -> AsyncIterator[Sharer]:
    """A process that does its share for as long as the block runs. Once silent, it renews nothing."""
    held, sharer = HeldLeases(store, name, LEASE), Sharer(changed)
    share = SharedParts(held, "work", PARTS, sharer.work, sharer.stand_by, STANDBY)
    tasks = [asyncio.create_task(work()) for work in (partial(kept, held, BEAT), share.run)]

    def silent() -> None:
        """It is not even there to give its leases back."""
        held.held.clear()
        for task in tasks:
            task.cancel()

    sharer.silent = silent
    try:
        yield sharer
    finally:
        tasks[1].cancel()
        await asyncio.gather(tasks[1], return_exceptions=True)
        tasks[0].cancel()
        await asyncio.gather(tasks[0], return_exceptions=True)


async def until(changed: asyncio.Condition, true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20), changed:
        await changed.wait_for(true)


async def test_who_comes_gets_a_share_and_who_goes_leaves_it(store: Database, changed: asyncio.Condition) -> None:
    async with sharing(store, changed, "a") as one:
        await until(changed, lambda: one.doing == set(PARTS))
        async with sharing(store, changed, "b") as two:
            await until(changed, lambda: len(one.doing) == len(two.doing) == 2)
            assert one.doing | two.doing == set(PARTS)
        await until(changed, lambda: one.doing == set(PARTS))
    assert not one.doing


@pytest.mark.slow
async def test_parts_of_one_who_falls_silent_are_taken_over(store: Database, changed: asyncio.Condition) -> None:
    async with sharing(store, changed, "a") as one, sharing(store, changed, "b") as two:
        await until(changed, lambda: len(one.doing) == len(two.doing) == 2)
        one.silent()
        await until(changed, lambda: two.doing == set(PARTS))


async def test_more_processes_than_parts_stand_by(store: Database, changed: asyncio.Condition) -> None:
    names = [f"process {number}" for number in range(len(PARTS) + 1)]
    async with (
        sharing(store, changed, names[0]) as one,
        sharing(store, changed, names[1]) as two,
        sharing(store, changed, names[2]) as three,
        sharing(store, changed, names[3]) as four,
        sharing(store, changed, names[4]) as five,
    ):
        every = (one, two, three, four, five)
        await until(changed, lambda: sorted(len(sharer.doing) for sharer in every) == [0, 1, 1, 1, 1])
        assert set().union(*(sharer.doing for sharer in every)) == set(PARTS)


async def test_what_the_work_raises_comes_out(store: Database) -> None:
    async def broken(part: str) -> None:
        raise ValueError(part)

    with pytest.raises(ValueError, match="one"):
        await SharedParts(HeldLeases(store, "a", LEASE), "work", ("one",), broken, standby=STANDBY).run()
    # Another process can take it at once.
    assert await HeldLeases(store, "b", LEASE).claim("work: one")


@pytest.mark.slow
async def test_turns_come_one_after_the_other_whichever_process_asks(store: Database) -> None:
    clock = asyncio.get_running_loop().time
    times: list[float] = []

    async def ask(holder: str) -> None:
        await turn(store, "bucket 0", holder, 0.5)
        times.append(clock())

    await asyncio.gather(*(ask(holder) for holder in "abc"))
    times.sort()
    # When each was told is not quite when it got its turn.
    assert all(later - earlier > 0.35 for earlier, later in zip(times, times[1:], strict=False))
    began = clock()
    await turn(store, "bucket 1", "a", 0.5)
    assert clock() - began < 0.5
