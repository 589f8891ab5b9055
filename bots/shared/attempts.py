"""Pauses between attempts: a surface that cannot reach its platform tries again, less and less often."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from core.backoff import Backoff

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
"""The first and the longest pause between two attempts, in seconds."""


@dataclass(slots=True)
class AttemptPauses:
    """Pauses that grow with each failed attempt, and end at once when the surface is told to leave.

    `seconds` is the next pause.
    """

    leaving: asyncio.Event
    first_pause: float = FIRST_PAUSE
    seconds: float = field(init=False)
    _backoff: Backoff = field(init=False)

    def __post_init__(self) -> None:
        self._backoff = Backoff(self.first_pause, LONGEST_PAUSE)
        self.seconds = next(self._backoff)

    async def rest(self) -> None:
        """Wait until it is time for the next attempt, or until the surface leaves."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.seconds):
                await self.leaving.wait()
        self.seconds = next(self._backoff)

    def reset(self) -> None:
        """Begin with the first pause again, because an attempt has succeeded."""
        self._backoff.reset()
        self.seconds = next(self._backoff)
