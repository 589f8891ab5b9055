"""The statements of the labeling queue as SQL, each with the index that it goes by; measured in
docs/reference/labeling.md 6.3.

They are built once for each number of wishes, since building them takes longer than running them. They repeat the
conditions of the partial indexes word for word: SQLAlchemy would write a true column as "open = 1" for SQLite, which
takes that for a different condition and would scan the whole table. Limits are written into the statements, so that
PostgreSQL plans with them even when it plans once for all values.

Parameters: `_person`, `_topic`, and `_pool0`, `_kind0`, `_lang0`, `_pool1` and so on for the wishes by their numbers.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from sqlalchemy import Integer, String, TextClause, bindparam, func, select, text

from core.store.labeling_tables import LEASED, METADATA
from core.store.tables import UtcDateTime

TASK = METADATA.tables["task"]

LONGEST_LOOK, LONGEST_LOOK_FOR_TOPIC = 100, 1000
"""The most items examined per priority for one wish, without and with a topic.

The cap keeps one person who has done almost everything, or who asks for a topic that does not exist, from forcing a
full scan of the queue.
"""

PRIORITIES = (0, 1)
"""The priorities in the order in which they are served: 0, for items that are nearly finished, comes first."""

WISHED = ("pool", "kind", "lang")
"""The columns in which an item must match a wish.

The topic is not among them: it is compared on the items themselves, and only a limited number of them is examined.
"""

HAD = "(SELECT count(*) FROM task WHERE task.person_id = :_person AND task.item_id = near.id)"
"""The number of tasks that a person has had for an item: the unique index of task on person_id and item_id.

It is a count because with NOT EXISTS PostgreSQL may choose to read the whole table of tasks
(docs/reference/labeling.md 6.3).
"""

PLANNED_ONCE = "set_config('plan_cache_mode', 'force_generic_plan', true)"


@cache
def choice(wishes: int, topic: bool, *, locks: bool = False) -> TextClause:
    """Choose the first examined item that the person has had nothing to do with. Returns the number of its wish too.

    Examined are, for each wish and each of two priorities, the items from a random point on and then those before it.
    Nothing sorts these parts, because sorting would mean reading them all: index work_open has them in order, each
    database stops at the first item that fits, and the index alone tells whether it does. PostgreSQL never splits a
    transaction that locks rows between its workers, so the order holds.

    Parameters beside those above: `_first` and `_second`, the priorities; `_start`, the random point.
    """
    return text(_choice(wishes, topic, locks=locks))


@cache
def claim(wishes: int, topic: bool) -> TextClause:
    """Choose an item as `choice` does and take a slot of it at once, for databases with several writers.

    Rows that others have locked are skipped, so nobody waits. The chosen row is found by its primary key.
    """
    return text(f"""WITH chosen AS (
{_choice(wishes, topic, locks=True)}
)
UPDATE work_item SET taken = work_item.taken + 1, open = work_item.need > work_item.taken + 1
FROM chosen
WHERE work_item.taken < work_item.need AND work_item.id = chosen.id
RETURNING chosen.wish, work_item.id""")


@cache
def take() -> TextClause:
    """Take a slot of the item `_id`, found by its primary key; no row is changed if there is none left."""
    return text("UPDATE work_item SET taken = taken + 1, open = need > taken + 1 WHERE taken < need AND id = :_id")


@cache
def counts(wishes: int, topic: bool, *, personal: bool) -> TextClause:
    """Count, by the number of each wish, the open items and, if `personal`, those that the person may take.

    Each count reads the start of the wish's part of index work_open and no table. For what a person may take, each
    priority has a limit of its own: they may have had everything that is nearly finished, and there may be much of it.
    """

    def wish(number: int) -> str:
        values = ", ".join(f"CAST(:_{name}{number} AS VARCHAR) AS {name}" for name in WISHED)
        return f"SELECT {number} AS number, {values}"

    most = _most(topic)

    def first(more: str = "") -> str:
        return f"""SELECT id, topic FROM work_item
            WHERE open AND pool = asked.pool AND kind = asked.kind AND lang = asked.lang{more}
            ORDER BY prio, rnd LIMIT {most}"""

    there = f"""(SELECT count(*) FROM (
        SELECT near.id FROM ({first()}) AS near
        {"WHERE near.topic = :_topic " if topic else ""}LIMIT {most}
    ) AS there)"""
    by_priority = _union(PRIORITIES, lambda one: f"SELECT * FROM ({first(f' AND prio = {one}')}) AS of_priority{one}")
    theirs = f"""(SELECT count(*) FROM (
        SELECT near.id FROM ({by_priority}) AS near
        WHERE {HAD} = 0{" AND near.topic = :_topic" if topic else ""} LIMIT {most}
    ) AS theirs)"""
    return text(f"""WITH asked AS (
{_union(range(wishes), wish)}
)
SELECT asked.number, {there}{f", {theirs}" if personal else ""}
FROM asked""")


@cache
def known_gold(wishes: int) -> Any:
    """List the gold items for each wish, by its number: how often a person has had each, and when they last did or
    skipped it.

    It reads the start of the pool of gold items in index work_open and no table; the tasks are looked up as in `HAD`.
    """

    def one(number: int) -> str:
        return f"""SELECT {number} AS number, near.id, {HAD} AS had, (
    SELECT max(coalesce(task.done_at, task.given_at)) FROM task
    WHERE task.person_id = :_person AND task.item_id = near.id AND task.state IN ('done', 'skipped')
) AS done_at
FROM (
    SELECT id FROM work_item WHERE {_here(number)} ORDER BY prio, rnd LIMIT {LONGEST_LOOK_FOR_TOPIC}
) AS near"""

    return text(_union(range(wishes), one)).columns(number=Integer, id=String, had=Integer, done_at=UtcDateTime)


@cache
def alone() -> TextClause:
    """Lock out other claims of a person until the transaction ends; PostgreSQL alone. No table is read."""
    return text(f"SELECT {PLANNED_ONCE}, pg_advisory_xact_lock(hashtextextended(:_person, 0))")


@cache
def planned_once() -> TextClause:
    """Have PostgreSQL plan each statement once for all values, until the transaction ends."""
    return text(f"SELECT {PLANNED_ONCE}")


@cache
def given() -> Any:
    """Count the tasks that a person was given since `_since`: index task_by_person."""
    return select(func.count()).where(
        TASK.c.person_id == bindparam("_person"),
        TASK.c.state != "author",
        TASK.c.given_at >= bindparam("_since"),
    )


@cache
def given_of_kind() -> Any:
    """Count the tasks of the kind `_kind` that a person was given since `_since`: index task_by_person."""
    return given().where(TASK.c.kind == bindparam("_kind"))


@cache
def pace() -> Any:
    """Count as `given` does, and what of it a person was given after `_recent` and still holds: index task_held."""
    held = select(func.count()).where(
        TASK.c.person_id == bindparam("_person"),
        LEASED,
        TASK.c.given_at > bindparam("_recent"),
    )
    return select(given().scalar_subquery(), held.scalar_subquery())


def _choice(wishes: int, topic: bool, *, locks: bool) -> str:
    near = _union(range(wishes), lambda number: f"SELECT * FROM ({_examined(number, topic)}) AS wish{number}")
    return f"""SELECT near.wish, near.id
