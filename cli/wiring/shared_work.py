"""Wires a process that shares its work with others through PostgreSQL."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

import structlog
from pydantic import TypeAdapter

from cli.wiring.background_work import BackgroundWork, going_on
from cli.wiring.platforms import wanted
from cli.wiring.roles import ProcessRole
from config.settings import ParleySettings
from core.commands.news import CommandNews
from core.errors import StoreError
from core.messages import Place
from core.ports.chat import Chat
from core.store import event_queue, processes
from core.store.engine.database import Database
from core.store.processes import ThisProcess
from core.store.tables import new_id
from core.work_queue.fencing import FencedChat, FencedStore, check_lease
from core.work_queue.held_leases import HeldLeases
from core.work_queue.leased_homes import BEAT, LeasedHomes
from core.work_queue.leased_queue import LeasedQueue
from core.work_queue.leased_work import alone, kept, turn
from core.work_queue.shared_parts import SharedParts
from core.work_queue.shared_turns import ModelTurns
from core.work_queue.sharing_processes import SharingProcesses

log = structlog.get_logger()

COMMANDS = "commands"
"""The subject of what processes tell each other about commands that have changed.

What a community switches on or off is a setting, of which they hear as of all others.
"""

PLACE: TypeAdapter[Place | None] = TypeAdapter(Place | None)

PAGES = ("web",)
"""The surfaces that a process shows itself, so that nobody else can answer in them."""

CONNECTION_LEASE, CONNECTION_BEAT = 8.0, 2.0
"""Seconds after which another process takes over what only one may hold, and between two renewals."""


@dataclass(frozen=True, slots=True)
class SharedWork:
    """What a process shares with others. `once` are the leases of what only one of all processes does, `turns` the
    queues of models, and `others` hear what is told.
    """

    database: Database
    queue: LeasedQueue
    once: HeldLeases
    turns: ModelTurns
    others: SharingProcesses

    @property
    def store(self) -> Database:
        """The database for all work that is done under a lease."""
        return FencedStore(self.database)

    def fenced(self, chat: Chat) -> Chat:
        """A chat for all work that is done under a lease."""
        return FencedChat(chat)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Take events from the queue for as long as the block runs: whoever works on them must be there."""
        async with going_on(self.queue.run):
            yield

    async def alone(self, name: str, work: BackgroundWork) -> None:
        """Do work that only one of all processes does at a time, as soon as it is our turn, until it ends by itself.

        Raises what the work raises.
        """
        await alone(self.once, name, work)

    def check(self) -> None:
        """Make sure that the present work is ours still, just before a request leaves. Raises LeaseLost."""
        check_lease()

    async def divided(
        self, pool: str, parts: Sequence[str], work: Callable[[str], Awaitable[None]], standing_by: Callable[[], None]
    ) -> None:
        """Do our share of a work in several parts, until cancelled. Raises what the work raises."""
        await SharedParts(self.once, pool, parts, work, standing_by).run()

    async def turn(self, name: str, seconds: float) -> None:
        """Wait for our turn at something that all processes together may do only once in this many seconds."""
        await turn(self.database, name, self.once.holder, seconds)

    @asynccontextmanager
    async def sharing(self, news: CommandNews) -> AsyncIterator[None]:
        """Tell other processes when the commands have changed here, and hear of theirs, as long as the block runs."""
        self.queue.subjects[COMMANDS] = lambda about: news.hear(PLACE.validate_json(about or "null"))

        async def tell() -> None:
            async for community in news.told_here:
                about = PLACE.dump_json(community).decode()
                try:
                    await self.database.write(partial(event_queue.tell, subject=COMMANDS, about=about))
                except StoreError:
                    # It is told when this begins again.
                    news.told_here.add(community)
                    raise

        async with going_on(tell):
            yield

    async def drain(self, drain: BackgroundWork) -> None:
        """Take on nothing more, let work in progress end as `drain` does, and hand the rest over to other processes."""
        await self.queue.stop()
        try:
            await drain()
        finally:
            try:
                await self.queue.hand_over()
            except StoreError as error:
                # They find it once our leases have ended.
                log.warning("not_handed_over", error=error)


def this_process(role: ProcessRole) -> ThisProcess:
    """Who we are, for other processes."""
    return ThisProcess(new_id(), role.name, version("parley-app"), socket.gethostname(), os.getpid())


@asynccontextmanager
async def entered(store: Database, role: ProcessRole) -> AsyncIterator[ThisProcess]:
    """Be one of the processes that use a PostgreSQL database, for as long as the block runs.

    Raises OperatorError if we cannot work together with those that are there.
    """
    process = this_process(role)
    await store.write(partial(processes.enter, process=process))
    try:
        async with going_on(partial(_stay, store, process)):
            yield process
    finally:
        await store.write(lambda session: processes.leave(session, process.id))


@asynccontextmanager
async def shared_work(settings: ParleySettings, store: Database, role: ProcessRole) -> AsyncIterator[SharedWork | None]:
    """Share work with other processes for as long as the block runs; None if this process does all work itself."""
    async with entered(store, role) as process:
        if not role.shared:
            yield None
            return
        leases, once = HeldLeases(store, process.id), HeldLeases(store, process.id, CONNECTION_LEASE)
        homes = LeasedHomes(store, leases, platforms(settings, role), PAGES if role.receives else ())
        queue = LeasedQueue(store, store.url, homes)
        turns = ModelTurns(store)
        turns.hear(queue.subjects)
        async with going_on(partial(kept, once, CONNECTION_BEAT), turns.run):
            yield SharedWork(store, queue, once, turns, SharingProcesses(store, queue.subjects))


def platforms(settings: ParleySettings, role: ProcessRole) -> Collection[str]:
    """The platforms on which a process answers."""
    pages = PAGES if role.receives and settings.web.enabled else ()
    return (*pages, *(wanted(settings) if role.answers else ()))


async def _stay(store: Database, process: ThisProcess) -> None:
    """Be seen again and again, until cancelled."""
    while True:
        try:
            if not await store.write(lambda session: processes.seen(session, process.id)):
                # We were silent for so long that others took us for dead.
                await store.write(partial(processes.enter, process=process))
        except StoreError as error:
            log.warning("not_seen", error=error)
        await asyncio.sleep(BEAT)
