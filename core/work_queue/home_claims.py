"""Leases homes that have work and that nobody holds: one after the other, and the idlest process first.

All processes hear of work at once. If each tried to lease all of many homes at the same time, one of them would get
nearly all, and the others would have nothing to do while its people wait.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from core.ports.store import Store
from core.ports.work_queue import AcceptedEvent
from core.store import inbox, leases
from core.work_queue.held_leases import HeldLeases, Lease, clock

EACH, LONGEST_WAIT = 0.002, 0.03
"""A process waits so many seconds before it tries to lease a home, for each home where it has work; at most so long.
So the idlest comes first."""

FEW = 32
"""Homes that are leased one after the other. Of more, several are leased at once, so that the waits do not add up."""

HELD = 5.0
"""Seconds for which a process does not ask again for a home that another one holds: that one keeps it for longer."""

ClaimedHome = tuple[Lease, Sequence[AcceptedEvent]]
"""A lease, and what is to be done under it."""


@dataclass(slots=True)
class HomeClaims:
    """The homes that this process tries to lease. `load` tells in how many it has work; None if it takes no more."""

    store: Store
    leases: HeldLeases
    load: Callable[[], int | None]
    _elsewhere: dict[str, float] = field(default_factory=dict)
    """The homes that another process held, and when we asked."""

    _wanted: dict[str, None] = field(default_factory=dict)
    """The homes that we try to lease, in their order."""

    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def claim(self, name: str, *, at_once: bool = False) -> Sequence[ClaimedHome]:
        """Lease a home, if nobody else has it and there is something to do; perhaps others that were asked for, too.

        With `at_once` nobody is let go first. Raises StoreError.
        """
        if name in self._elsewhere:
            return ()
        self._wanted[name] = None
        async with self._one_at_a_time:
            if not at_once:
                await asyncio.sleep(min(LONGEST_WAIT, EACH * (self.load() or 0)))
            if name not in self._wanted:
                return ()
            names = [name, *(one for one in self._wanted if one != name)][: 1 + len(self._wanted) // FEW]
            for one in names:
                del self._wanted[one]
            return () if self.load() is None else await self._lease(names)

    def freed(self, name: str) -> None:
        """Note that nobody holds a home any more."""
        self._elsewhere.pop(name, None)

    def forget(self) -> None:
        """Forget who held what a while ago."""
        self._elsewhere = {name: at for name, at in self._elsewhere.items() if clock() - at < HELD}

    async def _lease(self, names: Sequence[str]) -> Sequence[ClaimedHome]:
        asked = clock()
        claimed = await self.store.write(lambda session: [self._claimed(session, name) for name in names])
        self._elsewhere.update({name: asked for name, (number, _) in zip(names, claimed, strict=True) if not number})
        return [
            (self.leases.note(name, number, asked), events)
            for name, (number, events) in zip(names, claimed, strict=True)
            if number and events
        ]

    def _claimed(self, session: Session, name: str) -> tuple[int | None, Sequence[AcceptedEvent]]:
        number = leases.claim(session, name, self.leases.holder, self.leases.seconds)
        events = inbox.at_home(session, name) if number else ()
        if number and not events:
            leases.release(session, [number])
        return number, events
