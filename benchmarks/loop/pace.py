"""Says which step a demo is at, and how long it will still take."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from benchmarks.loop.journal import DemoJournal
from cli.train_progress import time_left

EVERY = 15.0
"""Seconds between two lines about the same step."""


def write(line: str) -> None:
    """Show a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step, such as "2/chats", and how many items it has."""

    name: str
    items: int

    @property
    def kind(self) -> str:
        """The name of the step without the number of the generation."""
        return self.name.partition("/")[2]


@dataclass(slots=True)
class DemoPace:
    """Times items, and keeps them in the journal. `guessed` are the seconds that an item of each kind may take, until
    one was measured.
    """

    plan: tuple[PlannedStep, ...]
    journal: DemoJournal
    guessed: Mapping[str, float]
    say: Callable[[str], object] = write
    _since: float = 0.0
    _said: float = 0.0

    def begin(self, step: str) -> None:
        """A step begins, or goes on."""
        self._since = monotonic()
        self._tell(step)

    def note(self, step: str, item: object, counts: int = 1, **facts: Any) -> None:
        """Note that an item is finished, which counts as this many of the planned ones."""
        now = monotonic()
        self.journal.note(step, item, seconds=round(now - self._since, 3), counts=counts, **facts)
        self._since = now
        if now - self._said > EVERY:
            self._tell(step)

    def finished(self, step: str) -> bool:
        """Whether a step has as many items as were planned."""
        return self._missing(self._planned(step)) == 0

    def _tell(self, step: str) -> None:
        self._said = monotonic()
        planned = self._planned(step)
        place = self.plan.index(planned)
        here, everything = self._left(planned), sum(map(self._left, self.plan))
        self.say(
            f"[{place + 1} of {len(self.plan)}] {step}: {planned.items - self._missing(planned)} of {planned.items},"
            f" {time_left(here)} left; {time_left(everything)} for the whole demo"
        )

    def _planned(self, step: str) -> PlannedStep:
        return next(one for one in self.plan if one.name == step)

    def _missing(self, planned: PlannedStep) -> int:
        return max(0, planned.items - int(self.journal.total(planned.name, "counts")))

    def _left(self, planned: PlannedStep) -> float:
        return self._missing(planned) * self._each(planned.kind)

    def _each(self, kind: str) -> float:
        steps = [name for name in self.journal.steps if name.partition("/")[2] == kind]
        seconds = sum(self.journal.total(name, "seconds") for name in steps)
        items = sum(self.journal.total(name, "counts") for name in steps)
        return seconds / items if items else self.guessed[kind]
