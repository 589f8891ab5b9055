"""Exports or erases everything that belongs to a person, and records what they agreed to."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, inspect, or_, true, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core.messages import UNDERWAY
from core.store import admin_links, arena_people, connections, person_notes, put_aside
from core.store import labeling_people as task_people
from core.store.arena_tables import ArenaRoundRow
from core.store.engine.database import leave_no_traces, take_time
from core.store.inbox_table import InboxRow
from core.store.linking import forget_codes
from core.store.plugin_tables import AllowedHostRow, PluginCallRow, PluginPassageRow, PluginValueRow, PluginWordRow
from core.store.plugins import forget_person
from core.store.tables import (
    AccountRow,
    AuditRow,
    ChoiceRow,
    CommunityRow,
    ConsentRow,
    ConversationRow,
    MessageRow,
    PersonRow,
    PostRow,
    PrivateConversationRow,
    RatingEventRow,
    RatingRow,
    ReportRow,
    TextLabelsRow,
)

Owned = (
    AccountRow
    | AllowedHostRow
    | AuditRow
    | ConsentRow
    | MessageRow
    | PluginCallRow
    | PrivateConversationRow
    | RatingRow
    | RatingEventRow
    | ReportRow
    | TextLabelsRow
)
TELLING = frozenset({"model", "persona", "preset", "prompt_tokens", "completion_tokens", "seconds", "drafts"})
"""The columns that reveal which model wrote an answer: its origin, its pace and its size."""

LONGEST = 600
"""Seconds that one statement may take here, since a person may have written a great deal."""


@dataclass(frozen=True, slots=True)
class ErasureCounts:
    """How much of a person's data was erased: the number of messages deleted or emptied, and so on.

    `underway` are the ids of the affected answers that are still being written and should be stopped.
    """

    messages: int = 0
    conversations: int = 0
    ratings: int = 0
    consents: int = 0
    accounts: int = 0
    underway: tuple[str, ...] = ()


def agree(session: Session, person_id: str, terms: str, agreed: bool) -> None:
    """Record a person's decision about a version of the terms. It replaces the earlier one, which stays on record."""
    person = session.get_one(PersonRow, person_id)
    person.terms = terms if agreed else None
    session.add(ConsentRow(person_id=person_id, terms=terms, agreed=agreed))


def everything_about(session: Session, person_id: str) -> dict[str, Any]:
    """Everything that we hold about a person, ready for JSON; times are ISO 8601 in UTC.

    Their own messages and the answers that they asked for are complete; other people's messages appear only as ids.
    """
    take_time(session, LONGEST)
    return {
        "person": session.get_one(PersonRow, person_id).model_dump(mode="json"),
        "accounts": _rows(session, AccountRow, person_id),
        "consents": _rows(session, ConsentRow, person_id),
        "choices": _choices(session, person_id),
        "conversations": _conversations(session, person_id),
        "private_conversations": _rows(session, PrivateConversationRow, person_id),
        "ratings": _rows(session, RatingRow, person_id),
        "rating_events": _rows(session, RatingEventRow, person_id),
        "reports": _rows(session, ReportRow, person_id),
        "labels": _rows(session, TextLabelsRow, person_id),
        "calls": _rows(session, AuditRow, person_id),
        "calls_to_come": _rows(session, PluginCallRow, person_id),
        "allowed_hosts": _rows(session, AllowedHostRow, person_id),
        **connections.about(session, person_id),
        "put_aside": _put_aside(session, person_id),
        "labeling": task_people.everything_about(session, person_id),
        "arena_votes": arena_people.everything_about(session, person_id),
        **person_notes.everything(session, person_id),
    }


def forget(session: Session, person_id: str) -> ErasureCounts:
    """Erase a person.

    Their ratings, choices, consents and accounts are deleted, and so are their private conversations. Their messages in
    shared places, and the answers to them, stay as empty messages, so that the messages of others keep their place.
    """
    take_time(session, LONGEST)
    accounts = session.exec(select(AccountRow).where(AccountRow.person_id == person_id)).all()
    underway = _underway(session, person_id)
    ratings = _run(session, delete(RatingRow).where(col(RatingRow.person_id) == person_id))
    for table in (RatingEventRow, ReportRow, TextLabelsRow, PrivateConversationRow):
        _run(session, delete(table).where(col(table.person_id) == person_id))
    _run(session, update(AuditRow).where(col(AuditRow.person_id) == person_id).values(person_id=None))
    person_notes.forget(session, person_id)
    arena_people.forget(session, person_id)
    emptied = task_people.forget(session, person_id)
    # The answers that were given to labeling with their questions repeat their words.
    task_people.empty_messages(session, _touched(person_id))
    conversations, messages = _delete_private(session, person_id)
    messages += _empty_shared(session, person_id) + emptied
    _run(session, delete(ChoiceRow).where(col(ChoiceRow.scope) == "person", col(ChoiceRow.scope_id) == person_id))
    forget_codes(session, person_id)
    forget_person(session, person_id)
    connections.forget_person(session, person_id)
    for account in accounts:
        _forget_account(session, account)
    consents = _run(session, delete(ConsentRow).where(col(ConsentRow.person_id) == person_id))
    gone = _run(session, delete(AccountRow).where(col(AccountRow.person_id) == person_id))
    _run(session, delete(PersonRow).where(col(PersonRow.id) == person_id))
    leave_no_traces(session)
    return ErasureCounts(messages, conversations, ratings, consents, gone, underway)


