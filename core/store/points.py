"""Stores tallies of what people did on each day, and computes their points, places and streaks from them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, func
from sqlmodel import Session, col, select

from core.labeling.rules.score import WorkCounts
from core.store.engine.database import insert_into, insert_once
from core.store.labeling_tables import LabelerRow, TallyRow, TaskRow
from core.store.tables import AccountRow, CommunityRow, now

COUNTED = frozenset(one.name for one in fields(WorkCounts))
WEEK = 7
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PointsFormula:
    """The weight of each count, and the daily cap: the most points that count per day, or 0 for no cap.

    A weight between 0 and 1 means that many counts make one point (Open Assistant's prompts give a tenth of a point
    each). The points from such a count are rounded down on their own, over the whole frame, and outside the daily cap.
    """

    weights: Mapping[str, float]
    daily_cap: int = 0

    @property
    def parts(self) -> Sequence[str]:
        """The names of the counts that are rounded down on their own."""
        return [name for name, weight in self.weights.items() if 0 < weight < 1]


@dataclass(frozen=True, slots=True)
class CountedFrame:
    """The work that is counted: since a day, in a community, on a platform, in a language; None for all."""

    since: date | None = None
    community_id: str | None = None
    platform: str | None = None
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class PersonScore:
    """A person's points and their place on the board, 0 if they are not on it."""

    person_id: str
    points: int
    place: int


COLUMNS: Mapping[str, Sequence[str]] = {
    "prompts": ("prompts",),
    "replies": ("replies_assistant", "replies_prompter"),
    "labels": ("labels_simple", "labels_full"),
    "rankings": ("rankings",),
    "firsts": ("best_first",),
}
"""The columns of a board beside the points, and the counts that make up each one."""


def today() -> date:
    """The current day in UTC, on which all counting is based."""
    return now().date()


def add(
    session: Session,
    person_id: str,
    community_id: str,
    lang: str,
    counts: Mapping[str, float],
    day: date | None = None,
) -> None:
    """Add to a day's counts, by default today's; a negative number subtracts.

    Raises ValueError for a name that is not a field of `WorkCounts`.
    """
    if strange := set(counts) - COUNTED:
        raise ValueError(f"no such count: {', '.join(sorted(strange))}")
    where = {"person_id": person_id, "day": day or today(), "community_id": community_id, "lang": lang}
    # Always in the same order, so that two transactions that add the same counts wait instead of deadlocking.
    rows = [{**where, "name": name, "value": value} for name, value in sorted(counts.items()) if value]
    if rows:
        session.connection().execute(_add(session.get_bind().dialect.name), rows)


def counts_of(session: Session, person_id: str, since: date | None = None) -> Mapping[str, float]:
    """A person's total counts in all places, since a day or over all time."""
    found = select(TallyRow.name, func.sum(TallyRow.value)).where(*_own(person_id, since)).group_by(col(TallyRow.name))
    return dict(session.exec(found).all())


def points_of(session: Session, formula: PointsFormula, frame: CountedFrame, person_id: str) -> int:
    """A person's points, at least 0."""
    counted = _points(formula, frame, _own(person_id, frame.since))
    return max(session.scalar(select(counted.c.points)) or 0, 0)


def board(
    session: Session, formula: PointsFormula, frame: CountedFrame, limit: int = 20, also: str | None = None
) -> Sequence[PersonScore]:
    """The people with the most points, best first. In a tie, whoever came to us first is ahead.

    The person `also` is included even beyond `limit`. People who have no points, wish not to be shown, or are banned
    are left out.
    """
    # Single days instead of a range, so that the index can go on to narrow by community and language.
    counted = _points(formula, frame, [col(TallyRow.day).in_(_days(session, frame.since))])
    absent = select(LabelerRow.person_id).where(
        LabelerRow.person_id == counted.c.person_id, col(LabelerRow.hidden) | col(LabelerRow.banned)
    )
    at = func.row_number().over(order_by=(counted.c.points.desc(), counted.c.person_id))
    places = (
        select(counted.c.person_id, counted.c.points, at.label("place"))
        .where(counted.c.points > 0, ~absent.exists())
        .subquery()
    )
    shown = places.select().where((places.c.place <= limit) | (places.c.person_id == also)).order_by(places.c.place)
    return [PersonScore(*row) for row in session.execute(shown).all()]


def columns(session: Session, frame: CountedFrame, person_ids: Collection[str]) -> Mapping[str, Mapping[str, int]]:
    """People's work in a frame, by their ids and by `COLUMNS`. People without any are left out."""
    found = (
        select(TallyRow.person_id, TallyRow.name, func.sum(TallyRow.value))
        .where(col(TallyRow.person_id).in_(person_ids), col(TallyRow.day) >= (frame.since or date.min), *_where(frame))
        .group_by(col(TallyRow.person_id), col(TallyRow.name))
    )
    counts: dict[str, dict[str, float]] = {}
    for person_id, name, value in session.exec(found).all():
        counts.setdefault(person_id, {})[name] = value
    return {
        person_id: {column: round(sum(done.get(name, 0) for name in names)) for column, names in COLUMNS.items()}
        for person_id, done in counts.items()
    }


def place(session: Session, formula: PointsFormula, frame: CountedFrame, person_id: str) -> PersonScore:
    """A person's own points and place on the board."""
    found = board(session, formula, frame, 0, person_id)
    return found[0] if found else PersonScore(person_id, points_of(session, formula, frame, person_id), 0)


