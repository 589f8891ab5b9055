"""Handing out tasks goes by indexes however much there is, and no slot is ever given twice."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any, Final

import pytest
from sqlalchemy import Engine, event, func, insert, select
from sqlalchemy.dialects import postgresql
from sqlmodel import Session

from core.labeling.rules.defaults import LabelingRules, TreeLimits
from core.labeling.service.new_texts import CleanText
from core.store import gold_queue, labeling_statements
from core.store import labeling_queue as queue
from core.store.engine.database import Database, connect
from core.store.labeling_queue import ITEM, TASK, TaskOffer, TaskTaker, TaskWish
from core.store.labeling_tables import TaskRow
from core.store.tables import CommunityRow, PersonRow, now
from tests.labeling.village import Village
from tests.store.test_plans import slow

KIND: Final = "label_initial_prompt"
HERE = TaskWish(KIND, "", "en")
CROWD = 40
ITEMS, SLOTS = 200, 3


async def plans(store: Database, act: Callable[[], Awaitable[object]]) -> list[str]:
    """SQLite's plan for every statement that the store runs in the meantime."""
    asked = await statements(act)

    def explained(session: Session) -> list[str]:
        connection = session.connection()
        return [
            f"{row[3]} <- {statement}"
            for statement, parameters in asked.items()
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]

    return await store.read(explained)


async def statements(act: Callable[[], Awaitable[object]]) -> Mapping[str, Any]:
    """The statements that a store runs in the meantime, except inserts, with their parameters."""
    asked: dict[str, Any] = {}

    def ask(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
            asked[statement] = parameters[0] if many else parameters

    event.listen(Engine, "before_cursor_execute", ask)
    try:
        await act()
    finally:
        event.remove(Engine, "before_cursor_execute", ask)
    return asked


def everything(session: Session) -> None:
    """All that is asked of the queue on the way to a task, and of what comes of it."""
    chance = Random(1)
    for wishes in ([HERE], [HERE, TaskWish(KIND, "c", "en")], [TaskWish(KIND, "", "en", "sky")]):
        handed_out(session, wishes, "p1", chance)
        queue.free(session, wishes, "p1")
        queue.waiting(session, wishes)
        queue.first_open(session, wishes[0])
    gold_queue.gold_in(session, "p1", KIND, ["en"], now())
    queue.leased(session, "p1")
    queue.pace(session, "p1", now(), now())
    queue.given_since(session, "p1", now(), KIND)
    queue.expired(session, now())
    queue.counted(session, ["i1", "i2"])


def handed_out(session: Session, wishes: Sequence[TaskWish], person_id: str, chance: Random) -> TaskRow | None:
    """A task for ten minutes."""
    claimed = queue.claim(session, wishes, person_id, chance)
    if claimed is None:
        return None
    until = now() + timedelta(minutes=10)
    return queue.hand_out(session, TaskTaker(person_id, "c", "paper", now()), TaskOffer(claimed[0], until, claimed[1]))


def settle_in(session: Session, items: int, slots: int) -> None:
    """People, and items that they may take."""
    session.add(CommunityRow(id="c", platform="paper", platform_id="c"))
    session.add_all(PersonRow(id=f"p{number}") for number in range(CROWD))
    session.flush()
    chance = Random(1)
    rows = [
        {"id": f"i{number}", "kind": KIND, "pool": "", "lang": "en", "topic": "", "need": slots, "taken": 0}
        | {"prio": number % 2, "rnd": chance.random(), "open": True, "created_at": now()}
        for number in range(items)
    ]
    session.execute(insert(ITEM), rows)


async def test_a_task_is_handed_out_without_going_through_a_table(sqlite_url: str) -> None:
    store = connect(sqlite_url)
    await store.write(lambda session: settle_in(session, 3, 1))
    plan = await plans(store, lambda: store.write(everything))
    await store.close()
    assert not slow(plan)
    items = [line for line in plan if line.startswith("SEARCH work_item") and "(id=?)" not in line]
    assert len(items) > 20
    assert all("INDEX work_open" in line for line in items)
    assert any("USING INDEX task_held" in line for line in plan)


async def test_what_somebody_let_run_out_is_looked_for_among_their_newest_tasks(sqlite_url: str) -> None:
    store = connect(sqlite_url)
    await store.write(lambda session: settle_in(session, 3, 1))
    since = now() - timedelta(days=7)
    plan = await plans(store, lambda: store.read(lambda session: queue.run_out(session, "p1", [HERE], since)))
    await store.close()
    assert not slow(plan)
    assert any("INDEX task_by_person (person_id=? AND given_at>?)" in line for line in plan)
    assert any(line.startswith("SEARCH work_item") and "(id=?)" in line for line in plan)


async def test_what_is_open_is_found_without_reading_its_rows(sqlite_url: str) -> None:
    """Uses only the index. SQLite's plans do not show that; its program shows the columns that it reads."""
    store = connect(sqlite_url)
    await store.write(lambda session: settle_in(session, 3, 1))
    asked = await statements(lambda: store.write(everything))

    def read_of_rows(session: Session) -> list[str]:
        connection = session.connection()
        table = connection.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = 'work_item'").scalar()
        found = []
        for statement, parameters in asked.items():
            steps = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).all()
            cursors = {step.p1 for step in steps if (step.opcode, step.p2) == ("OpenRead", table)}
            read = [step for step in steps if step.opcode == "Column" and step.p1 in cursors]
            found += [statement] * bool(read)
        return found

    assert len([statement for statement in asked if statement.startswith("SELECT") and "work_item" in statement]) > 5
    assert not await store.read(read_of_rows)
    await store.close()


