"""Limits on how often one visitor, or one address, may do something."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from time import monotonic

from cachetools import LRUCache

REMEMBERED = 10_000
"""How many keys are remembered. The longest absent is forgotten first: it may do as much as a newcomer anyway."""

HOUR = 3600.0


class RateLimit:
    """A rate limit: each key gets at most `most` times at once, refilled over `seconds`; 0 means no limit."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._used: LRUCache[str, tuple[float, float]] = LRUCache(REMEMBERED)

    def take(self, key: str) -> int:
        """Count one use. Returns 0, or the seconds to wait if the limit is reached; that use is not counted."""
        if not self._most:
            return 0
        now = self._clock()
        used, at = self._used.get(key, (0.0, now))
        used = max(0.0, used - (now - at) * self._most / self._seconds)
        if used + 1 > self._most:
            return max(1, ceil((used + 1 - self._most) * self._seconds / self._most))
        self._used[key] = (used + 1, now)
        return 0

    def __len__(self) -> int:
        return len(self._used)


@dataclass(frozen=True, slots=True)
class VisitorQuotas:
    """The rate limits of the web chat.

    `sent` and `conversations` (new ones) are counted per visitor. `newcomers` are people who send something for the
    first time, counted per address. `strangers` are newcomers whose address is unknown: by default, all of them
    together may be ten times as many. `links` are tries to become an admin, counted per address, and
    `links_from_nowhere` those whose address is unknown.
    """

    sent: RateLimit = field(default_factory=lambda: RateLimit(120, 60.0))
    conversations: RateLimit = field(default_factory=lambda: RateLimit(60, HOUR))
    newcomers: RateLimit = field(default_factory=lambda: RateLimit(60, HOUR))
    strangers: RateLimit = field(default_factory=lambda: RateLimit(600, HOUR))
    links: RateLimit = field(default_factory=lambda: RateLimit(10, HOUR))
    links_from_nowhere: RateLimit = field(default_factory=lambda: RateLimit(100, HOUR))


def quotas(newcomers: int) -> VisitorQuotas:
    """Make the quotas that allow this many newcomers per hour; 0 means no limit."""
    return VisitorQuotas(newcomers=RateLimit(newcomers, HOUR), strangers=RateLimit(newcomers * 10, HOUR))
