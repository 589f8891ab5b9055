"""Notes of moderators about people: written, listed, erased, and handed out to the person whom they are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from core.store.moderation_tables import PersonNoteRow
from core.store.tables import PersonRow

LONGEST = 1000
"""The longest note, in characters."""


@dataclass(frozen=True, slots=True)
class NoteAuthor:
    """The author of a note, and their community; in the terminal, `who` is the name of the machine's user instead."""

    person_id: str | None = None
    community_id: str | None = None
    who: str = ""


def write(session: Session, about: str, text: str, by: NoteAuthor) -> PersonNoteRow | None:
    """Keep a note about a person, cut to `LONGEST`. Returns None if the text is empty or there is no such person."""
    words = text.strip()[:LONGEST]
    if not words or session.get(PersonRow, about) is None:
        return None
    note = PersonNoteRow(person_id=about, text=words, author_id=by.person_id, community_id=by.community_id, who=by.who)
    session.add(note)
    session.flush()
    return note


def notes_about(session: Session, person_id: str, community_id: str | None = None) -> Sequence[PersonNoteRow]:
    """The notes about a person, oldest first: those of one community, or all."""
    found = select(PersonNoteRow).where(PersonNoteRow.person_id == person_id)
    if community_id is not None:
        found = found.where(PersonNoteRow.community_id == community_id)
    return session.exec(found.order_by(col(PersonNoteRow.at), col(PersonNoteRow.id))).all()


def erase(session: Session, person_id: str, note_id: str) -> bool:
    """Erase a note about a person. Returns whether there was one."""
    note = session.get(PersonNoteRow, note_id)
    if note is None or note.person_id != person_id:
        return False
    session.delete(note)
    return True


def everything(session: Session, person_id: str) -> dict[str, list[dict[str, Any]]]:
    """The notes about a person and those that they wrote, ready for JSON.

    It says what is noted about them, but not by whom; of their own notes, it does not say whom they are about.
    """
    written = select(PersonNoteRow).where(PersonNoteRow.author_id == person_id)
    rows = session.exec(written.order_by(col(PersonNoteRow.at), col(PersonNoteRow.id))).all()
    about = notes_about(session, person_id)
    return {
        "notes_about_you": [one.model_dump(mode="json", include={"id", "community_id", "text", "at"}) for one in about],
        "notes_by_you": [one.model_dump(mode="json", include={"id", "community_id", "text", "at"}) for one in rows],
    }


def forget(session: Session, person_id: str) -> None:
    """Erase the notes about a person. Those that they wrote about others stay without their author."""
    session.connection().execute(delete(PersonNoteRow).where(col(PersonNoteRow.person_id) == person_id))
    theirs = update(PersonNoteRow).where(col(PersonNoteRow.author_id) == person_id)
    session.connection().execute(theirs.values(author_id=None))


def forget_community(session: Session, community_id: str) -> None:
    """Erase the notes of a community. Call this before its row is erased."""
    session.connection().execute(delete(PersonNoteRow).where(col(PersonNoteRow.community_id) == community_id))


def merge(session: Session, into: str, other: str) -> None:
    """Give the notes about and by `other` to `into`, who turned out to be the same person."""
    for column in (PersonNoteRow.person_id, PersonNoteRow.author_id):
        moved = update(PersonNoteRow).where(col(column) == other).values({col(column): into})
        session.connection().execute(moved)
