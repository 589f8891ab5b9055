"""Exports, erases or transfers what the arena holds about a person."""

from typing import Any

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, col, select

from core.store.arena_tables import ArenaRoundRow, ArenaTrialRow, ArenaVoteRow


def everything_about(session: Session, person_id: str) -> list[dict[str, Any]]:
    """A person's votes, ready for JSON, oldest first."""
    found = select(ArenaVoteRow).where(ArenaVoteRow.person_id == person_id).order_by(col(ArenaVoteRow.round_id))
    return [row.model_dump(mode="json", exclude={"person_id"}) for row in session.exec(found).all()]


def forget(session: Session, person_id: str) -> None:
    """Delete a person's votes."""
    session.connection().execute(delete(ArenaVoteRow).where(col(ArenaVoteRow.person_id) == person_id))


def forget_in(session: Session, person_id: str, conversation_id: str) -> None:
    """Delete a person's votes in a conversation."""
    rounds = select(ArenaRoundRow.id).where(ArenaRoundRow.conversation_id == conversation_id)
    theirs = (col(ArenaVoteRow.person_id) == person_id) & col(ArenaVoteRow.round_id).in_(rounds)
    session.connection().execute(delete(ArenaVoteRow).where(theirs))


def forget_rounds(session: Session, gone: ColumnElement[bool]) -> None:
    """Delete rounds, and the votes about them."""
    rounds = select(ArenaRoundRow.id).where(gone)
    session.connection().execute(delete(ArenaVoteRow).where(col(ArenaVoteRow.round_id).in_(rounds)))
    session.connection().execute(delete(ArenaRoundRow).where(gone))


def forget_community(session: Session, community_id: str) -> None:
    """Delete a community's trials with all that belongs to them. Call this before its row is erased."""
    forget_rounds(session, col(ArenaRoundRow.community_id) == community_id)
    session.connection().execute(delete(ArenaTrialRow).where(col(ArenaTrialRow.community_id) == community_id))


def merge(session: Session, into: str, other: str) -> None:
    """Give the votes of `other` to `into`, who turned out to be the same person. Of two about one question, the earlier
    stands: it was cast before the person could know which answer was which.
    """
    for theirs in session.exec(select(ArenaVoteRow).where(ArenaVoteRow.person_id == other)).all():
        ours = session.get(ArenaVoteRow, (into, theirs.round_id))
        if ours is None or theirs.at < ours.at:
            session.merge(ArenaVoteRow(**{**theirs.model_dump(), "person_id": into}))
        session.delete(theirs)
    session.flush()
