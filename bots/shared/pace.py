"""Rate limits of platforms: after a platform refuses a call as too early, nothing is sent until it allows it."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

import structlog

from core.errors import UnreachableError

T = TypeVar("T")
log = structlog.get_logger()

MOST = 5
LONGEST = 60.0
"""A call is put off once it has been refused MOST times, or if it would have to wait more than LONGEST seconds."""

MARGIN = 0.05
"""Extra seconds to wait, since the platform's clock and ours do not start at the same moment."""

REMEMBERED = 1000


@dataclass(slots=True)
class MethodPace:
    """Remembers when each rate-limited group of calls (a chat, a method) is open again, in monotonic-clock seconds.

    `seconds` reads from an error how long the platform wants us to wait; None if the error is of another kind.
    """

    platform: str
    seconds: Callable[[Exception], float | None]
    _closed: dict[Hashable, float] = field(default_factory=dict)

    def wait(self, key: Hashable) -> float:
        """Seconds until a call may be sent; 0 if it may be sent now."""
        return max(0.0, self._closed.get(key, 0.0) - monotonic())

    async def call(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """Do something once the platform allows it. Raises Unreachable if that would take too long."""
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
        raise UnreachableError(f"{self.platform}: too many requests")

    def _close(self, key: Hashable, seconds: float) -> None:
        now = monotonic()
        self._closed[key] = now + seconds + MARGIN
        if len(self._closed) > REMEMBERED:
            self._closed = {name: until for name, until in self._closed.items() if until > now}
