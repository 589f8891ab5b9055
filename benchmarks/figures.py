"""A figure and its bar, and how one is printed: name, value, unit, bar, and ok or short."""

import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

import structlog

from cli.wiring.surface_server import settle


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value. `most` and `least` are the bar; a figure without a bar is only shown."""

    name: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def reached(self) -> bool:
        """Whether the value is on the right side of its bar."""
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    def __str__(self) -> str:
        bar = f"<= {self.most:g}" if self.most is not None else f">= {self.least:g}" if self.least is not None else "-"
        verdict = "-" if bar == "-" else "ok" if self.reached else "short"
        return f"{self.name:<58} {self.value:>10.3f} {self.unit:<10} {bar:<10} {verdict}"


def p99(values: Sequence[float]) -> float:
    """The 99th percentile of at least two values."""
    return quantiles(values, n=100, method="inclusive")[98]


def printed(figures: Sequence[Figure]) -> None:
    """Print one line per figure."""
    for figure in figures:
        sys.stdout.write(f"{figure}\n")
    sys.stdout.flush()


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
