"""The queue of labeling: who gets what, so that two people never take the last slot of one item.

The table and its statements are spec/labeling.md 6.2. A claim goes by an index alone, however much there is, and
changes an item in the transaction that hands it out. SQLite has one writer; PostgreSQL skips what others have locked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update
from sqlmodel import Session, col

from core.store.tables import new_id
from core.store.task_tables import METADATA, Task, WorkItem

ITEM, TASK = METADATA.tables["work_item"], METADATA.tables["task"]

LONGEST_LOOK = 200
"""Items that are looked at for one claim: who has done nearly everything shall not make the queue be read whole."""

PRIORITIES = (0, 1)
"""What is nearly finished goes first."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody would take: a kind in a pool and a language, of a topic where that is not empty."""

    kind: str
    pool: str
    lang: str
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes a task, and where: ids of the person and the community, and the platform."""

    person_id: str
    community_id: str
    platform: str
    source: str = ""
    place: Mapping[str, Any] | None = None


def claim(
    session: Session,
    wish: Wish,
    taker: Taker,
    now: datetime,
    until: datetime,
    chance: Random,
    priorities: Sequence[int] = PRIORITIES,
) -> Task | None:
    """Take a free slot of an item that the person has had nothing to do with; None where there is none.

    It is theirs until `until`. A random start spreads people over the queue.
    """
    start = chance.random()
    for priority in priorities:
        for beyond in (True, False):
            item_id = _found(session, wish, taker.person_id, priority, start, beyond)
            if item_id and take(session, item_id):
                return hand_out(session, wish, taker, now, until, item_id)
    return None


def hand_out(
    session: Session, wish: Wish, taker: Taker, now: datetime, until: datetime, item_id: str | None = None
) -> Task:
    """Write down that somebody has a task; without an item it is one that needs no slot."""
    task = Task(
        id=new_id(),
        person_id=taker.person_id,
        item_id=item_id,
        community_id=taker.community_id,
        kind=wish.kind,
        pool=wish.pool,
        lang=wish.lang,
        topic=wish.topic,
        platform=taker.platform,
        source=taker.source,
        place=dict(taker.place or {}),
        given_at=now,
        expires_at=until,
    )
    session.add(task)
    session.flush()
    return task


def leased(session: Session, person_id: str) -> Sequence[Task]:
    """The tasks that a person has now, the newest first."""
    found = select(Task).where(col(Task.person_id) == person_id, col(Task.state) == "leased")
    return session.scalars(found.order_by(col(Task.given_at).desc())).all()


def given_since(session: Session, person_id: str, since: datetime, kind: str = "") -> int:
    """How many tasks a person was given since a time, of a kind or of all."""
    found = select(func.count()).where(
        col(Task.person_id) == person_id, col(Task.state) != "author", col(Task.given_at) >= since
    )
    return session.scalars(found.where(col(Task.kind) == kind) if kind else found).one()


def keep_away(session: Session, item_id: str, people: Iterable[str]) -> None:
    """See to it that some people are never given an item: they wrote what it is about."""
    known = set(session.scalars(select(col(Task.person_id)).where(col(Task.item_id) == item_id)))
    item = session.get_one(WorkItem, item_id)
    for person_id in sorted(set(people) - known):
        row = Task(person_id=person_id, item_id=item_id, kind=item.kind, lang=item.lang, state="author")
        session.add(row)
    session.flush()


def counted(session: Session, item_ids: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
    """How many tasks of each state there are, by item."""
    found = (
        select(col(Task.item_id), col(Task.state), func.count())
        .where(col(Task.item_id).in_(item_ids))
        .group_by(col(Task.item_id), col(Task.state))
    )
    numbers: dict[str, dict[str, int]] = {}
    for item_id, state, number in session.execute(found):
        numbers.setdefault(item_id, {})[state] = number
    return numbers


def expired(session: Session, now: datetime, limit: int = 500) -> Sequence[Task]:
    """Leased tasks whose time is over, which lose their slot; an answer to them is still taken."""
    found = select(Task).where(col(Task.state) == "leased", col(Task.expires_at) < now)
    tasks = session.scalars(found.order_by(col(Task.expires_at)).limit(limit)).all()
    for task in tasks:
        task.state = "expired"
    session.flush()
    return tasks


def come_back(session: Session, now: datetime, late: datetime) -> int:
    """Tasks that were put off until now, or that ran out before `late`, may be given to the same person again."""
    put_off = (col(Task.state) == "later") & (col(Task.expires_at) < now)
    run_out = (col(Task.state) == "expired") & (col(Task.expires_at) < late)
    done = session.connection().execute(TASK.delete().where(put_off | run_out))
    return done.rowcount


def free(session: Session, wish: Wish, person_id: str, most: int = 100) -> tuple[int, int]:
    """How many items of a kind are open, and how many of those a person may take; both up to `most`."""
    near = _near(wish).limit(most).subquery("near")
    had = _had(person_id, near.c.id)
    counts = select(func.count(), func.count().filter(had == 0)).select_from(near)
    there, theirs = session.execute(counts).one()
    return there, theirs


def first_open(session: Session, wish: Wish) -> str | None:
    """An open item of a kind, the first of the queue."""
    found = session.execute(_near(wish).order_by(ITEM.c.prio, ITEM.c.rnd).limit(1)).scalar()
    return str(found) if found else None


def gold(session: Session, person_id: str, kind: str, lang: str) -> tuple[int, str | None]:
    """How many items of which the right labels are known a person has had, and the first that they have not."""
    near = _near(Wish(kind, GOLD, lang)).subquery("near")
    had = _had(person_id, near.c.id)
    seen, first = session.execute(
        select(func.count().filter(had > 0), func.min(near.c.id).filter(had == 0)).select_from(near)
    ).one()
    return seen, first


def _near(wish: Wish) -> Any:
    here = [ITEM.c[name] == getattr(wish, name) for name in ("pool", "kind", "lang")]
    return select(ITEM.c.id).where(ITEM.c.open, *here, *([ITEM.c.topic == wish.topic] if wish.topic else []))


def _had(person_id: str, item_id: Any) -> Any:
    return select(func.count()).where(TASK.c.person_id == person_id, TASK.c.item_id == item_id).scalar_subquery()


GOLD = "gold"
"""The pool of gold items, which nobody claims from: they have no slots, and are always open."""


def _candidates(beyond: bool) -> Select[tuple[str]]:
    """The first free items from a point of the queue on, or before it, that the person has no row about.

    The anti-join counts: as NOT EXISTS, PostgreSQL may choose to read the whole table of tasks (spec/labeling.md 6.3).
    """
    here = [ITEM.c[name] == bindparam(f"_{name}") for name in ("pool", "kind", "lang", "prio")]
    start = ITEM.c.rnd >= bindparam("_start") if beyond else ITEM.c.rnd < bindparam("_start")
    near = (
        select(ITEM.c.id, ITEM.c.rnd).where(ITEM.c.open, *here, start).order_by(ITEM.c.rnd).limit(LONGEST_LOOK)
    ).subquery("near")
    had = (
        select(func.count())
        .where(TASK.c.person_id == bindparam("_person"), TASK.c.item_id == near.c.id)
        .correlate(near)
        .scalar_subquery()
    )
    return (
        select(ITEM.c.id)
        .select_from(near.join(ITEM, ITEM.c.id == near.c.id))
        .where(had == 0, ITEM.c.open)
        .order_by(near.c.rnd)
        .limit(1)
    )


def _of_topic(statement: Select[tuple[str]]) -> Select[tuple[str]]:
    return statement.where(ITEM.c.topic == bindparam("_topic"))


_NEAR = {
    (beyond, topic, locks): (statement.with_for_update(skip_locked=True, of=ITEM) if locks else statement)
    for beyond in (True, False)
    for topic in (True, False)
    for locks in (True, False)
    for statement in [_of_topic(_candidates(beyond)) if topic else _candidates(beyond)]
}
_TAKE = (
    update(ITEM)
    .where(ITEM.c.id == bindparam("_id"), ITEM.c.taken < ITEM.c.need)
    .values(taken=ITEM.c.taken + 1, open=ITEM.c.taken + 1 < ITEM.c.need)
)


def _found(session: Session, wish: Wish, person_id: str, priority: int, start: float, beyond: bool) -> str | None:
    locks = session.get_bind().dialect.name == "postgresql"
    statement = _NEAR[beyond, bool(wish.topic), locks]
    values: dict[str, Any] = {
        "_pool": wish.pool,
        "_kind": wish.kind,
        "_lang": wish.lang,
        "_prio": priority,
        "_start": start,
        "_person": person_id,
    }
    if wish.topic:
        values["_topic"] = wish.topic
    found: Any = session.connection().scalar(statement, values)
    return str(found) if found else None


def take(session: Session, item_id: str) -> bool:
    """Take a slot of an item. False where there is none left."""
    return session.connection().execute(_TAKE, {"_id": item_id}).rowcount == 1
