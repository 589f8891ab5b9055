"""A figure, its bar and its aim, and how a table of them is printed."""

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import TypeVar

import structlog

from cli.wiring.surface_server import settle

T = TypeVar("T")

MISSED = 3
"""The exit code of a benchmark that has measured everything, and found a figure on the wrong side of its bar."""

NAME, NUMBER = 66, 10


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value. `most` and `least` are the bar, and `aim` what we would like on the same side of it.

    A figure without a bar is only shown. `low` and `high` are the extremes of the rounds that the value is the median
    of.
    """

    name: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None
    aim: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def barred(self) -> bool:
        return self.most is not None or self.least is not None

    @property
    def reached(self) -> bool:
        """Whether the value is on the right side of its bar."""
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    def __str__(self) -> str:
        sign, bound = ("<=", self.most) if self.most is not None else (">=", self.least)
        bar = f"{sign} {bound:g}" if bound is not None else ""
        aim = f"{sign} {self.aim:g}" if self.aim is not None else ""
        met = ("yes" if self.reached else "NO") if self.barred else ""
        spread = f"{number(self.low)}-{number(self.high)}" if self.low is not None and self.high is not None else ""
        measured = f"{number(self.value):>{NUMBER}} {self.unit:<5} {spread:<14}"
        return f"{self.name:<{NAME}} {measured} {bar:<8} {aim:<8} {met}".rstrip()


HEADING = f"{'figure':<{NAME}} {'measured':>{NUMBER}} {'unit':<5} {'rounds':<14} {'bar':<8} {'aim':<8} met"


def number(value: float) -> str:
    """A value with three digits that count, as people write it."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 or value <= 0 else f"{value:.3f}"


def p99(values: Sequence[float]) -> float:
    """The 99th percentile of at least two values."""
    return quantiles(values, n=100, method="inclusive")[98]


def of_rounds(
    name: str,
    values: Sequence[float],
    unit: str,
    most: float | None = None,
    least: float | None = None,
    aim: float | None = None,
) -> Figure:
    """The median of what several rounds found, with its extremes."""
    return Figure(name, median(values), unit, most, least, aim, min(values), max(values))


def ratios(these: Sequence[float], those: Sequence[float]) -> list[float]:
    """The figures of each round, divided by those of the paired round."""
    return [this / that for this, that in zip(these, those, strict=True)]


def turns(things: Sequence[T], rounds: int) -> Iterator[tuple[int, T]]:
    """All things in each round, forwards and backwards in turn, so that none always follows the same one."""
    for part in range(rounds):
        for thing in things if part % 2 else reversed(things):
            yield part, thing


def printed(figures: Sequence[Figure], how: str = "") -> int:
    """Print a line on how something was measured and a line for each figure. Returns MISSED if a bar is missed."""
    if how:
        sys.stdout.write(f"\n# {how}\n")
    for figure in figures:
        sys.stdout.write(f"{figure}\n")
    sys.stdout.flush()
    return 0 if all(figure.reached for figure in figures) else MISSED


def on_last_core() -> None:
    """Keep this process on the last core; what it measures runs on the first."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def on_first_core() -> None:
    """Keep this process, which is being measured, on the first core, and let it log only problems."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


async def ready(name: str) -> None:
    """Bring a bot into the state that `parley run` is in by then, and say on standard output that it is ready."""
    settle()
    print("ready", flush=True)  # noqa: T201
