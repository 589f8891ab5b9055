"""Stores ratings: one per person and answer, and every step that led to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import Session

from core.store.engine.database import insert_once
from core.store.tables import RatingEventRow, RatingRow, now


@dataclass(frozen=True, slots=True)
class AnswerOpinion:
    """A person's opinion of an answer: 1, -1 or 0 (rating withdrawn), label names of 1.10, and a comment.

    `beside` says that the other thumb stands under the answer as a reaction, `reacted` that this one does.
    """

    value: int
    labels: Sequence[str] = ()
    comment: str = ""
    beside: bool = False
    reacted: bool = field(default=False, compare=False)

    def after(self, given: "AnswerOpinion") -> "AnswerOpinion":
        """The opinion after another thumb was given. The same thumb without a reason keeps the reason that it had."""
        if given.value == self.value:
            return self if not (given.labels or given.comment) else replace(given, beside=self.beside)
        return replace(given, beside=bool(given.value) and self.value == -given.value and self.reacted)

    def after_reaction(self, thumb: int, *, added: bool) -> "AnswerOpinion":
        """The opinion after somebody has put a thumb under an answer, or taken it away; the last one put there counts.

        After an interruption, platforms repeat what we know already.
        """
        if added:
            known = thumb == self.value or self.beside
            return self if known else self.after(AnswerOpinion(thumb))
        return self.withdrawn() if thumb == self.value else replace(self, beside=False)

    def withdrawn(self) -> "AnswerOpinion":
        """The opinion after its thumb was taken back: the one that stands beside it counts, if there is one."""
        return AnswerOpinion(-self.value if self.beside else 0)


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
    kept.beside, kept.source, kept.at = opinion.beside, source, now()
    return opinion


def stand_alone(session: Session, person_id: str, message_id: str) -> None:
    """Record that the other thumb no longer stands beside a person's rating, which stays as it is."""
    kept = session.get(RatingRow, (person_id, message_id))
    if kept:
        kept.beside = False


def opinion(session: Session, person_id: str, message_id: str) -> AnswerOpinion:
    """A person's current opinion of an answer; its value is 0 if they have given none."""
    kept = session.get(RatingRow, (person_id, message_id))
    if kept is None:
        return AnswerOpinion(0)
    return AnswerOpinion(kept.value, tuple(kept.labels), kept.comment, kept.beside, kept.source == "reaction")
