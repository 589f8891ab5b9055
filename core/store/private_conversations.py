"""Conversations that a person keeps out of training: what they say and rate there is never exported or made a task.

In a shared place, this is about the person's own part: their messages, the answers to them, and their ratings.
"""

from collections.abc import Sequence

from sqlmodel import Session, and_, col, func, select

from core.store.labeling_tables import TreeMessageRow
from core.store.tables import MessageRow, PrivateConversationRow


def is_private(session: Session, person_id: str, conversation_id: str) -> bool:
    """Whether a person keeps a conversation out of training."""
    return session.get(PrivateConversationRow, (person_id, conversation_id)) is not None


def keep_out(session: Session, person_id: str, conversation_id: str, halted: Sequence[str]) -> None:
    """Keep a conversation out of training; `halted` are the trees of it that were stopped for that."""
    session.add(PrivateConversationRow(person_id=person_id, conversation_id=conversation_id, halted=list(halted)))


def take_back(session: Session, person_id: str, conversation_id: str) -> Sequence[str] | None:
    """Let a conversation be used again. Returns the trees that were stopped; None if it was not kept out."""
    kept = session.get(PrivateConversationRow, (person_id, conversation_id))
    if kept is None:
        return None
    session.delete(kept)
    return kept.halted


def keeps_out(session: Session, tree_id: str) -> bool:
    """Whether somebody keeps messages out of training that are in a tree."""
    theirs = and_(
        col(PrivateConversationRow.person_id) == col(MessageRow.person_id),
        col(PrivateConversationRow.conversation_id) == col(MessageRow.conversation_id),
    )
    found = (
        select(TreeMessageRow.id)
        .join(MessageRow, col(MessageRow.id) == col(TreeMessageRow.id))
        .join(PrivateConversationRow, theirs)
        .where(TreeMessageRow.tree_id == tree_id)
    )
    return session.exec(found.limit(1)).first() is not None


def halted_by_others(session: Session, person_id: str, conversation_id: str) -> frozenset[str]:
    """The trees that were stopped because other people keep a conversation out of training."""
    found = select(PrivateConversationRow).where(
        PrivateConversationRow.conversation_id == conversation_id, PrivateConversationRow.person_id != person_id
    )
    return frozenset(id for kept in session.exec(found) for id in kept.halted)


def leave_halted(session: Session, tree_id: str) -> bool:
    """Let a tree stay stopped when its conversation is used again. Returns whether it would have gone on."""
    conversation = select(MessageRow.conversation_id).where(MessageRow.id == tree_id)
    found = session.exec(
        select(PrivateConversationRow).where(col(PrivateConversationRow.conversation_id).in_(conversation))
    ).all()
    waiting = [kept for kept in found if tree_id in kept.halted]
    for kept in waiting:
        kept.halted = [id for id in kept.halted if id != tree_id]
    return bool(waiting)


def number(session: Session, person_id: str) -> int:
    """How many conversations a person keeps out of training."""
    found = select(func.count()).select_from(PrivateConversationRow)
    return session.exec(found.where(PrivateConversationRow.person_id == person_id)).one()
