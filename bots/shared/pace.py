"""A platform's limits: it says when a call comes too early, and then nothing is sent before its time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

import structlog

from core.errors import Unreachable

T = TypeVar("T")
log = structlog.get_logger()

MOST = 5
LONGEST = 60.0
"""Calls that are refused so often, or for so many seconds, are left for later."""

MARGIN = 0.05
"""Seconds: the two clocks do not begin to count at the same moment."""

REMEMBERED = 1000


@dataclass(slots=True)
class Pace:
    """When what is limited together (a chat, a method) is open again, in seconds of the monotonic clock.

    `seconds` reads from an error how long the platform wants us to wait, None for an error of another kind.
    """

    platform: str
    seconds: Callable[[Exception], float | None]
    _closed: dict[Hashable, float] = field(default_factory=dict)

    def wait(self, key: Hashable) -> float:
        """Seconds until a call may leave, 0 where it may now."""
        return max(0.0, self._closed.get(key, 0.0) - monotonic())

    async def call(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """Do something when the platform allows it. Raises Unreachable where that would take too long."""
        for _ in range(MOST):
            wait = self.wait(key)
            if wait > LONGEST:
                break
            if wait > 0:
                await asyncio.sleep(wait)
            try:
                return await work()
            except Exception as error:
                seconds = self.seconds(error)
                if seconds is None:
                    raise
                log.info("platform_limit", platform=self.platform, seconds=seconds)
                self._close(key, seconds)
        raise Unreachable(f"{self.platform}: too many requests")

    def _close(self, key: Hashable, seconds: float) -> None:
        now = monotonic()
        self._closed[key] = now + seconds + MARGIN
        if len(self._closed) > REMEMBERED:
            self._closed = {name: until for name, until in self._closed.items() if until > now}
