"""Assigns conversations to the slots of a llama.cpp server that nobody else uses.

Conversations of a community begin with the same text. By itself, llama.cpp gives a new one the slot with the most
similar text. The older conversation then loses its cached history, and has to be read again at its next turn.
"""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager


class ServerSlots:
    """The slots of a server. A conversation keeps its slot until another needs it; a new one gets the longest idle."""

    def __init__(self, count: int) -> None:
        self._last: OrderedDict[int, str | None] = OrderedDict.fromkeys(range(count))
        self._busy: set[int] = set()

    @contextmanager
    def hold(self, session: str) -> Iterator[int]:
        """Hold the slot for an answer in a conversation; -1, which means any slot, if all are taken."""
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
