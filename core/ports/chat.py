"""What a chat can do: send, edit, react, show forms; and what it says of itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from core.messages import AnyEvent, Attachment, Form, Place, Reply, User

Handle = Callable[[AnyEvent], Awaitable[None]]
"""What a bot calls with every event. It returns once the event is committed; only then may the bot acknowledge it.
Raises StoreError where the event could not be committed: the bot must not acknowledge."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can do. The core asks this and never which platform it is.

    `text_limit` is the longest message in characters, 0 for none, of which one beyond U+FFFF counts `astral`;
    `edit_interval` the seconds between two edits of one message; `selects` the kinds of select that it shows;
    `personal` says that a notice about a command is seen by that person alone, also among others; `idempotent_send`
    that sending the same key twice leaves one message.
    """

    text_limit: int = 0
    astral: int = 1
    edit_interval: float = 1.2
    buttons: bool = True
    personal: bool = False
    selects: frozenset[str] = frozenset()
    forms: bool = False
    reactions: bool = False
    files: bool = True
    idempotent_send: bool = False


class Chat(Protocol):
    """A platform's way out. One instance serves all places of its platform."""

    @property
    def capabilities(self) -> Capabilities: ...

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        """Post a reply and return the platform's id of the new message.

        `key` is the outbox's: where the platform can, a second send with the same key makes no second message.
        `cause` is the event that the reply belongs to, for platforms that answer through it.
        Raises Unreachable where it was not sent and may be tried again, Unsure where nobody knows.
        """
        ...

    async def draft(self, place: Place, reply: Reply, key: str) -> bool:
        """Show a growing reply that is not yet a message, and that leaves nothing behind when we stop.

        False where there is no such thing; the reply is then sent, and edited as it grows.
        """
        ...

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Show `reply` in place of what the message showed before. The text is whole, never a difference."""
        ...

    async def delete(self, place: Place, message_id: str) -> None: ...

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        """Open a form for the person who caused the event. Called only where `capabilities.forms`."""
        ...

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        """Open a place for a new conversation and take the person who caused the event there.

        None where the platform has no such thing; the conversation then starts anew in the same place.
        """
        ...

    async def read(self, attachment: Attachment) -> bytes:
        """The content of a file that came with a message. Raises UserError where it cannot be had."""
        ...

    async def done(self, event: AnyEvent) -> None:
        """All that an event asked for has happened. A platform that waits for a sign of it gets one now."""
        ...

    async def refresh(self, place: Place) -> None:
        """The conversation's active branch has changed. A surface that draws whole transcripts draws it anew."""
        ...

    async def typing(self, place: Place) -> None: ...

    def mention(self, kind: Literal["channel", "role", "message"], id: str, place: Place | None = None) -> str:
        """How a text on this platform points to something by its id; a message's place is needed to find it."""
        ...
