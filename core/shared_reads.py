"""What is read once for all who ask for it at the same time, and remembered for a while."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

Read = Callable[[K], Coroutine[Any, Any, T]]


@dataclass(slots=True)
class SharedReads(Generic[K, T]):
    """Values by their keys. `read` reads one, which is remembered for some seconds from then on; at most `most` are.

    What many ask for at once when nobody remembers it, as after a pause, is read once.
    """

    read: Read[K, T]
    seconds: float
    most: int
    clock: Callable[[], float] = monotonic
    _known: dict[K, tuple[float, "asyncio.Task[T]"]] = field(default_factory=dict)

    async def get(self, key: K) -> T:
        """The value of a key. Raises what reading it raises."""
        until, reading = self._known.get(key) or self._begun(key)
        if until <= self.clock():
            _, reading = self._begun(key)
        # Others go on waiting if one of them is cancelled.
        return reading.result() if reading.done() else await asyncio.shield(reading)

    def forget(self, key: K) -> None:
        """Read a value anew for whoever asks from now on; what is being read may be as it was before."""
        self._known.pop(key, None)

    def forget_all(self) -> None:
        """Read all values anew."""
        self._known.clear()

    def _begun(self, key: K) -> tuple[float, "asyncio.Task[T]"]:
        self._known.pop(key, None)
        if len(self._known) >= self.most:
            del self._known[next(iter(self._known))]
        begun = self._known[key] = (self.clock() + self.seconds, asyncio.create_task(self.read(key)))
        begun[1].add_done_callback(partial(self._ended, key))
        return begun

    def _ended(self, key: K, reading: "asyncio.Task[T]") -> None:
        """Forget a read that has failed."""
        failed = reading.cancelled() or reading.exception()
        if failed and self._known.get(key, (0.0, None))[1] is reading:
            del self._known[key]
