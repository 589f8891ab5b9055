"""Notes about the author of a message, for the moderators of a community."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session

from core.actions import Verb, form_action
from core.commands.registry import CommandGroup
from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.chat.leaderboard import plain
from core.labeling.service.moderation_cases import ModerationCase
from core.messages import Field, Form
from core.outside_text import quoted_line
from core.rights import require_moderator
from core.store import person_notes
from core.store.identities import EventScene
from core.store.person_notes import LONGEST, NoteAuthor

SHOWN = 3
"""How many notes a card shows, the latest ones."""


class FindCase(Protocol):
    """Finds a message that a moderator may see. Raises UserError if there is none."""

    def __call__(self, call: CommandCall, scene: EventScene, s: Session, message_id: str, /) -> ModerationCase: ...


@dataclass(frozen=True, slots=True)
class NoteForm:
    """Lets moderators write a note about the author of a message; `case` finds a message that they may see."""

    case: FindCase

    def feature(self) -> CommandGroup:
        """Return the form."""
        return CommandGroup(forms={Verb.MODERATE_NOTE: self.take})

    async def ask(self, call: CommandCall, message_id: str) -> None:
        """Open the form. Raises UserError if nobody knows the author, or if the platform has no forms."""
        scene = await call.scene()
        case = await call.store.read(lambda session: self.case(call, scene, session, message_id))
        if case.message.person_id is None:
            raise UserError("mod-no-author")
        if not call.chat.capabilities.forms:
            raise UserError("mod-note-elsewhere", id=case.message.person_id)
        fields = (Field("text", call.text("mod-note-text"), limit=LONGEST, required=True),)
        action = form_action(Verb.MODERATE_NOTE, message_id)
        form = Form(action, call.text("mod-note"), fields, call.text("mod-edit-send"), text=call.text("mod-note-known"))
        await call.chat.show(call.event.place, form, call.event)

    async def take(self, call: CommandCall) -> None:
        """Take the note. Raises NotAllowed if the person is no moderator, and UserError for an empty note."""
        require_moderator(call.event.user, "moderate")
        scene, text = await call.scene(), call.arguments.get("text", "")

        def unit(session: Session) -> Sequence[str]:
            author = self.case(call, scene, session, call.target).message.person_id
            if author is None:
                raise UserError("mod-no-author")
            if person_notes.write(session, author, text, NoteAuthor(scene.person_id, scene.community_id)) is None:
                raise UserError("mod-note-empty")
            session.flush()
            return lines(call, self.case(call, scene, session, call.target))

        await call.tell("\n".join([call.text("mod-noted"), "", *(await call.store.write(unit))]))


def lines(call: CommandCall, case: ModerationCase) -> Sequence[str]:
    """Return the latest notes about the author of a message, one line for each: when, by whom, and what."""
    return [
        call.text(
            "mod-note-line",
            day=note.at.date().isoformat(),
            who=plain(case.names.get(note.author_id or "", "")) or call.text("mod-somebody"),
            text=quoted_line(note.text, LONGEST),
        )
        for note in case.notes[-SHOWN:]
    ]