FROM (
{near}
) AS near{" JOIN work_item ON work_item.id = near.id" if locks else ""}
WHERE {HAD} = 0{" AND near.topic = :_topic" if topic else ""}{" AND open" if locks else ""}
LIMIT 1{" FOR UPDATE OF work_item SKIP LOCKED" if locks else ""}"""


def _examined(number: int, topic: bool) -> str:
    """Write the query for the items examined for one wish, in the order in which they are offered."""
    most = _most(topic)

    def part(priority: str, side: str) -> str:
        return f"""SELECT {number} AS wish, id, topic FROM work_item
                WHERE {_here(number)} AND prio = :{priority} AND rnd {side} :_start
                ORDER BY rnd LIMIT {most}"""

    def of(priority: str) -> str:
        return f"""SELECT * FROM (
            SELECT * FROM ({part(priority, ">=")}) AS onward
            UNION ALL
            SELECT * FROM ({part(priority, "<")}) AS before
        ) AS of{priority} LIMIT {most}"""

    # The last limit cuts nothing off; it only makes PostgreSQL read the parts in this order, whatever is joined.
    return f"""SELECT * FROM (
        SELECT * FROM ({of("_first")}) AS sooner
        UNION ALL
        SELECT * FROM ({of("_second")}) AS later
    ) AS examined LIMIT {2 * most}"""


def _here(number: int) -> str:
    """Write the condition of an open item that matches a wish: the leading columns of index work_open."""
    return " AND ".join(["open", *(f"{name} = :_{name}{number}" for name in WISHED)])


def _most(topic: bool) -> int:
    return LONGEST_LOOK_FOR_TOPIC if topic else LONGEST_LOOK


def _union(numbers: Iterable[int], part: Callable[[int], str]) -> str:
    return "\nUNION ALL\n".join(part(number) for number in numbers)
