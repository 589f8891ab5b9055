"""A storm of rate limits: a share of all requests is refused as too early, and what comes before its time is noted."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil
from random import Random

from tests.faults.odd import HTML, reply
from tests.shared.failing import Failure

SHARE = 0.3
WAITS = (0.3, 1.0, 2.0, 5.0, 20.0, 60.0)
"""The seconds that a refusal asks us to wait."""

ON_THE_WAY = 0.25
"""Seconds for which a request that comes after a refusal may have left before it was heard."""

Refusal = Callable[[float, str], Failure]
"""How a platform says that we have to wait for so many seconds before the next request of a bucket."""


@dataclass(frozen=True, slots=True)
class Window:
    """The time in which a bucket of requests is closed."""

    since: float
    until: float


@dataclass(slots=True)
class RateStorm:
    """Refuses requests at random. `buckets` name what shares a limit by method, path and body, its own one first.

    `refusals` say how long to wait; `wordless` ones do not, so that nobody can wait for the right time. `early` are the
    requests that came within a time in which they were not to come.
    """

    random: Random
    buckets: Callable[[str, str, bytes], Sequence[str]]
    refusals: Sequence[Refusal]
    wordless: Sequence[Failure] = ()
    share: float = SHARE
    requests: int = 0
    refused: int = 0
    early: list[str] = field(default_factory=list)
    _closed: dict[str, Window] = field(default_factory=dict)

    def __call__(self, method: str, path: str, body: bytes) -> Failure | None:
        """How a request fails; None if it may pass. What is in no bucket is never refused."""
        names, now = self.buckets(method, path, body), asyncio.get_running_loop().time()
        if not names:
            return None
        self.requests += 1
        for name in names:
            window = self._closed.get(name)
            if window and now < window.until:
                if now > window.since + ON_THE_WAY:
                    self.early.append(f"{method} {path}: {window.until - now:.2f} s too early ({name})")
                return self._refuse(name, window.until - now)
        if self.random.random() >= self.share:
            return None
        if self.wordless and self.random.random() < 0.2:
            self.refused += 1
            return self.random.choice(self.wordless)
        # What holds for everything is rare.
        name, seconds = names[-1] if self.random.random() < 0.1 else names[0], self.random.choice(WAITS)
        self._closed[name] = Window(now, now + seconds)
        return self._refuse(name, seconds)

    def _refuse(self, name: str, seconds: float) -> Failure:
        self.refused += 1
        return self.random.choice(self.refusals)(seconds, name)


def page(seconds: float, name: str) -> Failure:
    """A page of whoever stands before the platform, with the time in its header."""
    return Failure(reply(429, HTML, "text/html", more=f"Retry-After: {ceil(seconds)}\r\n"))
