"""The queue of labeling: who gets what, so that two people never take the last slot of one item.

The table and its statements are spec/labeling.md 6.2. A claim goes by an index alone, however much there is, and
changes an item in the transaction that hands it out. SQLite has one writer; PostgreSQL skips what others have locked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from random import Random
from typing import Any

from sqlalchemy import Connection, Select, String, bindparam, func, literal_column, select, union_all, update
from sqlmodel import Session, col

from core.store.labeling_tables import EXPIRED, LATER, LEASED, METADATA, OPEN, Task, WorkItem
from core.store.tables import new_id

ITEM, TASK = METADATA.tables["work_item"], METADATA.tables["task"]

LONGEST_LOOK, LONGEST_LOOK_FOR_TOPIC = 100, 1000
"""Items that are looked at for one wish, of each priority: who has done nearly everything shall not make the queue be
read whole, nor who wants a topic that there is not."""

PRIORITIES = (0, 1)
"""What is nearly finished goes first."""

GOLD = "gold"
"""The pool of gold items, which nobody claims from: they have no slots, and are always open."""

WISHED = ("pool", "kind", "lang")
"""What an item must have in common with a wish. The topic is looked up in the items themselves, of which only so many
are looked at."""


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
    session: Session, wishes: Sequence[Wish], person_id: str, chance: Random, priorities: Sequence[int] = PRIORITIES
) -> tuple[Wish, str] | None:
    """Take a free slot of an item that the person has had nothing to do with: the first wish that can be fulfilled.

    Returns the wish and the item's id, to be handed out in the same transaction; None where no wish can be fulfilled. A
    random start spreads people over the queue. All wishes are for the same topic, or none.
    """
    if not wishes:
        return None
    one_at_a_time(session, person_id)
    many, topic = len(wishes), bool(wishes[0].topic)
    order = {"_first": priorities[0], "_second": priorities[-1], "_start": chance.random(), "_person": person_id}
    values, connection = {**_wished(wishes), **order}, session.connection()
    if connection.dialect.name == "postgresql":
        found = connection.execute(_taken(many, topic), values).first()
    else:
        # SQLite has one writer: nobody takes it meanwhile.
        found = connection.execute(_choice(many, topic, False), values).first()
        found = found if found and take(session, found[1]) else None
    return (wishes[found[0]], found[1]) if found else None


def one_at_a_time(session: Session, person_id: str) -> None:
    """Let nothing else be claimed for a person until this transaction ends: else they may be given one item twice.

    SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql" and session.info.get(one_at_a_time) != person_id:
        session.connection().execute(_ALONE, {"_person": person_id})
        session.info |= {one_at_a_time: person_id, _planned_once: True}


def hand_out(
    session: Session,
    wish: Wish,
    taker: Taker,
    now: datetime,
    until: datetime,
    item_id: str | None = None,
    shown: Sequence[str] = (),
) -> Task:
    """Write down that somebody has a task until a time, and the ids of the answers as they see them.

    Without an item it is a task that needs no slot.
    """
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
        shown=list(shown),
        place=dict(taker.place or {}),
        given_at=now,
        expires_at=until,
    )
    session.add(task)
    session.flush()
    return task


def leased(session: Session, person_id: str) -> Sequence[Task]:
    """The tasks that a person has now, the newest first."""
    found = session.scalars(select(Task).where(col(Task.person_id) == person_id, LEASED)).all()
    # Sorted here: for the order, SQLite would go through all tasks that the person ever had.
    return sorted(found, key=lambda task: task.given_at, reverse=True)


def given_since(session: Session, person_id: str, since: datetime, kind: str) -> int:
    """How many tasks of a kind a person was given since a time."""
    values = {"_person": person_id, "_since": since, "_kind": kind}
    return session.connection().execute(_OF_KIND, values).scalar_one()


def pace(session: Session, person_id: str, since: datetime, recent: datetime) -> tuple[int, int]:
    """How many tasks a person was given since a time, and how many they still have of those since another."""
    found = session.connection().execute(_PACE, {"_person": person_id, "_since": since, "_recent": recent})
    given, held = found.one()
    return given, held


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
    found = select(Task).where(LEASED, col(Task.expires_at) < now)
    tasks = session.scalars(found.order_by(col(Task.expires_at)).limit(limit)).all()
    for task in tasks:
        task.state = "expired"
    session.flush()
    return tasks


def come_back(session: Session, now: datetime, late: datetime) -> int:
    """Tasks that were put off until now, or that ran out before `late`, may be given to the same person again."""
    put_off = TASK.delete().where(LATER, TASK.c.expires_at < now)
    run_out = TASK.delete().where(EXPIRED, TASK.c.expires_at < late)
    return sum(session.connection().execute(statement).rowcount for statement in (put_off, run_out))


