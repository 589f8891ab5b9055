"""Questions that were edited: the new words are kept, and answered once somebody asks for that."""

from dataclasses import dataclass

from sqlmodel import Session

from core.messages import Edit
from core.store import conversations, hot_path, identities, outbox, tables
from core.store.hot_path import NewQuestion


@dataclass(frozen=True, slots=True)
class EditOffer:
    """An edited question, with the answer to its earlier words and the platform's ids of that answer's parts."""

    question_id: str
    answer: tables.MessageRow | None
    posted: tuple[str, ...]


def offer_turn(session: Session, edit: Edit) -> EditOffer | None:
    """Keep the new words of a question beside the old ones, without an answer yet.

    Returns None if they are not new, or if the message is not a question to us by this person.
    """
    scene = identities.scene(session, edit.place, edit.user)
    newest = conversations.place_message(session, edit.place, scene, edit.id)
    before = session.get(tables.MessageRow, newest) if newest else None
    if before is None or before.person_id != scene.person_id or before.deleted or before.text == edit.text:
        return None
    answers = conversations.answers_to(session, scene.conversation_id, edit.id)
    if not answers:
        return None
    if any(answer.parent_id == before.id for answer in answers):
        before.edited = True
        asked = NewQuestion(edit.text, before.lang, edit.source, edit.id, before.parent_id)
        question_id = hot_path.ask(session, scene, asked)
    else:
        # It was edited before, and nobody has asked for an answer to that version: the new words replace it.
        before.text, question_id = edit.text, before.id
        # Somebody may have replied to it all the same.
        conversations.erased_in(session, [before.conversation_id])
    return EditOffer(question_id, answers[-1], outbox.posted(outbox.of_answer(session, answers[-1].id)))
