"""Links two accounts to one person, with a code that is shown on one platform and entered on the other."""

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from core.store import arena_people, connections, conversations, person_notes
from core.store import labeling_people as task_people
from core.store.plugin_tables import AllowedHostRow, PluginCallRow
from core.store.plugins import merge_person
from core.store.tables import (
    AccountRow,
    AuditRow,
    ChoiceRow,
    ConsentRow,
    ConversationRow,
    KeptRow,
    MessageRow,
    PersonRow,
    PrivateConversationRow,
    RatingEventRow,
    RatingRow,
    ReportRow,
    TextLabelsRow,
    now,
)
from core.store.typed_codes import typed_code

LIFE = timedelta(minutes=10)
LENGTH = 10
"""Characters of a code. They make fifty bits, which nobody can guess in ten minutes."""


def new_code(session: Session, person_id: str, life: timedelta = LIFE) -> str:
    """Make a code for a person, valid once and for ten minutes. Only a hash of it is stored."""
    for kept in _kept(session):
        if json.loads(kept.value)["until"] < now().isoformat():
            session.delete(kept)
    code = typed_code(LENGTH)
    until = (now() + life).isoformat()
    session.add(KeptRow(name=_name(code), value=json.dumps({"person": person_id, "until": until})))
    return code


def forget_codes(session: Session, person_id: str) -> None:
    """Delete all codes of a person."""
    for kept in _kept(session):
        if json.loads(kept.value)["person"] == person_id:
            session.delete(kept)
    session.flush()


def redeem(session: Session, code: str) -> str | None:
    """Use up a code. Returns the id of the person it was made for, or None if it is wrong, used or too old."""
    # If two requests come at once, the second one waits and then finds nothing.
    kept = session.get(KeptRow, _name(code), with_for_update=True)
    if kept is None:
        return None
    session.delete(kept)
    given = json.loads(kept.value)
    person = session.get(PersonRow, given["person"])
    return person.id if person and given["until"] > now().isoformat() else None


def merge(session: Session, into: str, other: str) -> None:
    """Give everything of `other` to `into`, who turned out to be the same person, and delete `other`.

    If both have an opinion of one answer, the later one counts; if both have made a choice, that of `into` counts. The
    agreement to the terms stays only if both had agreed to the same version, so what was given without consent does not
    gain any.
    """
    first, second = session.get_one(PersonRow, into), session.get_one(PersonRow, other)
    first.terms = first.terms if first.terms == second.terms else None
    for table in (RatingRow, ReportRow, TextLabelsRow):
        _opinions(session, table, into, other)
    _choices(session, into, other)
    for kept in session.exec(select(PrivateConversationRow).where(PrivateConversationRow.person_id == other)).all():
        ours = session.get(PrivateConversationRow, (into, kept.conversation_id))
        if ours is None:
            session.add(PrivateConversationRow(**{**kept.model_dump(), "person_id": into}))
        else:
            ours.halted = sorted({*ours.halted, *kept.halted})
        session.delete(kept)
    for allowed in session.exec(select(AllowedHostRow).where(AllowedHostRow.person_id == other)).all():
        session.merge(AllowedHostRow(**{**allowed.model_dump(), "person_id": into}))
        session.delete(allowed)
    merge_person(session, into, other)
    task_people.merge(session, into, other)
    person_notes.merge(session, into, other)
    arena_people.merge(session, into, other)
    connections.merge(session, into, other)
    forget_codes(session, other)
    # What processes remember of these conversations says whose the words were.
    spoken = select(MessageRow.conversation_id).where(MessageRow.person_id == other).distinct()
    conversations.erased_in(session, session.exec(spoken).all())
    for owned in (AccountRow, AuditRow, ConsentRow, MessageRow, PluginCallRow, RatingEventRow):
        move = update(owned).where(col(owned.person_id) == other)
        session.connection().execute(move.values(person_id=into))
    session.connection().execute(
        update(ConversationRow).where(col(ConversationRow.owner_id) == other).values(owner_id=into)
    )
    session.flush()
    session.connection().execute(delete(PersonRow).where(col(PersonRow.id) == other))


def _opinions(session: Session, table: Any, into: str, other: str) -> None:
    """Move the opinions in `table` (a person's opinion of a message, with its time); the later one counts."""
    for theirs in session.exec(select(table).where(table.person_id == other)).all():
        ours = session.get(table, (into, theirs.message_id))
        moved = table(**{**theirs.model_dump(), "person_id": into})
        session.delete(theirs)
        if ours is None or ours.at < theirs.at:
            session.merge(moved)
    session.flush()


def _choices(session: Session, into: str, other: str) -> None:
    theirs = select(ChoiceRow).where(ChoiceRow.scope == "person", ChoiceRow.scope_id == other)
    for choice in session.exec(theirs).all():
        if session.get(ChoiceRow, (choice.community_id, "person", into, choice.name)) is None:
            session.add(ChoiceRow(**{**choice.model_dump(), "scope_id": into}))
        session.delete(choice)
    session.flush()


def _kept(session: Session) -> Sequence[KeptRow]:
    # A range, so that the index on the key can be used; the semicolon is the character after the colon.
    return session.exec(select(KeptRow).where(KeptRow.name >= "link:", KeptRow.name < "link;")).all()


def _name(code: str) -> str:
    plain = code.upper().replace(" ", "").replace("-", "")
    return f"link:{hashlib.sha256(plain.encode()).hexdigest()}"