def waiting(session: Session, wishes: Sequence[Wish]) -> Sequence[int]:
    """How many items are open for each wish, up to LONGEST_LOOK."""
    return [there for (there,) in _counted(session, wishes)]


def free(session: Session, wishes: Sequence[Wish], person_id: str) -> Sequence[tuple[int, int]]:
    """How many items are open for each wish, and how many of those a person may take; both up to LONGEST_LOOK."""
    return [(there, theirs) for there, theirs in _counted(session, wishes, person_id)]


def first_open(session: Session, wish: Wish) -> str | None:
    """An open item of a kind, the first of the queue."""
    here = [ITEM.c[name] == getattr(wish, name) for name in WISHED]
    topic = [ITEM.c.topic == wish.topic] if wish.topic else []
    found = select(ITEM.c.id).where(OPEN, *here, *topic).order_by(ITEM.c.prio, ITEM.c.rnd).limit(1)
    return session.execute(found).scalar()


def gold(session: Session, person_id: str, kind: str, lang: str) -> tuple[int, str | None]:
    """How many items of which the right labels are known a person has had, and the first that they have not."""
    return gold_in(session, person_id, kind, [lang])[lang]


def gold_in(session: Session, person_id: str, kind: str, langs: Sequence[str]) -> Mapping[str, tuple[int, str | None]]:
    """The same, by language."""
    wishes = [Wish(kind, GOLD, lang) for lang in langs]
    found = _planned_once(session).execute(_known(len(wishes)), {**_wished(wishes), "_person": person_id})
    return {langs[number]: (seen, first) for number, seen, first in found}


def take(session: Session, item_id: str) -> bool:
    """Take a slot of an item. False where there is none left."""
    return session.connection().execute(_TAKE_ONE, {"_id": item_id}).rowcount == 1


def _counted(session: Session, wishes: Sequence[Wish], person_id: str = "") -> Sequence[Sequence[int]]:
    """For each wish what is open, and of that what a person may take where there is one."""
    if not wishes:
        return []
    statement = _counts(len(wishes), bool(wishes[0].topic), bool(person_id))
    values = {**_wished(wishes), **({"_person": person_id} if person_id else {})}
    found = {number: counts for number, *counts in _planned_once(session).execute(statement, values)}
    return [found[number] for number in range(len(wishes))]


