"""Stores conversations as message trees: a reply to an older message, an edit and a new answer each start a branch."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, update
from sqlalchemy import select as plain_select
from sqlalchemy.orm import aliased, defer
from sqlmodel import Session, col, select

from core.messages import UNDERWAY, Place
from core.ports.plugins import ToolSuggestion
from core.store import hot_path, identities, outbox
from core.store.engine.prepared import prepared
from core.store.engine.units import connection_of
from core.store.hot_path import LONGEST_PATH
from core.store.identities import EventScene
from core.store.tables import ConversationRow, MessageRow
from core.store.tool_records import ToolCallRecord

_PATH_OF_MESSAGES = (
    select(MessageRow)
    # It may be far longer than the text, and no prompt has it.
    .options(defer(MessageRow.reasoning))  # type: ignore[arg-type]
    .join(hot_path.PATH, col(MessageRow.id) == hot_path.PATH.c.id)
    .order_by(col(MessageRow.depth))
)


def path(session: Session, tail_id: str, longest: int = LONGEST_PATH) -> Sequence[MessageRow]:
    """The messages from the root of the tree to a message, in that order; only the last `longest` of them."""
    return session.scalars(_PATH_OF_MESSAGES, {"tail": tail_id, "longest": longest}).all()


def place_message(session: Session, place: Place, scene: EventScene, platform_id: str) -> str | None:
    """Our id of a message in this place, by its platform id: an answer or a person's message; None if unknown."""
    found = select(MessageRow.id).where(
        MessageRow.conversation_id == scene.conversation_id, MessageRow.platform_id == platform_id
    )
    # An edited message has several versions under one platform id; the newest is meant.
    newest = found.order_by(col(MessageRow.id).desc())
    shown = outbox.shown_by(session, place, platform_id)
    # Two communities may share a channel, which then has the same id in both.
    if shown and session.get_one(MessageRow, shown).community_id == scene.community_id:
        return shown
    return session.exec(newest).first()


def known_message(session: Session, place: Place, platform_id: str) -> str | None:
    """Our id of a message by its platform id, whoever asks; None if we never saw it."""
    if shown := outbox.shown_by(session, place, platform_id):
        return shown
    community_id = identities.known_community(session, place)
    talks = select(ConversationRow.id).where(
        ConversationRow.community_id == community_id, ConversationRow.channel == place.channel
    )
    if place.thread or place.private:
        talks = talks.where(ConversationRow.thread == place.thread)
    # Otherwise it may have got a thread of its own since it was written. In one channel, no two messages have one id.
    found = select(MessageRow.id).where(
        col(MessageRow.conversation_id).in_(talks), MessageRow.platform_id == platform_id
    )
    return session.exec(found.order_by(col(MessageRow.id).desc())).first()


def present_place(session: Session, place: Place, platform_id: str) -> Place:
    """Where the conversation goes on that a message of a shared place began: there, or in a thread that it has got."""
    known = None if place.thread or place.private else known_message(session, place, platform_id)
    if known is None:
        return place
    talk = session.get_one(ConversationRow, session.get_one(MessageRow, known).conversation_id)
    return place if talk.owner_id else replace(place, thread=talk.thread)


def answers_to(session: Session, conversation_id: str, platform_id: str) -> Sequence[MessageRow]:
    """The answers to all versions of a message, given by its platform id, oldest first."""
    question = aliased(MessageRow)
    asked = select(question.id).where(
        question.conversation_id == conversation_id, question.platform_id == platform_id, question.role == "prompter"
    )
    found = select(MessageRow).where(col(MessageRow.parent_id).in_(asked), MessageRow.role == "assistant")
    return session.exec(found.where(col(MessageRow.deleted).is_(False)).order_by(col(MessageRow.id))).all()


def note_tools(
    session: Session,
    answer_id: str,
    calls: Sequence[ToolCallRecord],
    suggestions: Sequence[ToolSuggestion],
    outside: bool = False,
) -> None:
    """Store the tools that an answer called, for those who rate it, and the tools that a person may choose instead.

    `outside` says that the model had read the words of others. An answer that was erased meanwhile stays erased: calls
    may repeat what was said.
    """
    kept = update(MessageRow).where(col(MessageRow.id) == answer_id, col(MessageRow.deleted).is_(False))
    noted = kept.values(calls=tuple(calls), suggestions=tuple(suggestions), outside=outside)
    connection_of(session).execute(noted)


def question_of(session: Session, conversation_id: str, answer_id: str) -> str | None:
    """The text of the question behind an answer; None if the answer is not in this conversation."""
    answer = session.get(MessageRow, answer_id)
    if answer is None or answer.conversation_id != conversation_id or answer.parent_id is None:
        return None
    question = session.get(MessageRow, answer.parent_id)
    return question.text if question and not question.deleted else None


