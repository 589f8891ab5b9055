"""A limit on how much of Parley's time a plugin can take by sending: what exceeds it waits in its pipe."""

import asyncio
from dataclasses import dataclass, field
from time import perf_counter

SHARE = 0.1
"""The share of the event loop's time that may be spent on what one plugin sends."""

BURST = 0.05
"""Seconds of work that are done at once before the share is looked at."""


@dataclass(slots=True)
class ReadingPace:
    """Slows a reader down to a share of the loop's time. The pipe then fills up, which stops the writer."""

    share: float = SHARE
    burst: float = BURST
    _owed: float = 0.0
    _seen: float = field(default_factory=perf_counter)

    async def rest(self, spent: float) -> None:
        """Count some seconds of work, and sleep if they exceed the share."""
        if pause := self.pause(spent, perf_counter()):
            await asyncio.sleep(pause)

    def pause(self, spent: float, moment: float) -> float:
        """The seconds to sleep after `spent` seconds of work that ended at `moment`."""
        self._owed = max(self._owed - (moment - self._seen) * self.share, 0.0) + spent
        self._seen = moment
        return max(self._owed - self.burst, 0.0) / self.share