def _planned_once(session: Session) -> Connection:
    """The connection, for statements that go the same way whatever their values are.

    PostgreSQL would plan them each time for their values, which takes several times as long as to run them.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql" and not session.info.get(_planned_once):
        connection.execute(select(_PLANNED_ONCE))
        session.info[_planned_once] = True
    return connection


def _wished(wishes: Sequence[Wish]) -> dict[str, Any]:
    """What the statements leave open of the wishes."""
    values = {f"_{name}{number}": getattr(wish, name) for number, wish in enumerate(wishes) for name in WISHED}
    return {**values, **({"_topic": wishes[0].topic} if wishes[0].topic else {})}


# The statements are built once, since that takes longer than to run them. They name the conditions of partial indexes
# in the words that these were made with: "open = 1", as SQLAlchemy writes a column that is true to SQLite, is another
# one to it, and it would go through the whole table.


def _here(number: int) -> list[Any]:
    return [OPEN, *(ITEM.c[name] == bindparam(f"_{name}{number}") for name in WISHED)]


def _had(item_id: Any) -> Any:
    """How often a person has had to do with an item.

    It counts: as NOT EXISTS, PostgreSQL may choose to read the whole table of tasks (spec/labeling.md 6.3).
    """
    mine = select(func.count()).where(TASK.c.person_id == bindparam("_person"), TASK.c.item_id == item_id)
    return mine.correlate(item_id.table).scalar_subquery()


def _near(number: int, topic: bool) -> Any:
    """The items that are looked at for a wish: of both priorities, those from a point on and then those before it.

    Nothing sorts the four parts, for that would take reading them all. Both databases read them from first to last and
    stop at the first item that fits; a transaction that locks rows is never split between PostgreSQL's workers.
    """
    columns = [_number(number).label("wish"), ITEM.c.id, *([ITEM.c.topic] if topic else [])]
    most = _most(topic)

    def of(priority: str) -> Any:
        here = (
            select(*columns).where(*_here(number), ITEM.c.prio == bindparam(priority)).order_by(ITEM.c.rnd).limit(most)
        )
        parts = (here.where(part) for part in (ITEM.c.rnd >= bindparam("_start"), ITEM.c.rnd < bindparam("_start")))
        return select(union_all(*(select(part.subquery()) for part in parts)).subquery()).limit(most).subquery()

    both = union_all(*(select(of(priority)) for priority in ("_first", "_second"))).subquery()
    # The limit changes nothing but that PostgreSQL reads them in this order, whatever is joined with them.
    return select(both).limit(_most(topic, 2)).subquery()


@cache
def _choice(wishes: int, topic: bool, locks: bool) -> Select[int, str]:
    """The first item near that the person has had nothing to do with, and the number of its wish."""
    near = union_all(*(select(_near(number, topic)) for number in range(wishes))).subquery("near")
    found = select(near.c.wish, near.c.id).where(_had(near.c.id) == _number(0)).limit(_number(1))
    if topic:
        found = found.where(near.c.topic == bindparam("_topic"))
    if not locks:
        return found
    locked = found.select_from(near.join(ITEM, ITEM.c.id == near.c.id)).where(OPEN)
    return locked.with_for_update(skip_locked=True, of=ITEM)


@cache
def _taken(wishes: int, topic: bool) -> Any:
    """The same with a slot of it taken, in one statement, for databases in which others take theirs meanwhile."""
    chosen = _choice(wishes, topic, True).cte("chosen")
    return _TAKE.where(ITEM.c.id == chosen.c.id).returning(chosen.c.wish, ITEM.c.id)


@cache
def _counts(wishes: int, topic: bool, personal: bool) -> Any:
    """By the number of each wish, how many items are there, and how many of them a person may take."""
    asked = union_all(
        *(
            select(
                _number(number).label("number"),
                *(bindparam(f"_{name}{number}", type_=String).label(name) for name in WISHED),
            )
            for number in range(wishes)
        )
    ).cte("asked")
    here: list[Any] = [OPEN, *(ITEM.c[name] == asked.c[name] for name in WISHED)]
    most = _most(topic)

    def first(*more: Any) -> Any:
        return _first_of_all(select(ITEM.c.id, ITEM.c.topic).where(*here, *more), most).correlate(asked)

    def counted(near: Any, *more: Any) -> Any:
        found = select(near.c.id).where(*more, *([near.c.topic == bindparam("_topic")] if topic else []))
        return select(func.count()).select_from(found.limit(most).subquery())

    near = first().subquery("near")
    # Of each priority: somebody may have had all that is nearly finished, and there may be much of it.
    parts = (select(first(ITEM.c.prio == _number(priority)).subquery()) for priority in PRIORITIES)
    near_theirs = union_all(*parts).subquery("near_theirs")
    theirs = counted(near_theirs, _had(near_theirs.c.id) == _number(0))
    counts = [counted(near), theirs] if personal else [counted(near)]
    return select(asked.c.number, *(count.correlate(asked).scalar_subquery() for count in counts))


def _first_of_all(found: Any, most: Any) -> Any:
    """So many of what is open, in the order of the index: else PostgreSQL may think them quicker found in the table."""
    return found.order_by(ITEM.c.prio, ITEM.c.rnd).limit(most)


def _most(topic: bool, times: int = 1) -> Any:
    return _number((LONGEST_LOOK_FOR_TOPIC if topic else LONGEST_LOOK) * times)


def _number(value: int) -> Any:
    """A number that is part of the statement: PostgreSQL plans with it, also where it plans once for all values."""
    return literal_column(str(value))


@cache
def _known(langs: int) -> Any:
    """By the number of each language, how many gold items a person has had, and the first that they have not."""

    def one(number: int) -> Any:
        near = _first_of_all(select(ITEM.c.id).where(*_here(number)), _most(topic=True)).subquery("near")
        had = _had(near.c.id)
        counts = func.count().filter(had > _number(0)), func.min(near.c.id).filter(had == _number(0))
        return select(_number(number), *counts).select_from(near)

    return union_all(*(one(number) for number in range(langs)))


_PLANNED_ONCE = func.set_config("plan_cache_mode", "force_generic_plan", literal_column("true"))
_ALONE = select(_PLANNED_ONCE, func.pg_advisory_xact_lock(func.hashtextextended(bindparam("_person"), _number(0))))
_GIVEN = select(func.count()).where(
    TASK.c.person_id == bindparam("_person"), TASK.c.state != "author", TASK.c.given_at >= bindparam("_since")
)
_HELD = select(func.count()).where(
    TASK.c.person_id == bindparam("_person"), LEASED, TASK.c.given_at > bindparam("_recent")
)
_PACE = select(_GIVEN.scalar_subquery(), _HELD.scalar_subquery())
_OF_KIND = _GIVEN.where(TASK.c.kind == bindparam("_kind"))
_ONE_MORE = ITEM.c.taken + _number(1)
_TAKE = update(ITEM).where(ITEM.c.taken < ITEM.c.need).values(taken=_ONE_MORE, open=ITEM.c.need > _ONE_MORE)
_TAKE_ONE = _TAKE.where(ITEM.c.id == bindparam("_id"))
