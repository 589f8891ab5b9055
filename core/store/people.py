"""Exports or erases everything that belongs to a person, and records what they agreed to."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, inspect, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core.store import connections
from core.store import labeling_people as task_people
from core.store.conversations import UNDERWAY
from core.store.engine.database import leave_no_traces, take_time
from core.store.linking import forget_codes
from core.store.plugins import forget_person
from core.store.tables import (
    Account,
    AllowedHost,
    Audit,
    Choice,
    Community,
    Consent,
    Conversation,
    Inbox,
    Message,
    Person,
    PluginCall,
    PluginPassage,
    PluginValue,
    PluginWord,
    Post,
    Rating,
    RatingEvent,
    Report,
    TextLabels,
)

Owned = Account | AllowedHost | Audit | Consent | Message | PluginCall | Rating | RatingEvent | Report | TextLabels
LONGEST = 600
"""Seconds that one statement may take here, since a person may have written a great deal."""


@dataclass(frozen=True, slots=True)
class Forgotten:
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
    person = session.get_one(Person, person_id)
    person.terms = terms if agreed else None
    session.add(Consent(person_id=person_id, terms=terms, agreed=agreed))


def everything_about(session: Session, person_id: str) -> dict[str, Any]:
    """Everything that we hold about a person, ready for JSON; times are ISO 8601 in UTC.

    Their own messages and the answers that they asked for are complete; other people's messages appear only as ids.
    """
    take_time(session, LONGEST)
    return {
        "person": session.get_one(Person, person_id).model_dump(mode="json"),
        "accounts": _rows(session, Account, person_id),
        "consents": _rows(session, Consent, person_id),
        "choices": _choices(session, person_id),
        "conversations": _conversations(session, person_id),
        "ratings": _rows(session, Rating, person_id),
        "rating_events": _rows(session, RatingEvent, person_id),
        "reports": _rows(session, Report, person_id),
        "labels": _rows(session, TextLabels, person_id),
        "calls": _rows(session, Audit, person_id),
        "calls_to_come": _rows(session, PluginCall, person_id),
        "allowed_hosts": _rows(session, AllowedHost, person_id),
        **connections.about(session, person_id),
        "labeling": task_people.everything_about(session, person_id),
    }


def forget(session: Session, person_id: str) -> Forgotten:
    """Erase a person.

    Their ratings, choices, consents and accounts are deleted, and so are their private conversations. Their messages in
    shared places, and the answers to them, stay as empty messages, so that the messages of others keep their place.
    """
    take_time(session, LONGEST)
    accounts = session.exec(select(Account).where(Account.person_id == person_id)).all()
    underway = _underway(session, person_id)
    ratings = _run(session, delete(Rating).where(col(Rating.person_id) == person_id))
    for table in (RatingEvent, Report, TextLabels):
        _run(session, delete(table).where(col(table.person_id) == person_id))
    _run(session, update(Audit).where(col(Audit.person_id) == person_id).values(person_id=None))
    emptied = task_people.forget(session, person_id)
    conversations, messages = _delete_private(session, person_id)
    messages += _empty_shared(session, person_id) + emptied
    _run(session, delete(Choice).where(col(Choice.scope) == "person", col(Choice.scope_id) == person_id))
    forget_codes(session, person_id)
    forget_person(session, person_id)
    connections.forget_person(session, person_id)
    for account in accounts:
        _forget_account(session, account)
    consents = _run(session, delete(Consent).where(col(Consent.person_id) == person_id))
    gone = _run(session, delete(Account).where(col(Account.person_id) == person_id))
    _run(session, delete(Person).where(col(Person.id) == person_id))
    leave_no_traces(session)
    return Forgotten(messages, conversations, ratings, consents, gone, underway)


def _underway(session: Session, person_id: str) -> tuple[str, ...]:
    found = select(Message.id).where(_touched(person_id), col(Message.state).in_(UNDERWAY))
    return tuple(session.exec(found).all())


def _touched(person_id: str) -> ColumnElement[bool]:
    """The person's own messages, and the answers to them that others asked for, since those repeat their words."""
    question = aliased(Message)
    asked = select(question.id).where(question.person_id == person_id, question.role == "prompter")
    answers = (col(Message.role) == "assistant") & col(Message.parent_id).in_(asked)
    return or_(col(Message.person_id) == person_id, answers)


