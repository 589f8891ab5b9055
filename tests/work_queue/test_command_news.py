"""Commands that go on or off in one process are known to the others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from cli.wiring.shared_work import SharedWork
from core.commands.news import CommandNews
from core.messages import Place
from core.store.engine.database import connect
from core.work_queue.held_leases import HeldLeases
from core.work_queue.leased_homes import LeasedHomes
from core.work_queue.leased_queue import LeasedQueue
from core.work_queue.shared_turns import ModelTurns
from core.work_queue.sharing_processes import SharingProcesses

pytestmark = pytest.mark.postgres


@asynccontextmanager
async def process(url: str, name: str) -> AsyncIterator[CommandNews]:
    """The news of a process that shares its work."""
    store, news = connect(url), CommandNews()
    leases = HeldLeases(store, name)
    queue = LeasedQueue(store, store.url, LeasedHomes(store, leases, ()))
    shared = SharedWork(store, queue, leases, ModelTurns(store), SharingProcesses(store, queue.subjects))
    listening = asyncio.create_task(shared.queue.run())
    async with shared.sharing(news):
        yield news
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await store.close()


@pytest.mark.parametrize("place", [Place("telegram", "-100", "-100", "7"), None])
async def test_a_change_in_one_process_is_heard_in_all(postgres_url: str, place: Place | None) -> None:
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(process(postgres_url, "one"))
        theirs = await stack.enter_async_context(process(postgres_url, "two"))
        changes, heard = theirs.changes(), list[Place | None]()
        wanted = Place("telegram", "-100", "") if place else None

        async def hear() -> None:
            # Whoever begins to listen takes all for changed at first.
            while wanted not in heard[1:]:
                heard.append(await anext(changes))

        hearing = asyncio.create_task(hear())
        async with asyncio.timeout(30):
            # Nobody hears what was told before they listened: it is told until somebody does.
            while not hearing.done():
                ours.tell(place)
                await asyncio.wait({hearing}, timeout=0.2)
