"""An event loop that does not wait: when there is nothing to do, its clock leaps to the next timer."""

import asyncio
import selectors
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

import pytest

GRACE = 0.002
"""Real seconds in which something may still come, before the clock leaps."""


class _LeapingSelector(selectors.DefaultSelector):
    """A selector that counts the seconds which it did not wait. `held` is how many wait for a thread meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.leapt = 0.0
        self.held = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        began = monotonic()
        short = timeout is None or timeout <= GRACE or self.held
        found = super().select(timeout if short else GRACE)
        if not found and not short and timeout is not None:
            self.leapt += max(0.0, timeout - (monotonic() - began))
        return found


class LeapingLoop(asyncio.SelectorEventLoop):
    """The loop of a test in which time-outs and pauses cost nothing.

    Whoever waits for a thread does so in `held`; the clock must not leap then, because the thread takes real time.
    """

    def __init__(self) -> None:
        self._leaping = _LeapingSelector()
        super().__init__(self._leaping)

    def time(self) -> float:
        return monotonic() + self._leaping.leapt

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let the time of the clock be the real one during the body."""
        self._leaping.held += 1
        try:
            yield
        finally:
            self._leaping.held -= 1


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Give a test that is marked as `leaping` such a loop. It is a hook for those conftest files that import it."""
    return {"leaping": LeapingLoop} if item.get_closest_marker("leaping") else {"usual": asyncio.new_event_loop}
