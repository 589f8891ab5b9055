"""How a plugin's process crashes: it is started again after a pause, and given up after several crashes in a row."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from core.backoff import Backoff

LONGEST_PAUSE = 60.0
CRASHES, WITHIN = 5, 600.0
"""A process that crashes CRASHES times within WITHIN seconds is given up. Pauses between starts are in seconds."""


class ProcessCrashed(Exception):
    """The process ended, broke the protocol or has a fault. The text says how; it is for admins, never for members."""


@dataclass(slots=True)
class CrashHistory:
    """The last crashes of a plugin's process, and the pauses after them.

    `why` is the reason of the last one, and `given_up` of the one after which it was given up. `not_before` is when it
    may start again, by the loop's clock.
    """

    pauses: Backoff
    why: str = ""
    given_up: str = ""
    not_before: float = 0.0
    _ends: deque[float] = field(default_factory=lambda: deque(maxlen=CRASHES))

    def add(self, why: str) -> bool:
        """Count a crash. Returns whether the process is given up because of it."""
        moment = asyncio.get_running_loop().time()
        self.why = why
        # A crash long after the last one has nothing to do with it.
        if self._ends and self._ends[-1] < moment - WITHIN:
            self.pauses.reset()
        self._ends.append(moment)
        self.not_before = moment + next(self.pauses)
        if len(self._ends) == CRASHES and self._ends[0] > moment - WITHIN:
            self.given_up = why
            return True
        return False

    @property
    def pausing(self) -> bool:
        """Whether the process has to wait before it is started again."""
        return asyncio.get_running_loop().time() < self.not_before
