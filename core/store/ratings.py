"""Stores ratings: one per person and answer, and every step that led to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from core.store.engine.database import insert_once
from core.store.tables import RatingEventRow, RatingRow, now


@dataclass(frozen=True, slots=True)
class AnswerOpinion:
    """A person's opinion of an answer: 1, -1 or 0 (rating withdrawn), label names of 1.10, and a comment."""

    value: int
    labels: Sequence[str] = ()
    comment: str = ""


def rate(
    session: Session, person_id: str, message_id: str, opinion: AnswerOpinion, source: str, event_key: str
) -> AnswerOpinion | None:
    """Keep an opinion in place of an earlier one; 0 withdraws it. The event itself is kept as it came.

    Returns the opinion now in force, or None if the same event was counted before.
    """
    fresh = insert_once(
        session,
        RatingEventRow,
        person_id=person_id,
        message_id=message_id,
        value=opinion.value,
        labels=list(opinion.labels),
        comment=opinion.comment,
        source=source,
        event_key=event_key,
    )
    if not fresh:
        return None
    kept = session.get(RatingRow, (person_id, message_id))
    if opinion.value == 0:
        if kept:
            session.delete(kept)
        return opinion
    if kept is None:
        kept = RatingRow(person_id=person_id, message_id=message_id, value=opinion.value)
        session.add(kept)
    kept.value, kept.labels, kept.comment = opinion.value, list(opinion.labels), opinion.comment
    kept.source, kept.at = source, now()
    return opinion


def opinion(session: Session, person_id: str, message_id: str) -> AnswerOpinion:
    """A person's current opinion of an answer; its value is 0 if they have given none."""
    kept = session.get(RatingRow, (person_id, message_id))
    return AnswerOpinion(kept.value, tuple(kept.labels), kept.comment) if kept else AnswerOpinion(0)
