"""The newest answers of models, with what can be counted in them and the thumbs that people gave them."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.messages import MessageState
from core.store.promotions import PromotionReach
from core.store.tables import MessageRow, RatingRow

MOST_MESSAGES = 20_000
"""So many messages are looked at, the newest first: what this costs does not grow with the installation."""

MOST_ANSWERS = 2_000
MOST_OF_ONE = 50
"""And so many answers to one person: a flood of theirs does not push those to others out."""

OPENING = 160
"""Characters of an answer's beginning."""

AT_ONCE = 900
"""Ids in one statement: SQLite allows few more."""

ENDED: tuple[MessageState, ...] = ("complete", "timeout", "aborted_by_worker")
"""The states of answers that nobody has stopped."""


@dataclass(frozen=True, slots=True)
class SampledAnswer:
    """An answer: who asked for it, how it ended, its beginning, how many characters it has, and how many seconds it
    took, if known. Those to people who are forgotten have no `person_id`.
    """

    id: str
    community_id: str
    person_id: str | None
    state: MessageState
    opening: str
    characters: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class PersonThumbs:
    """How many thumbs a person gave up and down."""

    up: int
    down: int


def sampled_answers(
    session: Session, models: Collection[str], since: datetime, until: datetime, where: PromotionReach
) -> Sequence[SampledAnswer]:
    """The newest answers of models that ended by themselves between two times, the newest first, from the communities
    where a promotion holds: no more than 50 to each person.
    """
    text = col(MessageRow.text)
    recent = (
        select(
            col(MessageRow.id),
            col(MessageRow.community_id),
            col(MessageRow.person_id),
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
    # Those to one person are numbered, the newest first.
    numbered = func.row_number().over(partition_by=recent.c.person_id, order_by=recent.c.id.desc())
    asked = (recent.c.role == "assistant", recent.c.model.in_(models), recent.c.state.in_(ENDED))
    theirs = select(recent, numbered.label("number")).where(*asked, recent.c.deleted.is_(False)).subquery()
    one = theirs.c
    few = one.number <= MOST_OF_ONE
    found = (
        select(one.id, one.community_id, one.person_id, one.state, one.opening, one.characters, one.seconds)
        .where(few)
        .order_by(one.id.desc())
        .limit(MOST_ANSWERS)
    )
    if where.everybody:
        return [SampledAnswer(*row) for row in session.execute(found)]
    # A database cannot draw a share of communities as a reach does, so they are drawn here. They may be many.
    spoken = session.execute(select(one.community_id).where(few).distinct()).scalars()
    held = _pieces([id for id in spoken if where.includes(id)])
    rows = [row for ids in held for row in session.execute(found.where(one.community_id.in_(ids)))]
    return sorted((SampledAnswer(*row) for row in rows), key=lambda one: one.id, reverse=True)[:MOST_ANSWERS]


def thumbs(session: Session, message_ids: Sequence[str]) -> Sequence[PersonThumbs]:
    """The thumbs under these answers, by the people who gave them."""
    up: Counter[str] = Counter()
    down: Counter[str] = Counter()
    rated = select(col(RatingRow.person_id), col(RatingRow.value), func.count())
    by_person = rated.group_by(col(RatingRow.person_id), col(RatingRow.value))
    for ids in _pieces(message_ids):
        for person, value, number in session.execute(by_person.where(col(RatingRow.message_id).in_(ids))):
            (up if value > 0 else down)[person] += number
    return [PersonThumbs(up[person], down[person]) for person in up.keys() | down.keys()]


def _pieces(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def first_id(at: datetime) -> str:
    """The least id that can be made at a time: a UUIDv7 begins with 48 bits of milliseconds (RFC 9562 5.7)."""
    return f"{int(at.timestamp() * 1000):012x}" + "0" * 20