def forget_conversation(session: Session, person_id: str, conversation_id: str) -> ErasureCounts:
    """Erase a person's own conversation, or their part of a shared one, as `forget` does with all of them.

    What was given to labeling from it is emptied there.
    """
    take_time(session, LONGEST)
    here = col(MessageRow.conversation_id) == conversation_id
    underway = tuple(
        session.exec(select(MessageRow.id).where(here, _touched(person_id), col(MessageRow.state).in_(UNDERWAY))).all()
    )
    task_people.empty_messages(session, here & _touched(person_id))
    ids = select(MessageRow.id).where(here)
    ratings = _run(
        session, delete(RatingRow).where(col(RatingRow.person_id) == person_id, col(RatingRow.message_id).in_(ids))
    )
    for table in (RatingEventRow, ReportRow, TextLabelsRow):
        _run(session, delete(table).where(col(table.person_id) == person_id, col(table.message_id).in_(ids)))
    arena_people.forget_in(session, person_id, conversation_id)
    count, messages = _delete_private(session, person_id, conversation_id)
    if not count:
        messages = _empty_shared(session, person_id, conversation_id)
    leave_no_traces(session)
    return ErasureCounts(messages, count, ratings, underway=underway)


def _underway(session: Session, person_id: str) -> tuple[str, ...]:
    found = select(MessageRow.id).where(_touched(person_id), col(MessageRow.state).in_(UNDERWAY))
    return tuple(session.exec(found).all())


def _touched(person_id: str) -> ColumnElement[bool]:
    """The person's own messages, and the answers to them that others asked for, since those repeat their words."""
    question = aliased(MessageRow)
    asked = select(question.id).where(question.person_id == person_id, question.role == "prompter")
    answers = (col(MessageRow.role) == "assistant") & col(MessageRow.parent_id).in_(asked)
    return or_(col(MessageRow.person_id) == person_id, answers)


def _delete_private(session: Session, person_id: str, only: str = "") -> tuple[int, int]:
    """Delete a person's private conversations, or `only` one of them.

    Returns how many conversations and how many messages there were.
    """
    theirs = col(ConversationRow.owner_id) == person_id
    theirs = theirs & (col(ConversationRow.id) == only) if only else theirs
    owned = select(ConversationRow.id).where(theirs)
    messages = select(MessageRow.id).where(col(MessageRow.conversation_id).in_(owned))
    for table in (RatingRow, RatingEventRow, ReportRow, TextLabelsRow, PostRow):
        _run(session, delete(table).where(col(table.message_id).in_(messages)))
    task_people.forget_messages(session, col(MessageRow.conversation_id).in_(owned))
    arena_people.forget_rounds(session, col(ArenaRoundRow.conversation_id).in_(owned))
    _run(session, delete(PostRow).where(col(PostRow.message_id).is_(None), _only_theirs(person_id, only)))
    _run(session, delete(PrivateConversationRow).where(col(PrivateConversationRow.conversation_id).in_(owned)))
    here = ("channel", "conversation")
    _run(session, delete(ChoiceRow).where(col(ChoiceRow.scope).in_(here), col(ChoiceRow.scope_id).in_(owned)))
    # A reply in another thread goes on from them; it begins a tree of its own now.
    below = col(MessageRow.parent_id).in_(messages) & col(MessageRow.conversation_id).not_in(owned)
    _run(session, update(MessageRow).where(below).values(parent_id=None))
    erased = _run(session, delete(MessageRow).where(col(MessageRow.conversation_id).in_(owned)))
    return _run(session, delete(ConversationRow).where(theirs)), erased


def _only_theirs(person_id: str, only: str = "") -> ColumnElement[bool]:
    """The notices in channels where the person has a private conversation and nobody else has one.

    With `only`, that of one conversation.
    """
    other = aliased(ConversationRow)
    shared = (
        select(other.id)
        .where(other.community_id == ConversationRow.community_id, other.channel == ConversationRow.channel)
        .where(func.coalesce(other.owner_id, "") != person_id)
    )
    theirs = (
        select(ConversationRow.id)
        .where(ConversationRow.owner_id == person_id, ~shared.exists())
        .where(ConversationRow.community_id == PostRow.community_id, ConversationRow.channel == PostRow.channel)
    )
    return (theirs.where(ConversationRow.id == only) if only else theirs).exists()


