"""Conversations that a person keeps out of training: what they say and rate there is never exported or made a task.

In a shared place, this is about the person's own part: their messages, the answers to them, and their ratings.
"""

from collections.abc import Sequence

from sqlmodel import Session, func, select

from core.store.tables import PrivateConversationRow


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


def number(session: Session, person_id: str) -> int:
    """How many conversations a person keeps out of training."""
    found = select(func.count()).select_from(PrivateConversationRow)
    return session.exec(found.where(PrivateConversationRow.person_id == person_id)).one()
