"""The port to the other processes that share the work: what they must hear at once."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from sqlmodel import Session

Subject = Literal["settings", "stop", "relocation", "people"]
"""What processes tell each other, and what it is about: a setting of a community was changed (platform, community and
name of the setting); an answer is to be stopped (its id); a community has a new id (the event, as JSON); somebody's
accounts have changed (nothing)."""

HearTold = Callable[..., object]
"""Called with what a subject is about; with nothing if something may have been told while nobody listened."""


class OtherProcesses(Protocol):
    """Tells all processes, this one among them."""

    def tell(self, session: "Session", subject: Subject, *about: str) -> None:
        """Tell them once this transaction is committed."""
        ...

    async def announce(self, subject: Subject, *about: str) -> bool:
        """Tell them now. Returns whether there may be others. Raises StoreError."""
        ...

    def hear(self, subject: Subject, hear: HearTold) -> None:
        """Let `hear` be called with what is told about a subject."""
        ...


class NoOtherProcesses:
    """The other processes of one that does all work itself."""

    def tell(self, session: "Session", subject: Subject, *about: str) -> None:
        """Tell nobody."""

    async def announce(self, subject: Subject, *about: str) -> bool:
        """Tell nobody."""
        return False

    def hear(self, subject: Subject, hear: HearTold) -> None:
        """Hear nothing."""


NO_OTHERS = NoOtherProcesses()
