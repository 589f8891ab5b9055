"""The labeling queue: hands out items so that two people never take the last slot of the same one.

The table and its statements are specified in docs/reference/labeling.md 6.2. A claim needs only an index, however long
the queue is, and changes the item in the same transaction that hands it out. SQLite has a single writer; on PostgreSQL
a claim skips rows that other transactions have locked.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import Session, col

from core.labeling.rules.task_answer import TaskPlace
from core.labeling.rules.vocabulary import TaskKind, TaskState
from core.store import labeling_statements as statements
from core.store.labeling_statements import PRIORITIES, WISHED
from core.store.labeling_tables import EXPIRED, LATER, LEASED, METADATA, OPEN, TaskRow, WorkItemRow
from core.store.tables import new_id

ITEM, TASK = METADATA.tables["work_item"], METADATA.tables["task"]

# So many choices in a row taken by others mean that the queue is as good as empty.
_MOST_TRIES = 20


@dataclass(frozen=True, slots=True)
class TaskWish:
    """What somebody is willing to take: a kind of task in a pool and a language, limited to `topic` unless empty."""

    kind: TaskKind
    pool: str
    lang: str
    topic: str = ""


@dataclass(frozen=True, slots=True)
class TaskTaker:
    """Who takes or answers a task, in which community, how, and when: ids of the person and the community."""

    person_id: str
    community_id: str
    platform: str
    at: datetime
    source: str = ""
    place: TaskPlace = TaskPlace()


@dataclass(frozen=True, slots=True)
class TaskOffer:
    """A task to be handed out: what meets a wish, and until when it is kept for the person.

    `shown` are the ids of the answers in the order they see them. Without an item, the task is one that needs no slot.
    """

    wish: TaskWish
    until: datetime
    item_id: str | None = None
    shown: Sequence[str] = ()


def claim(
    session: Session,
    wishes: Sequence[TaskWish],
    person_id: str,
    chance: Random,
    priorities: Sequence[int] = PRIORITIES,
    start: float | None = None,
) -> tuple[TaskWish, str] | None:
    """Take a free slot of an item that the person has had nothing to do with, for the first wish that can be met.

    Returns the wish and the item's id, to be handed out in the same transaction, or None if no wish can be met. A
    random starting point spreads people over the queue, unless they `start` at one point. The wishes must all be for
    the same topic, or all for none.
    """
    if not wishes:
        return None
    one_at_a_time(session, person_id)
    many, topic = len(wishes), bool(wishes[0].topic)
    start = chance.random() if start is None else start
    order = {"_first": priorities[0], "_second": priorities[-1], "_start": start, "_person": person_id}
    values, connection = {**wished(wishes), **order}, session.connection()
    if connection.dialect.name == "postgresql":
        # Passes over the items that others are claiming right now, so that a crowd does not queue for one item.
        found = connection.execute(statements.claim(many, topic), values).first()
        if found:
            return wishes[found[0]], found[1]
    # SQLite has a single writer, so its first choice is still free when it is taken. PostgreSQL comes here when others
    # are claiming all that is left: it waits for them, and looks again if they took the last slot of its choice.
    for _ in range(_MOST_TRIES):
        found = connection.execute(statements.choice(many, topic), values).first()
        if not found or take(session, found[1]):
            return (wishes[found[0]], found[1]) if found else None
    return None


def one_at_a_time(session: Session, person_id: str) -> None:
    """Block other claims for a person until this transaction ends; otherwise they might be given one item twice.

    SQLite needs no lock, since it has a single writer.
    """
    if session.get_bind().dialect.name == "postgresql" and session.info.get(one_at_a_time) != person_id:
        session.connection().execute(statements.alone(), {"_person": person_id})
        session.info |= {one_at_a_time: person_id, planned_once: True}


def hand_out(session: Session, taker: TaskTaker, offer: TaskOffer) -> TaskRow:
    """Record that somebody holds a task until a given time."""
    task = TaskRow(
        id=new_id(),
        person_id=taker.person_id,
        item_id=offer.item_id,
        community_id=taker.community_id,
        kind=offer.wish.kind,
        pool=offer.wish.pool,
        lang=offer.wish.lang,
        topic=offer.wish.topic,
        platform=taker.platform,
        source=taker.source,
        shown=list(offer.shown),
        place=taker.place,
        given_at=taker.at,
        expires_at=offer.until,
    )
    session.add(task)
    session.flush()
    return task


def run_out(
    session: Session, person_id: str, wishes: Sequence[TaskWish], since: datetime
) -> Sequence[tuple[TaskWish, TaskRow]]:
    """The tasks that a person was given since a time and let run out, if their items still have a free slot.

    Each comes with the wish that it meets, oldest first.
    """
    met = {(wish.pool, wish.kind, wish.lang): wish for wish in wishes}
    found = (
        select(TaskRow, col(WorkItemRow.topic))
        .join(WorkItemRow, col(WorkItemRow.id) == col(TaskRow.item_id))
        .where(col(TaskRow.person_id) == person_id, col(TaskRow.given_at) >= since, EXPIRED, col(WorkItemRow.open))
        .order_by(col(TaskRow.given_at))
    )
    wished = ((met.get((task.pool, task.kind, task.lang)), task, topic) for task, topic in session.execute(found))
    return [(wish, task) for wish, task, topic in wished if wish and wish.topic in ("", topic)]


def give_again(
    session: Session, taker: TaskTaker, wishes: Sequence[TaskWish], since: datetime, until: datetime
) -> TaskRow | None:
    """Give somebody a task again that they let run out, with the draft that they left; None if there is none."""
    for _, task in run_out(session, taker.person_id, wishes, since):
        # They may be answering it this very moment, on a card that is still there.
        session.refresh(task, with_for_update=True)
        if task.state == "expired" and task.item_id and take(session, task.item_id):
            task.state, task.given_at, task.expires_at, task.warned = "leased", taker.at, until, False
            task.community_id, task.platform, task.source = taker.community_id, taker.platform, taker.source
            task.place = taker.place
            session.flush()
            return task
    return None


def leased(session: Session, person_id: str) -> Sequence[TaskRow]:
    """The tasks that a person holds now, newest first."""
    found = session.scalars(select(TaskRow).where(col(TaskRow.person_id) == person_id, LEASED)).all()
    # Sorted here: with ORDER BY, SQLite would go through every task that the person ever had.
    return sorted(found, key=lambda task: task.given_at, reverse=True)


def given_since(session: Session, person_id: str, since: datetime, kind: TaskKind) -> int:
    """The number of tasks of a kind that a person was given since a time."""
    values = {"_person": person_id, "_since": since, "_kind": kind}
    given: int = session.connection().execute(statements.given_of_kind(), values).scalar_one()
    return given


def pace(session: Session, person_id: str, since: datetime, recent: datetime) -> tuple[int, int]:
    """How many tasks a person was given since `since`, and how many of those given after `recent` they still hold."""
    found = session.connection().execute(statements.pace(), {"_person": person_id, "_since": since, "_recent": recent})
    given, held = found.one()
    return given, held


def keep_away(session: Session, authors: Mapping[str, Set[str]]) -> None:
    """Make sure that people are never given items, by their ids, because they wrote what these are about."""
    ids = [item_id for item_id, people in authors.items() if people]
    found = select(col(TaskRow.item_id), col(TaskRow.person_id)).where(col(TaskRow.item_id).in_(ids))
    known = {(item_id, person_id) for item_id, person_id in session.execute(found)}
    for item_id in ids:
        new = [person_id for person_id in sorted(authors[item_id]) if (item_id, person_id) not in known]
        for person_id in new:
            item = session.get_one(WorkItemRow, item_id)
            session.add(TaskRow(person_id=person_id, item_id=item_id, kind=item.kind, lang=item.lang, state="author"))
    session.flush()


def counted(session: Session, item_ids: Sequence[str]) -> Mapping[str, Mapping[TaskState, int]]:
    """The number of tasks in each state, by item."""
    found = (
        select(col(TaskRow.item_id), col(TaskRow.state), func.count())
        .where(col(TaskRow.item_id).in_(item_ids))
        .group_by(col(TaskRow.item_id), col(TaskRow.state))
    )
    numbers: dict[str, dict[TaskState, int]] = {}
    for item_id, state, number in session.execute(found):
        numbers.setdefault(item_id, {})[state] = number
    return numbers


def expired(session: Session, now: datetime, limit: int = 500) -> Sequence[TaskRow]:
    """Expire leased tasks whose time is over, and return them. They lose their slot; an answer is still accepted."""
    found = select(TaskRow).where(LEASED, col(TaskRow.expires_at) < now)
    tasks = session.scalars(found.order_by(col(TaskRow.expires_at)).limit(limit)).all()
    for task in tasks:
        task.state = "expired"
    session.flush()
    return tasks


def come_back(session: Session, now: datetime, late: datetime) -> int:
    """Let tasks that were put off until now, or that expired before `late`, be given to the same person again.

    Returns how many there were.
    """
    put_off = TASK.delete().where(LATER, TASK.c.expires_at < now)
    run_out = TASK.delete().where(EXPIRED, TASK.c.expires_at < late)
    return sum(session.connection().execute(statement).rowcount for statement in (put_off, run_out))


def waiting(session: Session, wishes: Sequence[TaskWish]) -> Sequence[int]:
    """The number of open items for each wish, counted up to `LONGEST_LOOK`."""
    return [there for (there,) in _counted(session, wishes)]


def free(session: Session, wishes: Sequence[TaskWish], person_id: str) -> Sequence[tuple[int, int]]:
    """For each wish, how many items are open and how many of them a person may take; both up to LONGEST_LOOK."""
    return [(there, theirs) for there, theirs in _counted(session, wishes, person_id)]


def first_open(session: Session, wish: TaskWish) -> str | None:
    """The id of the first open item in the queue that matches a wish, or None."""
    here = [ITEM.c[name] == getattr(wish, name) for name in WISHED]
    topic = [ITEM.c.topic == wish.topic] if wish.topic else []
    found = select(ITEM.c.id).where(OPEN, *here, *topic).order_by(ITEM.c.prio, ITEM.c.rnd).limit(1)
    return session.execute(found).scalar()


def take(session: Session, item_id: str) -> bool:
    """Take a slot of an item. Returns False if there is none left."""
    return session.connection().execute(statements.take(), {"_id": item_id}).rowcount == 1


def _counted(session: Session, wishes: Sequence[TaskWish], person_id: str = "") -> Sequence[Sequence[int]]:
    """For each wish, the number of open items and, if a person is given, the number that they may take."""
    if not wishes:
        return []
    statement = statements.counts(len(wishes), bool(wishes[0].topic), personal=bool(person_id))
    values = {**wished(wishes), **({"_person": person_id} if person_id else {})}
    found = {number: counts for number, *counts in planned_once(session).execute(statement, values)}
    return [found[number] for number in range(len(wishes))]


def planned_once(session: Session) -> Connection:
    """The connection, set up for statements whose plan does not depend on their values.

    Otherwise PostgreSQL would plan them anew for each set of values, which takes several times as long as running them.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql" and not session.info.get(planned_once):
        connection.execute(statements.planned_once())
        session.info[planned_once] = True
    return connection


def wished(wishes: Sequence[TaskWish]) -> dict[str, Any]:
    """The values of the wishes for the statements' bind parameters."""
    values = {f"_{name}{number}": getattr(wish, name) for number, wish in enumerate(wishes) for name in WISHED}
    return {**values, **({"_topic": wishes[0].topic} if wishes[0].topic else {})}
