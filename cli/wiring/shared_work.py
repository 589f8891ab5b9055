"""Wires a process that shares its work with others through PostgreSQL."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

import structlog

from cli.wiring.background_work import BackgroundWork, going_on
from cli.wiring.platforms import wanted
from cli.wiring.roles import ProcessRole
from config.settings import ParleySettings
from core.errors import OperatorError, StoreError
from core.ports.chat import Chat
from core.store import processes
from core.store.engine.database import Database
from core.store.processes import ThisProcess
from core.store.tables import new_id
from core.work_queue.fencing import FencedChat, FencedStore
from core.work_queue.held_leases import HeldLeases
from core.work_queue.leased_queue import BEAT, LeasedQueue
from core.work_queue.leased_work import alone, kept
from core.work_queue.shared_turns import ModelTurns
from core.work_queue.sharing_processes import SharingProcesses

log = structlog.get_logger()

PAGES = ("web",)
"""The surfaces that a process shows itself, so that nobody else can answer in them."""

CONNECTION_LEASE, CONNECTION_BEAT = 8.0, 2.0
"""Seconds after which another process takes over what only one may hold, and between two renewals."""

NEEDS_POSTGRESQL = (
    "`parley {role}` shares its work with other processes, which needs PostgreSQL: set database.url to"
    " postgresql://user@host/name, or use `parley run`, which does everything in one process"
)


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

    def alone(self, name: str, work: BackgroundWork) -> BackgroundWork:
        """The same work, done by one of all processes at a time."""
        return partial(alone, self.once, name, work)

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
    if store.url.get_backend_name() != "postgresql":
        if role.shared:
            raise OperatorError(NEEDS_POSTGRESQL.format(role=role.name))
        # On SQLite, the lock on the home keeps others away.
        yield process
        return
    await store.write(partial(processes.enter, process=process))
    try:
        async with going_on(partial(_stay, store, process)):
            yield process
    finally:
        await store.write(lambda session: processes.leave(session, process.id))


@asynccontextmanager
async def shared_work(settings: ParleySettings, store: Database, role: ProcessRole) -> AsyncIterator[SharedWork | None]:
    """What this process shares with others, for as long as the block runs; None if it does all work itself."""
    async with entered(store, role) as process:
        if not role.shared:
            yield None
            return
        leases, once = HeldLeases(store, process.id), HeldLeases(store, process.id, CONNECTION_LEASE)
        queue = LeasedQueue(store, store.url, leases, platforms(settings, role), PAGES if role.receives else ())
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
