"""The homes that a process has leased on PostgreSQL, and those that it tries to lease.

Whoever holds the lease of a home takes up what comes there; else the processes that work for its platform try to lease
it (core.work_queue.home_claims). A process that falls silent loses its leases, and the next one goes on where the inbox
says.
"""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import structlog

from core.errors import StoreError
from core.ports.store import Store
from core.ports.work_queue import AcceptedEvent, EventWorker
from core.store import event_queue, inbox
from core.work_queue.held_leases import HeldLeases, Lease, clock
from core.work_queue.home_claims import HomeClaims

log = structlog.get_logger()

BEAT = 3.0
"""Seconds between two renewals of our leases."""

POLL = 1.0
"""Seconds between two looks at what nobody works on: the news of it may have been lost with a process."""

LINGER = 10.0
"""Seconds for which we keep the lease of a home where nothing is to be done: the next event there begins at once."""

MOST_HOMES = 256
"""The most homes with work that one process takes on at a time."""


@dataclass(slots=True)
class LeasedHomes:
    """The homes where this process works, for some `platforms`; none if it only accepts events.

    What is said on a page is taken up by the process that shows it, if it can; those are the platforms `shown_here`.
    """

    store: Store
    leases: HeldLeases
    platforms: Collection[str]
    shown_here: Collection[str] = ()
    worker: EventWorker = field(init=False)
    claims: HomeClaims = field(init=False)
    _last: dict[str, int] = field(default_factory=dict)
    _idle: dict[str, float] = field(default_factory=dict)
    _looking: dict[str, bool] = field(default_factory=dict)
    _looks: "set[asyncio.Task[None]]" = field(default_factory=set)
    _search_now: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: bool = False

    def __post_init__(self) -> None:
        self.claims = HomeClaims(self.store, self.leases, self._load)

    def accepted(self, name: str) -> None:
        """Take up what this process has accepted, where nobody else could show the answer."""
        if name.partition("/")[0] in self.shown_here:
            self._notice(name)

    def heard(self, name: str) -> None:
        """Take up what has come to a home, if we hold it or work for its platform."""
        platform = name.partition("/")[0]
        if name in self._last or (platform in self.platforms and platform not in self.shown_here):
            self._notice(name)

    def look_everywhere(self) -> None:
        """Look for what we may not have heard of."""
        self._search_now.set()
        for name in list(self._last):
            self._notice(name)

    async def stop(self) -> None:
        """Take on nothing more, and give back where nothing is to be done."""
        self._stopping = True
        # Whatever is just being leased would be ours until the lease ends, and we would be gone.
        await asyncio.gather(*self._looks)
        await self._give_back(self.leases.of(name for name in self._last if not self.worker.busy(name)))

    async def give_all_back(self) -> Sequence[str]:
        """Do nothing more anywhere. Returns the homes that were ours. Raises StoreError."""
        names = list(self._last)
        given = self.leases.of(names)
        for name in names:
            self._drop(name)
        numbers = [lease.number for lease in given]
        await self.store.write(partial(event_queue.handed_over, numbers=numbers))
        await self._give_back(given)
        return names

    async def hold(self) -> None:
        """Renew our leases, and give back those of homes where nothing was to be done for a while; until cancelled."""
        beat = min(BEAT, self.leases.seconds / 4)
        while True:
            try:
                lost = await self.leases.renew()
                for lease in lost:
                    log.warning("lease_lost", name=lease.name)
                await self._give_back([*lost, *self.leases.of(self._unused())])
                self.claims.forget()
            except StoreError as error:
                log.warning("leases_not_renewed", error=error)
            await asyncio.sleep(beat)

    def _unused(self) -> Collection[str]:
        at = clock()
        for name in self._last:
            if self.worker.busy(name):
                self._idle.pop(name, None)
            else:
                self._idle.setdefault(name, at)
        return [name for name, since in self._idle.items() if at - since > LINGER]

    async def search(self) -> None:
        """Look for homes where something is to be done and nobody works, until cancelled."""
        while True:
            self._search_now.clear()
            try:
                most = 0 if self._stopping else MOST_HOMES - len(self._last)
                if self.platforms and most > 0:
                    unheld = partial(event_queue.unheld, platforms=self.platforms, most=most)
                    for name in await self.store.read(unheld):
                        self.claims.freed(name)
                        self._notice(name)
            except StoreError as error:
                log.warning("work_not_searched", error=error)
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL):
                    await self._search_now.wait()

    def _notice(self, name: str) -> None:
        """Look at a home as soon as possible: once more if we are just looking."""
        if name in self._looking:
            self._looking[name] = True
            return
        self._looking[name] = False
        task = asyncio.create_task(self._look(name))
        self._looks.add(task)
        task.add_done_callback(self._looks.discard)

    async def _look(self, name: str) -> None:
        try:
            again = True
            while again and not self._stopping:
                self._looking[name] = False
                await self._take_up(name)
                again = self._looking[name]
        except StoreError as error:
            # The next search finds it.
            log.warning("work_not_taken_up", error=error)
        finally:
            del self._looking[name]

    async def _take_up(self, name: str) -> None:
        if name in self._last:
            came = await self.store.read(partial(inbox.come_since, home=name, number=self._last[name]))
            # The lease may have been lost or given back meanwhile.
            lease = self.leases.held.get(name)
            if lease and not lease.refused and not self._stopping:
                self._give(lease, came)
            return
        for lease, events in await self.claims.claim(name, at_once=name.partition("/")[0] in self.shown_here):
            if self._stopping:
                await self.leases.release(lease)
            else:
                self._last[lease.name] = 0
                self._give(lease, events)

    def _load(self) -> int | None:
        """In how many homes we have work; None if we take on no more."""
        if self._stopping or len(self._last) >= MOST_HOMES:
            return None
        return sum(map(self.worker.busy, self._last))

    def _give(self, lease: Lease, events: Sequence[AcceptedEvent]) -> None:
        with lease.bound():
            for one in events:
                self._last[lease.name] = max(self._last[lease.name], one.number or 0)
                self.worker.take(one)

    async def _give_back(self, given: Collection[Lease]) -> None:
        for lease in given:
            self._drop(lease.name)
        try:
            await self.leases.release(*given)
        except StoreError as error:
            # They end by themselves.
            log.warning("leases_not_released", error=error)
        if given:
            # An event may have come in between.
            self._search_now.set()

    def _drop(self, name: str) -> None:
        """Do nothing more at a home."""
        if self._last.pop(name, None) is not None:
            self._idle.pop(name, None)
            self.worker.drop(name)
