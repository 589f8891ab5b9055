"""Growing pauses between attempts, for everything that waits for something to come back."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

SHARE = 0.2
"""The largest share of a pause that is randomly left out, so that not all who lost a server come back at once."""


@dataclass(slots=True)
class Backoff:
    """An endless iterator of pauses in seconds: `first`, then twice as long each time, up to `longest`.

    Each pause is a little shorter by chance. After a success, `reset` begins anew with `first`. With zeros it never
    waits, which is what a test wants.
    """

    first: float
    longest: float
    chance: Callable[[], float] = random.random
    failures: int = field(default=0, init=False)

    def __iter__(self) -> "Backoff":
        return self

    def __next__(self) -> float:
        """Return the next pause."""
        pause = grown(self.first, self.longest, self.failures)
        self.failures += 1
        return pause * (1 - SHARE * self.chance())

    def reset(self) -> None:
        """Begin anew, because an attempt has succeeded."""
        self.failures = 0


def grown(first: float, longest: float, failures: int) -> float:
    """Return the pause after a number of failures, for those who keep that number elsewhere (in the database)."""
    # What fails for years must not end in a number that is too large for a float.
    return min(first * 2.0 ** min(failures, 64), longest)