@pytest.mark.slow
async def test_no_answer_to_a_task_goes_through_a_table(sqlite_url: str) -> None:
    store = connect(sqlite_url)
    village = Village(store, LabelingRules(limits=TreeLimits(goal_tree_size=3), gold_every=0))
    await village.settle_in("ana", "ben", "cleo", "dan", "eva")
    plan = await plans(store, lambda: life(village))
    await store.close()
    assert len(plan) > 100
    assert not slow(plan)


async def life(village: Village) -> None:
    """A tree from its prompt to its export; a review and a ranking are taken back once."""
    await village.writes("ana", "Why is the sky blue?")
    done = await village.labels("ben", KIND)
    await village.labels_this("ben", await village.undoes("ben", done))
    await village.labels("cleo", KIND)
    for name, answer in (("ben", "Scattering."), ("cleo", "The sea.")):
        await village.writes(name, answer, "assistant_reply")
    for name in ("dan", "eva", "ana", "dan"):
        await village.labels(name, "label_assistant_reply")
    await village.ranks("dan", ("Scattering.", "The sea."))
    await village.undoes("eva", await village.ranks("eva", ("Scattering.", "The sea.")))
    for _ in range(2):
        await village.asks("ana")
    await village.store.write(lambda session: village.assigner.available(session, village.person("ana")))


def taken_back(village: Village) -> Awaitable[object]:
    async def act() -> None:
        task = await village.gets("ana", "initial_prompt")
        text = CleanText("Why is the sky blue?", "digest", ("band",))
        done = await village.answered("ana", task, lambda s, mine: village.answers.write(s, mine, text))
        await village.undoes("ana", done)

    return act()


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(taken_back, id="taken_back"),
        pytest.param(
            lambda village: village.store.write(lambda s: queue.come_back(s, village.now, village.now)),
            id="come_back",
        ),
        pytest.param(
            lambda village: village.store.write(lambda s: village.keeper.settle_stale(s, village.now)),
            id="settle_stale",
        ),
    ],
)
async def test_what_is_freed_is_found_without_going_through_a_table(
    sqlite_url: str, act: Callable[[Village], Awaitable[object]]
) -> None:
    store = connect(sqlite_url)
    village = Village(store)
    await village.settle_in("ana")
    plan = await plans(store, lambda: act(village))
    await store.close()
    # Reading all of an index that holds only the rows in question does not count as reading a table.
    assert not [line for line in slow(plan) if "message_tree_stale" not in line]


@pytest.mark.slow
@pytest.mark.postgres
async def test_postgres_looks_tasks_up_by_person_and_item(postgres_url: str) -> None:
    """It might go through all of them once for each claim (docs/reference/labeling.md 6.3)."""

    def filled(session: Session) -> None:
        settle_in(session, 20_000, SLOTS)
        session.connection().exec_driver_sql(HAD)
        session.connection().exec_driver_sql("UPDATE work_item SET open = FALSE WHERE right(id, 1) <> '7'")
        session.connection().exec_driver_sql("ANALYZE work_item, task")

    store = connect(postgres_url)
    await store.write(filled)
    claims = [labeling_statements.claim(wishes, False) for wishes in (1, 4)]
    counts = [labeling_statements.counts(wishes, False, personal=True) for wishes in (1, 4)]
    generic = [*claims, *counts, labeling_statements.known_gold(2)]
    for mode, asked in {"force_custom_plan": claims, "force_generic_plan": generic}.items():
        for statement in asked:
            plan = await store.write(partial(explained, statement=statement, mode=mode))
            assert "using work_open" in plan, plan
            assert "using uq_task_person_id" in plan
            assert "Seq Scan on task" not in plan
            assert "Seq Scan on work_item" not in plan
    await store.close()


