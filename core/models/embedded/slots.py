"""Which conversation reads in which slot of a llama.cpp server that is ours alone.

Conversations of a community begin with the same text. By itself llama.cpp gives a new one the slot whose text is most
alike, so that the older one loses its history there and has to read it again with its next turn.
"""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager


class Slots:
    """A conversation keeps its slot as long as nobody else needs it; others get the one that was idle for longest."""

    def __init__(self, count: int) -> None:
        self._last: OrderedDict[int, str | None] = OrderedDict.fromkeys(range(count))
        self._busy: set[int] = set()

    @contextmanager
    def hold(self, session: str) -> Iterator[int]:
        """The slot for an answer in a conversation; -1, any, where all are taken."""
        free = [slot for slot in self._last if slot not in self._busy]
        if not free:
            yield -1
            return
        slot = next((slot for slot in free if self._last[slot] == session), free[0])
        self._last[slot] = session
        self._busy.add(slot)
        try:
            yield slot
        finally:
            self._busy.remove(slot)
            self._last.move_to_end(slot)
