"""The state of each surface: for the operator's port, and in a small private file in the home for `parley doctor`."""

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from core.private_files import open_private, write_private

STATES_FILE = "surfaces.json"
RUN_LOCK = "run.lock"
"""Locked by a running program for as long as it runs."""


@dataclass(frozen=True, slots=True)
class SurfaceState:
    """The state of a surface. When it is down, `why` is the reason and `again` the time of the restart (ISO 8601)."""

    state: Literal["starting", "up", "down"] = "starting"
    why: str = ""
    again: str = ""

    def __str__(self) -> str:
        if self.state != "down":
            return self.state
        return f"down: {self.why}" + (f"; again at {self.again}" if self.again else "")


def write_states(home: Path, states: Mapping[str, SurfaceState]) -> None:
    """Write the states for other programs on this machine. Raises OSError."""
    write_private(home / STATES_FILE, json.dumps({name: asdict(state) for name, state in states.items()}))


def read_states(home: Path) -> Mapping[str, SurfaceState]:
    """The states in the program that runs on this home; empty if none runs, or its file cannot be read."""
    try:
        found = json.loads((home / STATES_FILE).read_text(encoding="utf-8")) if is_running(home) else {}
        return {name: SurfaceState(**state) for name, state in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def is_running(home: Path) -> bool:
    """Whether a program runs on this home. Raises OSError if its lock cannot be looked at."""
    if not (home / RUN_LOCK).exists():
        return False
    with os.fdopen(open_private(home / RUN_LOCK), "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