def names(session: Session, platform: str, person_ids: set[str]) -> Mapping[str, str]:
    """The names of people by their ids: on this platform, or otherwise on one where they have an account."""
    found = (
        select(AccountRow.person_id, AccountRow.name)
        .where(col(AccountRow.person_id).in_(person_ids), AccountRow.name != "")
        .order_by(col(AccountRow.platform) == platform, col(AccountRow.id))
    )
    return dict(session.exec(found).all())


def is_hidden(session: Session, person_id: str) -> bool:
    """Whether a person has asked not to be shown on boards."""
    return bool(session.exec(select(LabelerRow.hidden).where(LabelerRow.person_id == person_id)).first())


def hide(session: Session, person_id: str, hidden: bool) -> None:
    """Take a person off the boards, or put them back."""
    insert_once(session, LabelerRow, person_id=person_id)
    session.get_one(LabelerRow, person_id).hidden = hidden


def worked(session: Session, person_id: str, day: date | None = None) -> int:
    """Record that a person worked on a day, by default today. Returns their days in a row; see `streak`."""
    at = day or today()
    insert_once(session, LabelerRow, person_id=person_id)
    # If two tasks are finished at once, the second one must see what the first has written.
    locked = select(LabelerRow).where(LabelerRow.person_id == person_id).with_for_update()
    labeler = session.exec(locked.execution_options(populate_existing=True)).one()
    if labeler.last_day is None or at > labeler.last_day:
        labeler.streak = labeler.streak + 1 if _goes_on(session, labeler, at) else 1
        labeler.last_day = at
    return labeler.streak


def streak(session: Session, person_id: str, day: date | None = None) -> int:
    """The number of days in a row that a person has worked, if they can still continue it on a day (by default today).

    One day a week is free: a single missed day does not end the streak if all seven days before it (or all days of a
    shorter streak) were worked. A free day itself is not counted.
    """
    labeler = session.get(LabelerRow, person_id)
    return labeler.streak if labeler and _goes_on(session, labeler, day or today()) else 0


def _goes_on(session: Session, labeler: LabelerRow, day: date) -> bool:
    """Whether work on a day continues the streak."""
    if labeler.last_day is None:
        return False
    missed = labeler.last_day + DAY
    return day <= missed or (day == missed + DAY and _is_free(session, labeler, missed))


def _is_free(session: Session, labeler: LabelerRow, missed: date) -> bool:
    """Whether a missed day is free: no other day of the streak was missed in the week before it."""
    reach = min(WEEK, labeler.streak)
    first = datetime.combine(missed - reach * DAY, time(), UTC)
    done = select(TaskRow.done_at).where(
        TaskRow.person_id == labeler.person_id, TaskRow.state == "done", col(TaskRow.done_at) >= first
    )
    days = {at.astimezone(UTC).date() for at in session.exec(done).all() if at}
    return len([day for day in days if day < missed]) == reach


@cache
def _add(dialect: str) -> Any:
    new = insert_into(TallyRow, dialect)
    keys = ("person_id", "day", "community_id", "lang", "name")
    return new.on_conflict_do_update(index_elements=keys, set_={"value": col(TallyRow.value) + new.excluded.value})


def _own(person_id: str, since: date | None) -> list[ColumnElement[bool]]:
    return [col(TallyRow.person_id) == person_id, col(TallyRow.day) >= (since or date.min)]


def _days(session: Session, since: date | None) -> Sequence[date]:
    """The days that may have tallies, from a day on or all of them."""
    first = since or session.scalar(select(func.min(TallyRow.day)))
    last = session.scalar(select(func.max(TallyRow.day)))
    return [first + number * DAY for number in range((last - first).days + 1)] if first and last else []


def _where(frame: CountedFrame) -> list[ColumnElement[bool]]:
    found = []
    if frame.lang:
        found.append(col(TallyRow.lang) == frame.lang)
    if frame.community_id:
        found.append(col(TallyRow.community_id) == frame.community_id)
    if frame.platform:
        there = select(CommunityRow.id).where(CommunityRow.platform == frame.platform)
        found.append(col(TallyRow.community_id).in_(there))
    return found


def _points(formula: PointsFormula, frame: CountedFrame, which: Sequence[ColumnElement[bool]]) -> Any:
    """Everybody's points, rounded down: each day's weighted counts, up to the cap, summed over the days."""
    whole = {name: float(weight) for name, weight in formula.weights.items() if name not in formula.parts}
    daily = (
        select(
            col(TallyRow.person_id),
            func.sum(case(whole, value=col(TallyRow.name), else_=0.0) * TallyRow.value).label("points"),
            *(
                func.sum(case((col(TallyRow.name) == name, TallyRow.value), else_=0.0)).label(name)
                for name in formula.parts
            ),
        )
        .where(*_where(frame), *which)
        .group_by(col(TallyRow.person_id), col(TallyRow.day))
        .subquery()
    )
    cap = formula.daily_cap
    capped = case((daily.c.points > cap, float(cap)), else_=daily.c.points) if cap else daily.c.points
    points = _floor(func.sum(capped))
    for name in formula.parts:
        points += _floor(func.sum(daily.c[name]) * formula.weights[name])
    return select(daily.c.person_id, points.label("points")).group_by(daily.c.person_id).subquery()


def _floor(number: Any) -> Any:
    """Round a number down. A cast rounds on PostgreSQL and truncates on SQLite, and not every SQLite has `floor`."""
    near = cast(number, Integer)
    return near - case((near > number, 1), else_=0)
