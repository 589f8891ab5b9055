"""Passes events to the core: those of one channel in their order, and each again if the database fails."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from weakref import WeakValueDictionary

import structlog

from core.backoff import Backoff
from core.errors import StoreError
from core.messages import AnyEvent
from core.ports.chat import Handle

log = structlog.get_logger()

FIRST_PAUSE, LONGEST_PAUSE, TRIES = 0.5, 60.0, 8
"""Seconds between attempts to commit an event, and how many attempts there are."""


@dataclass(slots=True)
class EventIntake:
    """Passes events to the core. `handle` returns once an event is committed there."""

    handle: Handle
    first_pause: float = FIRST_PAUSE
    _order: WeakValueDictionary[int, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def commit(self, event: AnyEvent) -> None:
        """Pass an event to the core, trying again if the database fails: Discord will not deliver it again.

        Raises StoreError if it keeps failing for minutes; the next start fetches what was missed.
        """
        for pause in islice(Backoff(self.first_pause, LONGEST_PAUSE), TRIES - 1):
            try:
                await self.handle(event)
                return
            except StoreError as error:
                log.warning("not_committed", event_key=event.key, error=error, again_in=pause)
            await asyncio.sleep(pause)
        await self.handle(event)

    @asynccontextmanager
    async def in_order(self, id: int) -> AsyncIterator[None]:
        """Handle the events of one channel or message one at a time, in order; discord.py starts them all at once."""
        # A lock is forgotten once nobody holds it or waits for it.
        async with self._order.setdefault(id, asyncio.Lock()):
            yield
