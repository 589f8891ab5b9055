"""Work in several parts, which processes divide among themselves: each holds the leases of its parts.

When a process comes, the others give up what is more than their share; when one falls silent, its leases end, and the
others take its parts over.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from math import ceil

import structlog

from core.errors import StoreError
from core.store import leases
from core.work_queue.held_leases import HeldLeases, Lease
from core.work_queue.leased_work import STANDBY, given_back, while_held

log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class SharedParts:
    """Does this process's share of a work. `held` are leases that somebody renews, `pool` is the name of the work.

    `work` does a part until it is cancelled. It is not done under its lease: two processes may do a part at once for a
    moment, so this is for work of which that does no harm. `standing_by` is called when we first have no part to do.
    """

    held: HeldLeases
    pool: str
    parts: Sequence[str]
    work: Callable[[str], Awaitable[None]]
    standing_by: Callable[[], None] = lambda: None
    standby: float = STANDBY
    _ours: "dict[str, asyncio.Task[None]]" = field(default_factory=dict)

    async def run(self) -> None:
        """Do our share until cancelled. Raises what the work raises."""
        ourselves = f"{self.pool}, process {self.held.holder}"
        try:
            # Those who start together must know of each other before they divide it.
            await self._enrol(ourselves)
            await asyncio.sleep(self.standby)
            while True:
                await self._enrol(ourselves)
                try:
                    await self._divide()
                except StoreError as error:
                    log.warning("work_not_divided", work=self.pool, error=error)
                await asyncio.sleep(self.standby)
        finally:
            await self._end(list(self._ours))
            if lease := self.held.held.get(ourselves):
                await given_back(self.held, lease)

    async def _enrol(self, ourselves: str) -> None:
        """Be counted among those who divide the work."""
        try:
            if ourselves not in self.held.held:
                await self.held.claim(ourselves)
        except StoreError as error:
            log.warning("lease_not_claimed", name=ourselves, error=error)

    async def _divide(self) -> None:
        for part, task in list(self._ours.items()):
            if task.done():
                del self._ours[part]
                await task
        holders = await self.held.store.read(lambda session: leases.held_of(session, self.pool))
        share = ceil(len(self.parts) / max(1, sum(name.startswith(f"{self.pool}, ") for name in holders)))
        await self._end(list(self._ours)[share:])
        for part in self.parts:
            if len(self._ours) < share and part not in self._ours and self._name(part) not in holders:
                await self._take(part)
        if not self._ours:
            self.standing_by()

    async def _take(self, part: str) -> None:
        if lease := await self.held.claim(self._name(part)):
            log.info("taken_over", work=lease.name)
            self._ours[part] = asyncio.create_task(self._do(part, lease))

    async def _do(self, part: str, lease: Lease) -> None:
        """Do a part until it ends or its lease does."""
        try:
            await while_held(lease, asyncio.ensure_future(self.work(part)))
        finally:
            if not lease.lost:
                await given_back(self.held, lease)

    async def _end(self, parts: Sequence[str]) -> None:
        ending = [self._ours.pop(part) for part in parts]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    def _name(self, part: str) -> str:
        return f"{self.pool}: {part}"