def _empty_shared(session: Session, person_id: str, only: str = "") -> int:
    """Empty a person's messages in shared places, or in `only` one of them. Returns how many messages there were."""
    here = col(MessageRow.conversation_id) == only if only else true()
    spoken = select(MessageRow.conversation_id).where(MessageRow.person_id == person_id, here)
    # A conversation's title is cut from its first words. No process may go on with words that it remembers.
    titles = update(ConversationRow).where(col(ConversationRow.id).in_(spoken))
    _run(session, titles.values(title="", erasures=ConversationRow.erasures + 1))
    emptied = _run(
        session,
        update(MessageRow)
        .where(_touched(person_id), here)
        .values(text="", reasoning=None, calls=(), suggestions=(), deleted=True, platform_id=None),
    )
    _run(session, update(MessageRow).where(col(MessageRow.person_id) == person_id, here).values(person_id=None))
    return emptied


def _forget_account(session: Session, account: AccountRow) -> None:
    """Erase an account's events, and its tenant if that is no longer used.

    Without its text an event cannot be taken up again, so it counts as done. Its lane may name a chat that is theirs.
    """
    events = update(InboxRow).where(
        col(InboxRow.platform) == account.platform, col(InboxRow.user_id) == account.platform_id
    )
    _run(session, events.values(payload="", user_id="", state="done", lane=None, said=None))
    put_aside.forget(session, account.platform, account.platform_id)
    if account.platform == admin_links.PLATFORM:
        admin_links.revoke(session, account.platform_id)
    # A platform may give a direct conversation its own tenant, with the same id as the person's account.
    named = select(CommunityRow.id).where(
        CommunityRow.platform == account.platform, CommunityRow.platform_id == account.platform_id
    )
    for community_id in session.exec(named).all():
        if not _is_used(session, community_id):
            _run(session, delete(ChoiceRow).where(col(ChoiceRow.community_id) == community_id))
            for table in (PostRow, PluginValueRow, PluginCallRow, PluginWordRow, PluginPassageRow, AuditRow):
                _run(session, delete(table).where(col(table.community_id) == community_id))
            person_notes.forget_community(session, community_id)
            task_people.forget_community(session, community_id)
            arena_people.forget_community(session, community_id)
            _run(session, delete(CommunityRow).where(col(CommunityRow.id) == community_id))


def _is_used(session: Session, community_id: str) -> bool:
    found = select(ConversationRow.id).where(ConversationRow.community_id == community_id)
    return session.exec(found).first() is not None


def _run(session: Session, statement: Any) -> int:
    count: int = session.connection().execute(statement).rowcount
    return count


def _rows(session: Session, table: type[Owned], person_id: str) -> list[dict[str, Any]]:
    """The person's rows with every column, including any added later, oldest first."""
    found = select(table).where(table.person_id == person_id).order_by(*inspect(table).primary_key)
    rows = session.exec(found).all()
    return [row.model_dump(mode="json", exclude={"person_id"}) for row in rows]


def _put_aside(session: Session, person_id: str) -> list[dict[str, Any]]:
    """Unreadable items that name the person. They may contain words of others, so only their kind is shown."""
    accounts = session.exec(select(AccountRow).where(AccountRow.person_id == person_id)).all()
    found = (row for one in accounts for row in put_aside.naming(session, one.platform, one.platform_id))
    return [row.model_dump(mode="json", exclude={"payload"}) for row in found]


def _choices(session: Session, person_id: str) -> list[dict[str, Any]]:
    owned = select(ConversationRow.id).where(ConversationRow.owner_id == person_id)
    theirs = (col(ChoiceRow.scope) == "person") & (col(ChoiceRow.scope_id) == person_id)
    of_theirs = (col(ChoiceRow.scope) == "conversation") & col(ChoiceRow.scope_id).in_(owned)
    found = select(ChoiceRow).where(or_(theirs, of_theirs)).order_by(ChoiceRow.name, ChoiceRow.scope_id)
    return [choice.model_dump(mode="json", exclude={"scope_id"}) for choice in session.exec(found).all()]


def _conversations(session: Session, person_id: str) -> list[dict[str, Any]]:
    messages: dict[str, list[dict[str, Any]]] = {}
    blind = arena_people.blind_answers(session, person_id)
    for message in _rows(session, MessageRow, person_id):
        # Whoever may still choose between two answers is not told whose they are, nor what would give it away.
        kept = {name: value for name, value in message.items() if message["id"] not in blind or name not in TELLING}
        messages.setdefault(message["conversation_id"], []).append(kept)
    spoken = select(MessageRow.conversation_id).where(MessageRow.person_id == person_id)
    theirs = or_(col(ConversationRow.owner_id) == person_id, col(ConversationRow.id).in_(spoken))
    found = session.exec(select(ConversationRow).where(theirs).order_by(ConversationRow.id)).all()
    return [
        {
            # The title of a shared conversation may be somebody else's words.
            **conversation.model_dump(mode="json", exclude=set() if conversation.owner_id == person_id else {"title"}),
            "messages": messages.get(conversation.id, []),
        }
        for conversation in found
    ]
