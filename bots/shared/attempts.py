"""Pauses between attempts: a surface that cannot reach its platform tries again, less and less often."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
"""The first and the longest pause between two attempts, in seconds."""


@dataclass(slots=True)
class AttemptPauses:
    """Pauses that double after each failed attempt, and end at once when the surface is told to leave."""

    leaving: asyncio.Event
    seconds: float = field(default_factory=lambda: FIRST_PAUSE)

    async def rest(self) -> None:
        """Wait until it is time for the next attempt, or until the surface leaves."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.seconds):
                await self.leaving.wait()
        self.seconds = min(self.seconds * 2, LONGEST_PAUSE)

    def reset(self) -> None:
        """Begin with the first pause again, because an attempt has succeeded."""
        self.seconds = FIRST_PAUSE
