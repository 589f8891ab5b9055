"""The port to a platform: a chat sends, edits, reacts and shows forms, and says what it is capable of."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from core.messages import AnyEvent, Attachment, Form, Place, Quote, Reply, User

Handle = Callable[[AnyEvent], Awaitable[None]]
"""The function that a bot calls with every event. It returns once the event is committed; only then may the bot
acknowledge it. Raises StoreError if the event could not be committed: the bot must not acknowledge it then."""

NamedKind = Literal["channel", "role", "person"]
"""What an admin can name in a setting."""


Fill = Callable[[Reply], float]
"""The share of a message that a reply takes as the platform renders it. What takes more than 1 does not fit."""


@dataclass(frozen=True, slots=True)
class ChatCapabilities:
    """The capabilities of a platform. The core looks at these, never at which platform it is.

    - `text_limit` is about how many characters one message holds, 0 for no limit: what has to be one message is written
      with it in mind.
    - `fill` measures a reply by rendering it, and replies are split by it; None if a platform shows text as it is.
    - `as_written` says that a text goes out as the model writes it, and that nothing in it can be changed later.
    - `edit_interval` is the time in seconds between two edits of one message.
    - `typing_lasts` is the time in seconds after which the sign that we are typing is sent again.
    - `personal_edits` says that such a notice can be changed afterwards.
    - `selects` are the kinds of select that it shows.
    - `personal` says that a notice about a command is seen only by that person, even in a shared place.
    - `reasoning` says that it can show folded up what a model thought; elsewhere people only see that it thinks.
    - `history` says that what was said in a channel can be read.
    - `threads` says that it can open a place of its own for a question that is asked in a shared one.
    - `thread_mark` is what commands begin with in its threads, empty if it is the slash there, too.
    - `idempotent_open` says that opening it a second time for the same question makes no other.
    - `owners` says who runs the machine among those who are there, so that no quota holds for them.
    - `idempotent_send` says that sending twice with the same key makes only one message.
    """

    text_limit: int = 0
    fill: Fill | None = None
    as_written: bool = False
    edit_interval: float = 1.2
    typing_lasts: float = 8.0
    buttons: bool = True
    personal: bool = False
    personal_edits: bool = False
    selects: frozenset[str] = frozenset()
    forms: bool = False
    reactions: bool = False
    files: bool = True
    reasoning: bool = False
    history: bool = False
    threads: bool = False
    thread_mark: str = ""
    idempotent_open: bool = False
    owners: Literal["nobody", "admins", "everybody"] = "nobody"
    idempotent_send: bool = False

    def sends_once(self, *, personal: bool) -> bool:
        """Whether sending twice with the same key makes only one message: a notice for one person alone has no key
        where it cannot be changed either."""
        return self.idempotent_send and (self.personal_edits or not (self.personal and personal))

    def own_machine(self, user: User) -> bool:
        """Whether somebody here runs the machine."""
        return self.owners == "everybody" or (self.owners == "admins" and user.admin)


class Chat(Protocol):
    """The outgoing side of a platform. One instance serves all places of its platform."""

    @property
    def capabilities(self) -> ChatCapabilities: ...

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        """Post a reply and return the platform's id of the new message.

        `key` is the outbox's: if the platform supports it, a second send with the same key makes no second message.
        `cause` is the event that the reply belongs to, for platforms that answer through it. Raises UnreachableError if
        it was not sent and may be tried again, UncertainDelivery if it is unknown whether it was sent, and WriteRefused
        if trying again is in vain. A personal reply then goes to the person in private, if possible.
        """
        ...

    async def draft(self, place: Place, reply: Reply, key: str) -> bool:
        """Show a growing reply that is not yet a message, and that leaves nothing behind when we stop.

        Returns False if the platform has no drafts; the reply is then sent, and edited as it grows.
        """
        ...

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Show `reply` in place of what the message showed before. It has the whole text, never only the change.

        Raises MessageGone if a growing reply's message was deleted, EditPutOff if it is to be edited a little later,
        EditRefused if the message cannot be changed any more, and WriteRefused if the platform does not let us.
        """
        ...

    async def delete(self, place: Place, message_id: str) -> None: ...

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        """Open a form for the person who caused the event. Called only if `capabilities.forms` is true."""
        ...

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        """Open a place for a new conversation and take the person who caused the event there.

        A message that caused it begins the conversation, and gives the place its name.
        Returns None if the platform cannot do that; the conversation then starts anew in the same place.
        """
        ...

    async def direct(self, place: Place, user: User) -> Place | None:
        """The place of our direct messages with somebody of a place's community; None if there are none."""
        ...

    async def read(self, attachment: Attachment) -> bytes:
        """The content of a file that came with a message. Raises UserError if it cannot be fetched."""
        ...

    async def recent(self, place: Place, before: str | None, most: int) -> Sequence[Quote]:
        """The last messages of others in a place before one of its messages, oldest first; at most so many.

        Called only if `capabilities.history` is true, and only where the community allows it.
        """
        ...

    async def done(self, event: AnyEvent) -> None:
        """Tell the platform that an event has been fully dealt with, if it waits for a sign of that."""
        ...

    async def refresh(self, place: Place) -> None:
        """Tell the surface that the conversation's active branch has changed, so that it redraws the transcript."""
        ...

    async def typing(self, place: Place) -> bool:
        """Show that we are typing. Returns False if there is no such sign in that place; it may then be said in words.

        A sign that could not be shown this time is no loss.
        """
        ...

    async def find(self, kind: NamedKind, text: str, place: Place) -> str:
        """The id of the channel, role or member of a place's community that somebody names as people do.

        That is a mention, a name, an id, or a link to a channel or to a message in it. People are named by their ids,
        and only where there are no roles. Empty if the community has none of that name: nothing of another community is
        found. Raises UserError if the platform has no such things, if several are called so, or if we may not write in
        that channel.
        """
        ...

    def mention(self, kind: NamedKind | Literal["message"], id: str, place: Place | None = None) -> str:
        """The text that links to something by its id on this platform; for a message, `place` is needed too."""
        ...
