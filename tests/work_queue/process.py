"""A process of several: a core with a queue of its own over the tests' PostgreSQL. Its platform is one for all."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass

from core.ports.model import LanguageModel
from core.store.engine.database import Database, connect
from core.store.tables import new_id
from core.wiring import WiredCore
from core.work_queue.fencing import FencedChat, FencedStore
from core.work_queue.held_leases import HeldLeases
from core.work_queue.leased_queue import LeasedQueue
from core.work_queue.shared_turns import ModelTurns
from core.work_queue.sharing_processes import SharingProcesses
from tests.core.building import core_over
from tests.living import echo
from tests.paper import PaperChat


@dataclass(slots=True)
class SharingProcess:
    """A process that shares its work. `freeze` is a SIGSTOP as seen from the database: nothing is renewed any more."""

    core: WiredCore
    store: Database
    queue: LeasedQueue
    leases: HeldLeases
    others: SharingProcesses
    running: "asyncio.Task[None]"

    async def freeze(self) -> None:
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)

    async def wake(self) -> None:
        """Go on after having been frozen."""
        self.running = asyncio.create_task(self.queue.run())

    async def stop(self, seconds: float = 0) -> None:
        """Stop as a program does that was asked to."""
        await self.queue.stop()
        await self.core.router.drain(seconds)
        await self.queue.hand_over()
        await self.freeze()


@asynccontextmanager
async def sharing(
    url: str,
    chat: PaperChat,
    platforms: Collection[str] = ("paper",),
    model: LanguageModel | None = None,
    seconds: float = 15.0,
) -> AsyncIterator[SharingProcess]:
    """A process that works for platforms, for as long as the block runs."""
    store = connect(url)
    leases = HeldLeases(store, new_id(), seconds)
    queue = LeasedQueue(store, store.url, leases, platforms)
    others = SharingProcesses(store, queue.subjects)
    turns = ModelTurns(store)
    turns.hear(queue.subjects)
    fenced = FencedStore(store)
    core = core_over(fenced, model or echo(), queue=queue, others=others, model_queue=turns.queue)
    core.router.attach("paper", FencedChat(chat))
    process = SharingProcess(core, store, queue, leases, others, asyncio.create_task(queue.run()))
    try:
        yield process
    finally:
        await process.freeze()
        await core.router.drain(0)
        await store.close()
