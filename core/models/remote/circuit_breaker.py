"""A circuit breaker: after several failures in a row, nobody has to wait for a model that will not answer."""

from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Literal

State = Literal["closed", "trying", "open"]


class CircuitBreaker:
    """A circuit breaker. It opens after `failures` failures within `within` seconds, if no call succeeds in between.

    After `rest` seconds one call is let through as a trial: its success closes the circuit, its failure opens it again.
    Every call that was admitted must end with one of `succeeded`, `failed` or `left`.
    """

    def __init__(
        self, failures: int = 5, within: float = 30.0, rest: float = 15.0, clock: Callable[[], float] = monotonic
    ) -> None:
        self._most = failures
        self._within = within
        self._rest = rest
        self._clock = clock
        self._failures: deque[float] = deque(maxlen=failures)
        self._opened: float | None = None
        self._trial = False

    @property
    def state(self) -> State:
        """The state of the circuit; `trying` means that the rest is over: the next or current call is the trial."""
        if self._opened is None:
            return "closed"
        return "open" if self.remaining > 0 else "trying"

    @property
    def remaining(self) -> float:
        """Seconds until the next trial; 0 if calls are let through."""
        if self._opened is None:
            return 0.0
        return max(0.0, self._opened + self._rest - self._clock())

    def admit(self) -> bool:
        """Whether a call may be made now."""
        if self._opened is None:
            return True
        if self._trial or self.remaining > 0:
            return False
        self._trial = True
        return True

    def succeeded(self) -> None:
        self._failures.clear()
        self._opened = None
        self._trial = False

    def failed(self) -> None:
        now = self._clock()
        self._failures.append(now)
        several = len(self._failures) == self._most and now - self._failures[0] <= self._within
        if several or self._opened is not None:
            self._opened = now
        self._trial = False

    def left(self) -> None:
        """Note that a call ended without a verdict: it was cancelled, or failed through the caller's own fault."""
        self._trial = False