def _delete_private(session: Session, person_id: str) -> tuple[int, int]:
    """Delete a person's private conversations. Returns how many conversations and how many messages there were."""
    owned = select(Conversation.id).where(Conversation.owner_id == person_id)
    messages = select(Message.id).where(col(Message.conversation_id).in_(owned))
    for table in (Rating, RatingEvent, Report, TextLabels, Post):
        _run(session, delete(table).where(col(table.message_id).in_(messages)))
    task_people.forget_messages(session, col(Message.conversation_id).in_(owned))
    _run(session, delete(Post).where(col(Post.message_id).is_(None), _only_theirs(person_id)))
    _run(session, delete(Choice).where(col(Choice.scope) == "channel", col(Choice.scope_id).in_(owned)))
    erased = _run(session, delete(Message).where(col(Message.conversation_id).in_(owned)))
    return _run(session, delete(Conversation).where(col(Conversation.owner_id) == person_id)), erased


def _only_theirs(person_id: str) -> ColumnElement[bool]:
    """The notices in channels where the person has a private conversation and nobody else has one."""
    other = aliased(Conversation)
    shared = (
        select(other.id)
        .where(other.community_id == Conversation.community_id, other.channel == Conversation.channel)
        .where(func.coalesce(other.owner_id, "") != person_id)
    )
    theirs = (
        select(Conversation.id)
        .where(Conversation.owner_id == person_id, ~shared.exists())
        .where(Conversation.community_id == Post.community_id, Conversation.channel == Post.channel)
    )
    return theirs.exists()


def _empty_shared(session: Session, person_id: str) -> int:
    """Empty a person's messages in shared places. Returns how many messages there were."""
    spoken = select(Message.conversation_id).where(Message.person_id == person_id)
    # A conversation's title is cut from its first words.
    _run(session, update(Conversation).where(col(Conversation.id).in_(spoken)).values(title=""))
    emptied = _run(
        session,
        update(Message)
        .where(_touched(person_id))
        .values(text="", calls=None, suggestions=None, deleted=True, platform_id=None),
    )
    _run(session, update(Message).where(col(Message.person_id) == person_id).values(person_id=None))
    return emptied


def _forget_account(session: Session, account: Account) -> None:
    """Erase an account's events, and its tenant if that is no longer used.

    Without its text an event cannot be taken up again, so it counts as done.
    """
    events = update(Inbox).where(col(Inbox.platform) == account.platform, col(Inbox.user_id) == account.platform_id)
    _run(session, events.values(payload="", user_id="", state="done"))
    # A platform may give a direct conversation its own tenant, with the same id as the person's account.
    named = select(Community.id).where(
        Community.platform == account.platform, Community.platform_id == account.platform_id
    )
    for community_id in session.exec(named).all():
        if not _is_used(session, community_id):
            _run(session, delete(Choice).where(col(Choice.community_id) == community_id))
            for table in (Post, PluginValue, PluginCall, PluginWord, PluginPassage, Audit):
                _run(session, delete(table).where(col(table.community_id) == community_id))
            task_people.forget_community(session, community_id)
            _run(session, delete(Community).where(col(Community.id) == community_id))


def _is_used(session: Session, community_id: str) -> bool:
    found = select(Conversation.id).where(Conversation.community_id == community_id)
    return session.exec(found).first() is not None


def _run(session: Session, statement: Any) -> int:
    count: int = session.connection().execute(statement).rowcount
    return count


def _rows(session: Session, table: type[Owned], person_id: str) -> list[dict[str, Any]]:
    """The person's rows with every column, including any added later, oldest first."""
    found = select(table).where(table.person_id == person_id).order_by(*inspect(table).primary_key)
    rows = session.exec(found).all()
    return [row.model_dump(mode="json", exclude={"person_id"}) for row in rows]


def _choices(session: Session, person_id: str) -> list[dict[str, Any]]:
    found = select(Choice).where(Choice.scope == "person", Choice.scope_id == person_id).order_by(Choice.name)
    return [choice.model_dump(mode="json", exclude={"scope_id"}) for choice in session.exec(found).all()]


def _conversations(session: Session, person_id: str) -> list[dict[str, Any]]:
    messages: dict[str, list[dict[str, Any]]] = {}
    for message in _rows(session, Message, person_id):
        messages.setdefault(message["conversation_id"], []).append(message)
    spoken = select(Message.conversation_id).where(Message.person_id == person_id)
    theirs = or_(col(Conversation.owner_id) == person_id, col(Conversation.id).in_(spoken))
    found = session.exec(select(Conversation).where(theirs).order_by(Conversation.id)).all()
    return [
        {
            # The title of a shared conversation may be somebody else's words.
            **conversation.model_dump(mode="json", exclude=set() if conversation.owner_id == person_id else {"title"}),
            "messages": messages.get(conversation.id, []),
        }
        for conversation in found
    ]
