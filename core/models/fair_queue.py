"""A fair queue in front of a model: one busy community, or one busy person in it, does not hold up the others."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from core.errors import BusyError

T = TypeVar("T")

OnPosition = Callable[[int], None]


class ModelQueue(Protocol):
    """The queue in front of a model, of this process or of all."""

    @property
    def slots(self) -> int:
        """How many may have a turn at a time."""
        ...

    @property
    def length(self) -> int:
        """How many are waiting now."""
        ...

    @property
    def held(self) -> int:
        """How many slots are taken now."""
        ...

    def turn(
        self, tenant: str, person: str, on_position: OnPosition | None = None
    ) -> AbstractAsyncContextManager[None]:
        """Wait for a slot and hold it for the body.

        `on_position` is called with the place in the queue, from 1, whenever it changes; it must not raise. Raises
        BusyError, with the key `queue-full`, if too many are waiting already.
        """
        ...


@dataclass(slots=True, eq=False)
class _QueueWaiter:
    tenant: str
    person: str
    on_position: OnPosition | None
    turn: asyncio.Future[None]
    position: int = 0


_Persons = OrderedDict[str, OrderedDict[_QueueWaiter, None]]


@dataclass(slots=True)
class FairQueue:
    """A queue that admits at most `slots` holders at a time and lets at most `waiting` others wait.

    Tenants take turns, and so do the persons within a tenant; each person's own requests are served in their order.
    Entering, leaving and giving up take constant time; reporting the positions takes time in proportion to the queue.
    """

    slots: int
    waiting: int
    _free: int = field(init=False)
    _ring: OrderedDict[str, _Persons] = field(init=False, default_factory=OrderedDict)
    _length: int = field(init=False, default=0)
    _telling: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._free = self.slots

    @property
    def length(self) -> int:
        """How many are waiting now."""
        return self._length

    @property
    def held(self) -> int:
        """How many slots are taken now."""
        return self.slots - self._free

    @asynccontextmanager
    async def turn(self, tenant: str, person: str, on_position: OnPosition | None = None) -> AsyncIterator[None]:
        """Wait for a slot and hold it for the body.

        `on_position` is called with the place in the queue, from 1, whenever it changes; it must not raise. Raises
        BusyError, with the key `queue-full`, if too many are waiting already.
        """
        await self._enter(tenant, person, on_position)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, tenant: str, person: str, on_position: OnPosition | None) -> None:
        if self._free:
            self._free -= 1
            return
        if self._length >= self.waiting:
            raise BusyError("queue-full")
        waiter = _QueueWaiter(tenant, person, on_position, asyncio.get_running_loop().create_future())
        self._ring.setdefault(tenant, OrderedDict()).setdefault(person, OrderedDict())[waiter] = None
        self._length += 1
        self._tell_soon()
        try:
            await waiter.turn
        except asyncio.CancelledError:
            if waiter.turn.cancelled():
                self._give_up(waiter)
            else:
                # The slot came at the same moment as the cancellation: pass it on to the next waiter.
                self._leave()
            raise

    def _leave(self) -> None:
        """Hand a slot to the next waiter."""
        if waiter := self._next():
            waiter.turn.set_result(None)
            self._tell_soon()
        else:
            self._free += 1

    def _next(self) -> _QueueWaiter | None:
        """Take out the next waiter; its tenant goes to the back, and so does its person within the tenant."""
        while self._ring:
            tenant, persons = self._ring.popitem(last=False)
            person, waiters = persons.popitem(last=False)
            waiter, _ = waiters.popitem(last=False)
            if waiters:
                persons[person] = waiters
            if persons:
                self._ring[tenant] = persons
            self._length -= 1
            # A waiter that was cancelled but has not run since is still in the queue; it cannot take a slot.
            if not waiter.turn.done():
                return waiter
        return None

    def _give_up(self, waiter: _QueueWaiter) -> None:
        persons = self._ring.get(waiter.tenant, OrderedDict())
        waiters = persons.get(waiter.person, OrderedDict())
        if waiter not in waiters:
            return
        del waiters[waiter]
        self._length -= 1
        if not waiters:
            del persons[waiter.person]
        if not persons:
            del self._ring[waiter.tenant]
        self._tell_soon()

    def _tell_soon(self) -> None:
        """Schedule one report of the positions, however many changes happen at the same moment."""
        if not self._telling:
            self._telling = True
            asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        self._telling = False
        for position, waiter in enumerate(self._order(), 1):
            if waiter.position != position and not waiter.turn.done():
                waiter.position = position
                if waiter.on_position:
                    waiter.on_position(position)

    def _order(self) -> Sequence[_QueueWaiter]:
        """The waiters in the order in which they would be admitted if nobody else came."""
        return interleaved([interleaved([[*waiters] for waiters in one.values()]) for one in self._ring.values()])


def interleaved(rows: Sequence[Sequence[T]]) -> Sequence[T]:
    """The first of each row, then the second of each, and so on."""
    rounds: list[list[T]] = [[] for _ in range(max(map(len, rows), default=0))]
    for row in rows:
        for nth, one in zip(rounds, row, strict=False):
            nth.append(one)
    return [one for nth in rounds for one in nth]
