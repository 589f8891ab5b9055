"""The leases that this process holds.

A lease is ours as long as the database says so. Between two questions to it we go by a clock that also runs while the
process or the machine is stopped: whoever wakes up too late sends nothing before it has asked again.
"""

import asyncio
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from core.errors import LeaseLost
from core.ports.store import Store
from core.store import leases

LEASE = 15.0
"""Seconds after which a process that has fallen silent loses its leases."""

SURE = 0.9
"""The share of that time after which it sends nothing more: what is under way needs its time, too."""

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def clock() -> float:
    """Seconds of a clock that never jumps, and that runs on while the machine sleeps, if the system has one."""
    return time.clock_gettime(_CLOCK)


@dataclass(slots=True, eq=False)
class Lease:
    """A lease of ours, which was good `until` then when we last asked. `ended` is set once it is ours no more.

    `refused` says that some work under it was given up because it might have been another's by then. Nothing more is
    done under it then: what comes later must not overtake that work.
    """

    name: str
    number: int
    until: float
    refused: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def lost(self) -> bool:
        """Whether it is ours no more."""
        return self.ended.is_set()

    @property
    def expired(self) -> bool:
        """Whether another process may have it by now, as far as we know."""
        return self.lost or clock() >= self.until

    def check(self) -> None:
        """Make sure that nobody else can have it yet, and that nothing was given up. Raises LeaseLost."""
        self.refused = self.refused or self.expired
        if self.refused:
            raise LeaseLost(self.name)

    @contextmanager
    def bound(self) -> Iterator[None]:
        """Let what is done in the block, and in the tasks that it begins, be done under this lease."""
        token = UNDER.set(self)
        try:
            yield
        finally:
            UNDER.reset(token)


UNDER: ContextVar[Lease | None] = ContextVar("UNDER", default=None)
"""The lease under which the present work is done; None if it needs none."""


@dataclass(slots=True)
class HeldLeases:
    """All leases of this process. `holder` names it, `seconds` is how long they last without being renewed.

    The store is the one without a fence: what is done here is about the leases themselves.
    """

    store: Store
    holder: str
    seconds: float = LEASE
    held: dict[str, Lease] = field(default_factory=dict)

    def of(self, names: Iterable[str]) -> Sequence[Lease]:
        """Those of our leases that have these names."""
        return [lease for name in names if (lease := self.held.get(name))]

    async def claim(self, name: str) -> Lease | None:
        """Take a lease; None if another process has it. Raises StoreError."""
        asked = clock()
        number = await self.store.write(lambda session: leases.claim(session, name, self.holder, self.seconds))
        return None if number is None else self.note(name, number, asked)

    def note(self, name: str, number: int, asked: float) -> Lease:
        """Note a lease that was taken by a statement which we sent at that time of our clock."""
        lease = Lease(name, number, asked + self.seconds * SURE)
        self.held[name] = lease
        return lease

    async def renew(self) -> Collection[Lease]:
        """Hold all leases for longer. Returns those that were lost. Raises StoreError.

        A lease under which work was given up is lost, too, even if nobody else has it: that work has to be found again
        by whoever leases it next.
        """
        before = list(self.held.values())
        if not before:
            return ()
        asked, numbers = clock(), [lease.number for lease in before]
        ours = frozenset(await self.store.write(lambda session: leases.renew(session, numbers, self.seconds)))
        for lease in before:
            if lease.number in ours and not lease.refused:
                lease.until = asked + self.seconds * SURE
        # What was given back meanwhile is not lost.
        gone = [lease for lease in before if (lease.number not in ours or lease.refused) and not lease.lost]
        for lease in gone:
            self.forget(lease)
        return gone

    def forget(self, lease: Lease) -> None:
        """Do nothing more under a lease."""
        lease.ended.set()
        if self.held.get(lease.name) is lease:
            del self.held[lease.name]

    async def release(self, *given: Lease) -> None:
        """Give leases back. Raises StoreError; they then end by themselves."""
        for lease in given:
            self.forget(lease)
        if given:
            await self.store.write(lambda session: leases.release(session, [lease.number for lease in given]))