HAD = f"""INSERT INTO task (id, person_id, item_id, kind, pool, lang, topic, platform, source, state, shown, answer,
    draft, writing, warned, place, card, given_at)
    SELECT n, 'p' || mod(n, {CROWD}), 'i' || n / {CROWD}, '', '', '', '', '', '', 'done', '[]', '{{}}', '', FALSE,
    FALSE, '{{}}', '', now() FROM generate_series(0, 9999) AS n"""
"""A quarter of all items, each of them by everybody."""


def explained(session: Session, statement: Any, mode: str) -> str:
    """PostgreSQL's plan for a statement, made for its values or for any values."""
    dialect = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
    claim: Any = statement.compile(dialect=dialect)
    known = {"_person": "'p0'", "_start": "0.5", "_first": "0", "_second": "1"}
    values = [known.get(name) or f"'{getattr(HERE, name[1:-1])}'" for name in claim.positiontup]
    connection = session.connection()
    connection.exec_driver_sql(f"SET LOCAL plan_cache_mode = {mode}")
    connection.exec_driver_sql(f"PREPARE claim AS {claim}")
    lines = connection.exec_driver_sql(f"EXPLAIN EXECUTE claim({', '.join(values)})").scalars().all()
    connection.exec_driver_sql("DEALLOCATE claim")
    return "\n".join(lines)


@pytest.mark.slow
async def test_every_slot_is_given_once_however_many_ask_at_once(store: Database) -> None:
    chance = Random(1)

    async def asks(person_id: str) -> TaskRow | None:
        return await store.write(lambda session: handed_out(session, [HERE], person_id, chance))

    async def hurries() -> int:
        given = 0
        while await asks(f"p{chance.randrange(CROWD)}"):
            given += 1
        return given

    await store.write(lambda session: settle_in(session, ITEMS, SLOTS))
    given = sum(await asyncio.gather(*(hurries() for _ in range(16))))
    for number in range(CROWD):
        while await asks(f"p{number}"):
            given += 1

    def outcome(session: Session) -> tuple[Sequence[Any], int]:
        slots = session.execute(select(ITEM.c.taken, ITEM.c.open, func.count()).group_by(ITEM.c.taken, ITEM.c.open))
        return slots.all(), session.execute(select(func.count()).select_from(TASK)).scalar_one()

    assert given == ITEMS * SLOTS
    assert await store.read(outcome) == ([(SLOTS, False, ITEMS)], ITEMS * SLOTS)


@pytest.mark.slow
async def test_who_asks_several_times_at_once_gets_several_items(store: Database) -> None:
    await store.write(lambda session: settle_in(session, ITEMS, SLOTS))
    chance = Random(1)
    asked = [store.write(lambda session: handed_out(session, [HERE], "p1", chance)) for _ in range(ITEMS)]
    given = [task.item_id for task in await asyncio.gather(*asked) if task]
    assert len(set(given)) == len(given) == ITEMS


async def test_who_has_had_all_that_is_nearly_finished_gets_what_is_not(store: Database) -> None:
    await store.write(lambda session: settle_in(session, 2 * labeling_statements.LONGEST_LOOK + 10, SLOTS))

    def had(session: Session) -> Sequence[tuple[int, int]]:
        chance = Random(1)
        for _ in range(labeling_statements.LONGEST_LOOK + 5):
            assert handed_out(session, [HERE], "p1", chance)
        return queue.free(session, [HERE], "p1")

    assert await store.write(had) == [(labeling_statements.LONGEST_LOOK, labeling_statements.LONGEST_LOOK)]
    assert await store.write(lambda session: handed_out(session, [HERE], "p1", Random(1)))


async def test_what_is_nearly_finished_is_given_first(store: Database) -> None:
    await store.write(lambda session: settle_in(session, 20, 1))

    def claims(session: Session) -> list[int]:
        chance = Random(1)
        found = (handed_out(session, [HERE], "p1", chance) for _ in range(20))
        ids = [task.item_id for task in found if task]
        priority = dict(session.execute(select(ITEM.c.id, ITEM.c.prio)).all())
        return [priority[id] for id in ids]

    assert await store.write(claims) == [0] * 10 + [1] * 10
