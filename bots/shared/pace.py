"""Rate limits of platforms: after a platform refuses a call as too early, nothing is sent until it allows it."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from time import monotonic
from typing import Generic, TypeVar

import structlog
from cachetools import TLRUCache

from core.errors import UnreachableError

T = TypeVar("T")
E = TypeVar("E", bound=Exception)
log = structlog.get_logger()

MOST = 5
LONGEST = 60.0
"""A call is put off once it has been refused MOST times, or if it would have to wait more than LONGEST seconds."""

MARGIN = 0.05
"""Extra seconds to wait, since the platform's clock and ours do not start at the same moment."""

REMEMBERED = 1000


class ClosedUntil:
    """Remembers until when a platform has closed each rate-limited group of calls (a chat, a method, a route)."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._until: TLRUCache[Hashable, float] = TLRUCache(REMEMBERED, lambda key, until, now: until, clock)
        self._last = float("-inf")

    def wait(self, key: Hashable) -> float:
        """Seconds until a call may be sent; 0 if it may be sent now."""
        return max(0.0, self._until.get(key, 0.0) - self._clock())

    def __bool__(self) -> bool:
        """Whether any group is closed."""
        return self._last > self._clock()

    def close(self, key: Hashable, seconds: float) -> None:
        """Note that the platform wants no call for so many seconds."""
        until = max(self._until.get(key, 0.0), self._clock() + seconds + MARGIN)
        self._until[key], self._last = until, max(self._last, until)


@dataclass(slots=True)
class MethodPace(Generic[E]):
    """Makes calls one by one, and makes a call again that a platform has refused as too early.

    `refusal` is the error that a refused call raises. `seconds` reads from it how long the platform wants us to wait;
    it is None if the call was refused for another reason. Telegram and Slack are called through it. Discord's library
    makes such a call again by itself, so `RoutePace` only delays; `EditPace` leaves out what need not be sent at all.
    """

    platform: str
    refusal: type[E]
    seconds: Callable[[E], float | None]
    closed: ClosedUntil = field(default_factory=ClosedUntil)

    async def call(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """Do something once the platform allows it. Raises UnreachableError if that would take too long."""
        for _ in range(MOST):
            await self._open(key)
            try:
                return await work()
            except self.refusal as error:
                seconds = self.seconds(error)
                if seconds is None:
                    raise
                log.info("platform_limit", platform=self.platform, seconds=seconds)
                self.closed.close(key, seconds)
        raise self._put_off()

    async def _open(self, key: Hashable) -> None:
        """Wait until the platform allows a call. Raises UnreachableError if that would take too long."""
        waited = 0.0
        # While we wait, the answer to another call may say that it is closed for longer.
        while wait := self.closed.wait(key):
            waited += wait
            if waited > LONGEST:
                raise self._put_off()
            await asyncio.sleep(wait)

    def _put_off(self) -> UnreachableError:
        return UnreachableError(f"{self.platform}: too many requests")
