"""The port between those who accept events and those who work on them, perhaps in another process."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core.messages import AnyEvent, Place

if TYPE_CHECKING:
    from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class AcceptedEvent:
    """An event that was accepted and is not done.

    `home` is what is leased to work on it (core.store.lanes.home): that of the place where it happened, which may have
    moved since. `opened` says that it already has an answer, and `attempts` counts the earlier restarts with it.
    `number` orders the events of a place if several processes accept them. `trace` is the context of its acceptance,
    `since` the time (of the epoch, in seconds) if that was not just now. `left_behind` says that another process may
    have begun with it.
    """

    event: AnyEvent
    lane: str
    opened: bool = False
    attempts: int = 0
    number: int | None = None
    trace: str = ""
    since: float = 0.0
    left_behind: bool = False
    home: str = ""


class EventWorker(Protocol):
    """Whoever works on events, each place's in their order. A home is the name that `core.store.lanes.home` gives."""

    def take(self, accepted: AcceptedEvent) -> None:
        """Begin the work on an event, or put it behind what is being done."""
        ...

    def busy(self, home: str) -> bool:
        """Whether there is work at a home."""
        ...

    def drop(self, home: str) -> None:
        """Stop all work at a home at once: it is another process's now."""
        ...


class WorkQueue(Protocol):
    """Brings accepted events to whoever works on them."""

    def serve(self, worker: EventWorker) -> None:
        """Give the events to a worker from now on."""
        ...

    def enqueue(self, session: "Session", event: AnyEvent) -> int | None:
        """Put an event into the queue, within the transaction that accepts it and before its lane is decided.

        Returns its number, or None if a single process accepts all events.
        """
        ...

    def accepted(self, accepted: AcceptedEvent) -> None:
        """Note that the transaction was committed."""
        ...

    async def recover(self, platform: str, ours: Callable[[Place], bool]) -> int:
        """Take up a platform's events that an earlier process left unfinished at our places. Returns how many.

        Where several processes work, they are taken up by whichever comes first, without being asked.
        """
        ...
