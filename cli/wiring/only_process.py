"""The lock that a process holds on PARLEY_HOME, so that no two of them answer."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from cli.wiring.surface_states import RUN_LOCK
from core.errors import OperatorError
from core.private_files import open_private


@contextmanager
def one_of_several(home: Path) -> Iterator[Callable[[str], None]]:
    """Lock the home for this process and for others that share their work through the database.

    Raises OperatorError if a process holds the home for itself.
    """
    with _locked(home, fcntl.LOCK_SH):
        yield lambda url: None


@contextmanager
def only_one(home: Path) -> Iterator[Callable[[str], None]]:
    """Lock the home for this process, and yield a function that records the address at which it serves.

    Raises OperatorError if another process holds the home, since both would answer.
    """
    with _locked(home, fcntl.LOCK_EX) as file:

        def note(text: str) -> None:
            file.seek(0)
            file.truncate()
            file.write(text)
            file.flush()

        note(str(os.getpid()))
        yield lambda url: note(f"{os.getpid()}, {url}")


@contextmanager
def _locked(home: Path, kind: int) -> Iterator[TextIO]:
    with os.fdopen(open_private(home / RUN_LOCK), "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise OperatorError(f"Parley already runs on {home} (process {holder}); stop that one first") from None
        yield file
