"""Exports, erases or transfers what the arena holds about a person."""

from collections.abc import Set
from typing import Any

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, col, select

from core.store import arena
from core.store.arena_tables import ArenaRoundRow, ArenaTrialRow, ArenaVoteRow
from core.store.tables import MessageRow, PostRow
from core.store.training_people import is_held_out, training_key


def everything_about(session: Session, person_id: str) -> list[dict[str, Any]]:
    """A person's votes, ready for JSON, oldest first."""
    found = select(ArenaVoteRow).where(ArenaVoteRow.person_id == person_id).order_by(col(ArenaVoteRow.round_id))
    return [row.model_dump(mode="json", exclude={"person_id"}) for row in session.exec(found).all()]


def blind_answers(session: Session, person_id: str) -> Set[str]:
    """The ids of answers whose model must not be shown to a person yet, among the answers in their conversations.

    They are those of undecided rounds, unless the person has voted and was told.
    """
    told = select(ArenaVoteRow.round_id).where(ArenaVoteRow.person_id == person_id, col(ArenaVoteRow.revealed))
    spoken = select(MessageRow.conversation_id).where(MessageRow.person_id == person_id)
    found: set[str | None] = set()
    for asked in arena.undecided(
        session, col(ArenaRoundRow.conversation_id).in_(spoken), col(ArenaRoundRow.id).not_in(told)
    ):
        found |= {asked.a_id, asked.b_id} if asked.state == "open" else _being_written(session, asked)
    return {id for id in found if id}


def _being_written(session: Session, asked: ArenaRoundRow) -> set[str | None]:
    """The answers of a round so far. Only once both are whole, the round itself names them."""
    shown = (
        select(PostRow.message_id)
        .join(MessageRow, col(MessageRow.id) == col(PostRow.message_id))
        .where(MessageRow.conversation_id == asked.conversation_id)
        .where(col(PostRow.key).startswith(f"{asked.event_key}#", autoescape=True))
    )
    return set(session.exec(shown))


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

    A vote stays held out only if `into` is, too: from now on, what they give may be trained on otherwise. What `other`
    gave may have been trained on before, so no vote becomes held out by this.
    """
    for theirs in session.exec(select(ArenaVoteRow).where(ArenaVoteRow.person_id == other)).all():
        ours = session.get(ArenaVoteRow, (into, theirs.round_id))
        if ours is None or theirs.at < ours.at:
            held_out = theirs.held_out and is_held_out(training_key(session), "person", into)
            session.merge(ArenaVoteRow(**{**theirs.model_dump(), "person_id": into, "held_out": held_out}))
        session.delete(theirs)
    session.flush()
