"""How a run is going: on a terminal one line that changes, otherwise a line for each tenth."""

import sys
from collections.abc import Mapping
from typing import Any

import click

STEP = 0.1
"""The fraction of a run after which plain output prints a new line."""

WIDTH = 60


class TrainingProgress:
    """Shows what the trainer tells."""

    def __init__(self) -> None:
        self._moving = sys.stderr.isatty()
        self._open = False
        self._next = 0.0

    def __call__(self, told: Mapping[str, Any]) -> None:
        if "stage" in told:
            self._end()
            self._next = 0.0
            if told["stage"] != "done":
                click.echo(f"{told['stage']} …", err=True)
        if "step" not in told:
            return
        line = f"step {told['step']} of {told['of']}, {time_left(told['seconds_left'])} left"
        if self._moving:
            click.echo(f"\r{line:<{WIDTH}}", nl=False, err=True)
            self._open = True
        elif (part := told["step"] / told["of"]) >= self._next:
            self._next = part - part % STEP + STEP
            click.echo(line, err=True)

    def _end(self) -> None:
        if self._open:
            click.echo(err=True)
            self._open = False


def time_left(seconds: float) -> str:
    """A time in words, as precise as it can be known."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
