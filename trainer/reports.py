"""What the trainer tells its parent: a line of JSON for each thing, on the standard output that it was started with."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

Tell = Callable[..., None]


class Stopped(Exception):
    """Somebody asked us to stop; what has been done so far is kept."""


class Parent:
    """Whoever started us: hears how far we are, and says when we shall stop."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self._stop = threading.Event()

    @property
    def wants_end(self) -> bool:
        return self._stop.is_set()

    def stop(self, *_: Any) -> None:
        """Stop at the next point from which the run can go on."""
        self._stop.set()

    def check(self) -> None:
        """Raise Stopped if we shall stop."""
        if self.wants_end:
            raise Stopped

    def heed(self, watched: bool) -> None:
        """Stop at a signal and, if we are `watched`, when standard input ends, as it does however our parent dies."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)
        if watched:
            threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        # The descriptor itself: a buffered read would keep the interpreter from ending.
        while os.read(0, 1024):
            pass
        self.stop()


def own_output() -> Tell:
    """A function that writes to standard output, which libraries that print lose to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def tell(**fields: Any) -> None:
        answers.write(json.dumps(fields) + "\n")
        answers.flush()

    return tell


def in_words() -> Tell:
    """A function that writes for a person, where nobody but a person reads it."""

    def tell(**fields: Any) -> None:
        if "step" in fields:
            left = f", {fields['seconds_left']} s left" if fields.get("seconds_left") is not None else ""
            sys.stderr.write(f"step {fields['step']} of {fields['of']}{left}\n")
        else:
            sys.stderr.write(" ".join(str(value) for value in fields.values()) + "\n")
        sys.stderr.flush()

    return tell
