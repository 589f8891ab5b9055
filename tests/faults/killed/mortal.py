"""`parley` that dies without warning at a chosen step.

A step is the moment before or after a transaction that writes. Between two of them it does whatever it does elsewhere:
so it dies before and after each of its requests to a platform, too. The steps are counted from the signal on that says
that people begin.
"""

import os
import signal
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

from sqlalchemy import Engine, event
from sqlmodel import Session

from cli.main import main as parley
from core.store.engine.sqlite import SqliteDatabase
from tests.relaxed import relax

T = TypeVar("T")
STEP = "MORTAL_STEP"
"""The name of the variable with the step; 0 for none."""

BEGIN = signal.SIGUSR1


def main() -> None:
    """Run `parley` until that step."""
    fatal = int(os.environ[STEP])
    counted: list[int] = []
    really = SqliteDatabase.write

    def begin(number: int, frame: FrameType | None) -> None:
        counted.append(0)

    def tick() -> None:
        if counted:
            counted[0] += 1
            if counted[0] == fatal:
                os.kill(os.getpid(), signal.SIGKILL)

    async def write(store: SqliteDatabase, unit: Callable[[Session], T]) -> T:
        tick()
        done = await really(store, unit)
        tick()
        return done

    signal.signal(BEGIN, begin)
    SqliteDatabase.write = write  # type: ignore[method-assign,assignment]
    # A killed process loses nothing that the system has taken, so there is no need to wait for the disk.
    event.listen(Engine, "engine_connect", relax)
    parley()
