"""How much of Parley's own time a plugin may take by what it sends: the rest of it waits in the plugin's pipe."""

import asyncio
from dataclasses import dataclass, field
from time import perf_counter

SHARE = 0.1
"""The part of the event loop's time that may go into what one plugin sends."""

BURST = 0.05
"""Seconds of work that are done at once before the share is looked at."""


@dataclass(slots=True)
class Pace:
    """Slows a reader down to a share of the loop's time; a full pipe then stops whoever writes into it."""

    share: float = SHARE
    burst: float = BURST
    _owed: float = 0.0
    _seen: float = field(default_factory=perf_counter)

    async def rest(self, spent: float) -> None:
        """Count some seconds of work, and sleep for as long as it was too much."""
        if pause := self.pause(spent, perf_counter()):
            await asyncio.sleep(pause)

    def pause(self, spent: float, moment: float) -> float:
        """The seconds to sleep after so much work, at a moment."""
        self._owed = max(self._owed - (moment - self._seen) * self.share, 0.0) + spent
        self._seen = moment
        return max(self._owed - self.burst, 0.0) / self.share