def _counted() -> Any:
    answer = and_(col(MessageRow.role) == "assistant", col(MessageRow.created_at) > bindparam("since"))
    by_person = select(func.count()).where(answer, col(MessageRow.person_id) == bindparam("person"))
    in_community = select(func.count()).where(answer, col(MessageRow.community_id) == bindparam("community"))
    return plain_select(by_person.scalar_subquery(), in_community.scalar_subquery())


_COUNTED = prepared(_counted())


def answers_counted(session: Session, since: datetime, person_id: str, community_id: str) -> tuple[int, int]:
    """How many answers were asked for since `since`, by a person and in a community."""
    values = {"since": since, "person": person_id, "community": community_id}
    own, everybodys = _COUNTED.rows(session, values)[0]
    return own, everybodys


def drafts_counted(session: Session, since: datetime, person_id: str, community_id: str) -> tuple[int, int]:
    """The same, where an answer that was chosen from several counts as all of them."""
    own = drafts_since(session, since, person_id=person_id)
    return len(own), len(drafts_since(session, since, community_id=community_id))


def drafts_since(session: Session, since: datetime, *, person_id: str = "", community_id: str = "") -> list[datetime]:
    """The times since `since` at which answers were asked for by a person or in a community, oldest first: each as
    often as answers were written, of which one was chosen.
    """
    owner = MessageRow.person_id == person_id if person_id else MessageRow.community_id == community_id
    found = select(MessageRow.created_at, MessageRow.drafts).where(
        owner, MessageRow.role == "assistant", col(MessageRow.created_at) > since
    )
    rows = session.exec(found.order_by(col(MessageRow.created_at))).all()
    return [at for at, drafts in rows for _ in range(drafts or 1)]


def note_drafts(session: Session, answer_id: str, drafts: int) -> None:
    """Note from how many answers one was chosen."""
    chosen = update(MessageRow).where(col(MessageRow.id) == answer_id)
    session.connection().execute(chosen.values(drafts=drafts))


def delete(session: Session, message_id: str) -> Sequence[str]:
    """Erase a message's text. Returns the ids of what is still being written: answers to it, or the message itself."""
    message = session.get_one(MessageRow, message_id)
    growing = [message_id] if message.state in UNDERWAY else []
    if growing:
        # `finish` leaves alone what is erased.
        message.state = "cancelled"
    message.deleted, message.text, message.reasoning, message.calls, message.suggestions = True, "", None, (), ()
    erased_in(session, [message.conversation_id])
    pending = select(MessageRow.id).where(MessageRow.parent_id == message_id, col(MessageRow.state).in_(UNDERWAY))
    return [*growing, *session.exec(pending)]


def erased_in(session: Session, conversation_ids: Collection[str]) -> None:
    """Record that words of these conversations were erased, so that no process goes on with those it remembers."""
    counted = update(ConversationRow).where(col(ConversationRow.id).in_(conversation_ids))
    session.connection().execute(counted.values(erasures=ConversationRow.erasures + 1))


def newest_answer(session: Session, conversation_id: str, *, empty: bool = False) -> str | None:
    """The last answer of the active branch. With `empty`, an answer that failed before its first word counts too."""
    tail = session.get_one(ConversationRow, conversation_id).tail_id
    answers = [message for message in (path(session, tail, 8) if tail else ()) if message.role == "assistant"]
    found = [answer.id for answer in answers if (answer.text or empty) and not answer.deleted]
    return found[-1] if found else None


def underway(session: Session, conversation_id: str, person_id: str) -> Sequence[str]:
    """The answers that are being written in a place, on whichever branch: a person's own first, then the newest."""
    found = select(MessageRow.id).where(
        MessageRow.conversation_id == conversation_id,
        MessageRow.role == "assistant",
        col(MessageRow.state).in_(UNDERWAY),
    )
    own = col(MessageRow.person_id) == person_id
    return session.exec(found.order_by(own.desc(), col(MessageRow.id).desc())).all()


def newest_below(session: Session, message_id: str) -> str:
    """The end of the branch through a message: its newest child's newest child, and so on."""
    tail = message_id
    newest = select(func.max(col(MessageRow.id)))
    while child := session.exec(newest.where(MessageRow.parent_id == tail, col(MessageRow.deleted).is_(False))).one():
        tail = child
    return tail


def mine(
    session: Session, platform: str, person_id: str, limit: int, *, hidden: bool = False
) -> Sequence[ConversationRow]:
    """A person's own conversations on a platform that have begun, most recently used first; or those they have hidden.

    Hidden ones are in no other list.
    """
    return session.exec(
        select(ConversationRow)
        .where(ConversationRow.owner_id == person_id, ConversationRow.platform == platform, ConversationRow.title != "")
        .where(col(ConversationRow.hidden_at).is_not(None) if hidden else col(ConversationRow.hidden_at).is_(None))
        .order_by(col(ConversationRow.used_at).desc())
        .limit(limit)
    ).all()
