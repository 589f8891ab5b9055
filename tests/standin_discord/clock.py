"""The server's time and its ids."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

EPOCH = 1420070400000
"""Milliseconds of the first second of 2015, from which Discord counts its ids (docs, "Snowflakes")."""


@dataclass(slots=True)
class Clock:
    """The real time plus an offset in seconds that a test may move."""

    offset: float = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.offset

    def moment(self) -> datetime:
        """The time as a date."""
        return datetime.fromtimestamp(self.now(), UTC)

    def forward(self, seconds: float) -> None:
        """Let this much time go by at once."""
        self.offset += seconds


@dataclass(slots=True)
class Snowflakes:
    """Makes Discord's ids: milliseconds since its epoch in the upper bits, no id twice, later ones greater."""

    clock: Clock
    last: int = 0
    guilds: int = 0
    used: set[int] = field(default_factory=set)

    def next(self) -> str:
        """The id of something that happens now."""
        self.last = max(self.last + 1, at(self.clock.now()))
        while self.last in self.used:
            self.last += 1
        return str(self.last)

    def past(self, moment: datetime) -> str:
        """The id of something that happened then."""
        found = at(moment.timestamp())
        while found in self.used:
            found += 1
        self.used.add(found)
        return str(found)

    def guild(self) -> str:
        """The id of a guild: each a millisecond after the other, so that they lie on the shards in turn."""
        self.guilds += 1
        return str(self.guilds + 400_000_000_000 << 22)


def at(seconds: float) -> int:
    """The smallest id of a moment, in seconds since 1970."""
    return int(seconds * 1000) - EPOCH << 22
