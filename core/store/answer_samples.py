"""The newest answers of models, with what can be counted in them and the thumbs that people gave them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.messages import MessageState
from core.store.tables import MessageRow, RatingRow

MOST_MESSAGES = 20_000
"""So many messages are looked at, the newest first: what this costs does not grow with the installation."""

MOST_ANSWERS = 2_000
OPENING = 160
"""Characters of an answer's beginning."""

AT_ONCE = 900
"""Ids in one statement: SQLite allows few more."""

ENDED: tuple[MessageState, ...] = ("complete", "timeout", "aborted_by_worker")
"""The states of answers that nobody has stopped."""


@dataclass(frozen=True, slots=True)
class SampledAnswer:
    """An answer: how it ended, its beginning, how many characters it has, and how many seconds it took, if known."""

    id: str
    community_id: str
    state: MessageState
    opening: str
    characters: int
    seconds: float | None


def sampled_answers(
    session: Session, models: Collection[str], since: datetime, until: datetime
) -> Sequence[SampledAnswer]:
    """The newest answers of models that ended by themselves between two times, the newest first."""
    text = col(MessageRow.text)
    recent = (
        select(
            col(MessageRow.id),
            col(MessageRow.community_id),
            col(MessageRow.role),
            col(MessageRow.model),
            col(MessageRow.state),
            col(MessageRow.deleted),
            func.substr(text, 1, OPENING).label("opening"),
            func.length(text).label("characters"),
            col(MessageRow.seconds),
        )
        .where(col(MessageRow.id) >= first_id(since), col(MessageRow.id) < first_id(until))
        .order_by(col(MessageRow.id).desc())
        .limit(MOST_MESSAGES)
        .subquery()
    )
    one = recent.c
    found = (
        select(one.id, one.community_id, one.state, one.opening, one.characters, one.seconds)
        .where(one.role == "assistant", one.model.in_(models), one.state.in_(ENDED), one.deleted.is_(False))
        .order_by(one.id.desc())
        .limit(MOST_ANSWERS)
    )
    return [SampledAnswer(*row) for row in session.execute(found)]


def thumbs(session: Session, message_ids: Sequence[str]) -> tuple[int, int]:
    """How many thumbs up and down there are under these answers."""
    up = down = 0
    for start in range(0, len(message_ids), AT_ONCE):
        ids = message_ids[start : start + AT_ONCE]
        for value, number in session.execute(
            select(col(RatingRow.value), func.count())
            .where(col(RatingRow.message_id).in_(ids))
            .group_by(col(RatingRow.value))
        ):
            up, down = up + (number if value > 0 else 0), down + (number if value < 0 else 0)
    return up, down


def first_id(at: datetime) -> str:
    """The least id that can be made at a time: a UUIDv7 begins with 48 bits of milliseconds (RFC 9562 5.7)."""
    return f"{int(at.timestamp() * 1000):012x}" + "0" * 20
