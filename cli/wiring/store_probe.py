"""Whether the store takes what is written: a full disk or a locked file can still be read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from core.errors import StoreError
from core.ports.store import Store
from core.store.tables import KeptRow

FRESH = 15.0
"""Seconds for which a write that went well is proof enough."""


@dataclass(slots=True)
class StoreProbe:
    """Writes the time into the store and says what comes of it."""

    store: Store
    clock: Callable[[], float] = monotonic
    _well_until: float = float("-inf")

    async def state(self) -> str:
        """Return "ok", or what is wrong. A fault is looked at again each time, so that its end is seen at once."""
        try:
            await self.store.read(lambda session: None)
            if self.clock() >= self._well_until:
                value = datetime.now(UTC).isoformat()
                await self.store.write(lambda session: session.merge(KeptRow(name="probe:written", value=value)))
                self._well_until = self.clock() + FRESH
        except StoreError as error:
            self._well_until = float("-inf")
            return str(error)
        return "ok"
