"""One use of a command, a button or a form: who made it, where, and how to answer it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from core.delivery.outbox import answered, post
from core.messages import (
    AnyEvent,
    Button,
    File,
    Press,
    Reply,
    Select,
    Submission,
)
from core.ports.chat import Chat
from core.ports.store import Store
from core.store import identities
from core.store.identities import EventScene
from core.texts import LocalizedTexts


@dataclass(frozen=True, slots=True)
class CommandCall:
    """A command, a press or a submission that is being handled, with everything needed to answer it.

    `arguments` are parsed according to the command's options. For a press or a form, `verb`, `target` and `rest` are
    the parts of its action (core.actions).
    """

    event: AnyEvent
    chat: Chat
    store: Store
    texts: LocalizedTexts
    arguments: Mapping[str, str] = field(default_factory=dict)
    verb: str = ""
    target: str = ""
    rest: str = ""

    @property
    def confidential(self) -> bool:
        """Whether only this person reads a notice here: in private, or where the platform shows it to nobody else."""
        return self.event.place.private or self.chat.capabilities.personal

    def text(self, key: str, /, **values: str | int) -> str:
        """A text in the person's language."""
        return self.texts(self.event.user.language, key, **values)

    async def scene(self) -> EventScene:
        """Get the ids of the rows for the event's place and person."""
        return await self.store.write(partial(identities.scene, place=self.event.place, user=self.event.user))

    async def tell(
        self,
        text: str,
        *,
        buttons: Sequence[Button] = (),
        selects: Sequence[Select] = (),
        files: Sequence[File] = (),
        about: str = "notice",
        in_place: bool = False,
        asks: str = "",
        literal: str = "",
        tree_message: str = "",
    ) -> str | None:
        """Answer with a notice that concerns only this person. `about` tells two notices of one event apart.

        A notice that was sent before a crash is not sent again. With `in_place`, it replaces the message whose button
        was pressed or opened the form, if there is one. `asks` opens a field for a reply to it; `literal` is shown
        below the text, letter by letter. `tree_message` is the id of the message of a tree that it shows. Returns the
        platform's id of the message, or of its last part if there are several; None if nobody knows it.
        """
        reply = Reply(
            text,
            buttons=tuple(buttons),
            selects=tuple(selects),
            files=tuple(files),
            reply_to=answered(self.event),
            replaces=self.event.id if in_place and isinstance(self.event, Press | Submission) else None,
            personal=True,
            asks=asks,
            literal=literal,
            tree_message=tree_message,
        )
        return await post(self.store, self.chat, self.event, reply, f"{self.event.key}#{about}")
