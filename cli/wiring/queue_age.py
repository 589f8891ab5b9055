"""The age of the queue: for how long the oldest event that was accepted has been waiting to be done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import Gauge

from core.labeling.background.clock import repeat
from core.ports.store import Store
from core.store import inbox
from core.store.tables import now

LOOK = 15.0
"""Seconds between two looks into the database."""


@dataclass(slots=True)
class QueueAge:
    """Tells the age of the queue as a metric. If several processes share a database, each tells that of all."""

    store: Store
    gauge: Gauge
    now: Callable[[], datetime] = now
    _oldest: datetime | None = None

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        # The age grows between two looks, too, and while nobody can look.
        self.gauge.set_function(self.seconds)
        await repeat(self.look, LOOK, "queue_not_looked_at")

    async def look(self) -> None:
        """Look now. Raises StoreError."""
        self._oldest = await self.store.read(inbox.oldest)

    def seconds(self) -> float:
        """The age at the moment, 0 if nothing is to be done."""
        return max(0.0, (self.now() - self._oldest).total_seconds()) if self._oldest else 0.0
