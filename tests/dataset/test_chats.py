"""Trees are read in order, and a bounded piece at a time."""

import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import event, insert
from sqlmodel import Session

from core.dataset.export import chats
from core.dataset.export.exporter import export
from core.dataset.export.nodes import ExportedMessage
from core.dataset.export.pieces import USUAL_PIECES, ExportPieces
from core.store.engine.database import Database, connect
from core.store.labeling_tables import PreferenceRow
from core.store.tables import MessageRow, Row
from tests.dataset.people import OPEN, talker
from tests.sweeping import mostly_swept

pytestmark = pytest.mark.above_the_store

T = TypeVar("T")


def forest(session: Session) -> list[str]:
    """Random trees; returns the ids in the order in which they should come."""
    dice = random.Random(7)
    ana = talker(session, "ana")
    children: dict[str | None, list[str]] = {}
    known: list[str | None] = [None]
    for n in range(300):
        # Mostly on with what was said last, so that the trees grow deep.
        parent = dice.choice(known) if dice.random() < 0.2 else known[-1]
        known.append(ana.says(f"{n}", parent))
        children.setdefault(parent, []).append(known[-1] or "")
    ordered: list[str] = []
    waiting = children[None][::-1]
    while waiting:
        ordered.append(waiting.pop())
        waiting += children.get(ordered[-1], [])[::-1]
    return ordered


@pytest.mark.in_the_store
@pytest.mark.parametrize(("levels", "at_once"), mostly_swept([(50, 50), (1, 1), (3, 2), (7, 100)], [(3, 2)]))
async def test_a_walk_goes_depth_first_however_small_the_pieces(store: Database, levels: int, at_once: int) -> None:
    def walked(session: Session) -> list[ExportedMessage]:
        return list(chats.walk(lambda unit: unit(session), ExportPieces(chat_trees=at_once, chat_levels=levels)))

    expected = await store.write(forest)
    nodes = await store.read(walked)
    assert [node.id for node in nodes] == expected
    depths = {node.id: node.depth for node in nodes}
    roots = {node.id: node.tree_id for node in nodes}
    for node in nodes:
        assert depths[node.id] == (depths[node.parent_id] + 1 if node.parent_id else 0)
        assert roots[node.id] == (roots[node.parent_id] if node.parent_id else node.id)


@pytest.mark.in_the_store
async def test_a_walk_brings_what_is_known_of_a_message(store: Database) -> None:
    def talk(session: Session) -> str:
        ana, ben = talker(session, "ana"), talker(session, "ben", agreed=False)
        answer = ana.asks("Do birds fly?", "Most do.")
        ana.rates(answer, 1, "true", ("helpfulness",))
        ben.rates(answer, -1)
        return answer

    def walked(session: Session) -> list[ExportedMessage]:
        return list(chats.walk(lambda unit: unit(session)))

    answer = await store.write(talk)
    question, node = await store.read(walked)
    row = await store.read(lambda session: session.get_one(MessageRow, answer))
    assert (question.text, question.role, question.terms, question.votes) == ("Do birds fly?", "prompter", "2", ())
    assert (node.id, node.parent_id, node.tree_id) == (answer, question.id, question.id)
    assert (node.platform, node.model, node.state, node.created_at) == ("paper", "tiny", "complete", row.created_at)
    assert {(vote.value, vote.terms, vote.labels, vote.comment) for vote in node.votes} == {
        (1, "2", ("helpfulness",), "true"),
        (-1, None, (), ""),
    }


def long_talks(session: Session, count: int, length: int, size: int) -> None:
    """Trees of a single branch each, with texts of a size."""
    scene = talker(session, "ana").scene
    rows: list[dict[str, object]] = []
    for _ in range(count):
        parent_id: str | None = None
        for depth in range(length):
            message = MessageRow(
                community_id=scene.community_id,
                conversation_id=scene.conversation_id,
                parent_id=parent_id,
                person_id=scene.person_id,
                role="assistant" if depth % 2 else "prompter",
                state="complete" if depth % 2 else "manual",
                text="x" * size,
                source="direct",
            )
            rows.append(message.model_dump())
            parent_id = message.id
    session.connection().execute(insert(MessageRow), rows)


async def test_no_piece_is_larger_than_its_bounds(sqlite_url: str) -> None:
    sizes: list[int] = []

    def measured(session: Session, unit: Callable[[Session], T]) -> T:
        found = unit(session)
        if isinstance(found, dict):
            sizes.append(sum(map(len, found.values())))
        return found

    def walked(session: Session) -> int:
        return sum(1 for _ in chats.walk(lambda unit: measured(session, unit)))

    store = connect(sqlite_url)
    await store.write(lambda session: long_talks(session, 1, 1000, 1))
    assert await store.read(walked) == 1000
    assert max(sizes) <= USUAL_PIECES.chat_levels + 1
    await store.close()


@pytest.mark.sweep
async def test_memory_does_not_grow_with_the_community(sqlite_url: str, tmp_path: Path) -> None:
    async def peak(format: str) -> int:
        tracemalloc.start()
        await export(store, format, tmp_path / "out.jsonl", OPEN)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    store = connect(sqlite_url)
    formats = ("oasst-trees", "preference", "kto")
    await store.write(lambda session: long_talks(session, 60, 6, 6000))
    small = {format: await peak(format) for format in formats}
    await store.write(lambda session: long_talks(session, 180, 6, 6000))
    large = {format: await peak(format) for format in formats}
    await store.close()
    for format in formats:
        assert large[format] < small[format] * 1.3


def rated(session: Session) -> None:
    """Two answers to one question; one of them is rated and chosen."""
    ana = talker(session, "ana")
    question = ana.says("Do birds fly?")
    better, worse = ana.hears(question, "Most do."), ana.hears(question, "None does.")
    ana.rates(better, 1)
    session.add(PreferenceRow(person_id=ana.scene.person_id, chosen_id=better, rejected_id=worse, source="form"))


async def test_a_choice_stands_under_both_answers(store: Database) -> None:
    def walked(session: Session) -> list[ExportedMessage]:
        return list(chats.walk(lambda unit: unit(session)))

    await store.write(rated)
    _, better, worse = await store.read(walked)
    assert better.picks == worse.picks
    assert [(one.chosen_id, one.rejected_id, one.terms, one.platform) for one in better.picks] == [
        (better.id, worse.id, "2", "paper")
    ]


async def test_the_database_never_goes_through_a_whole_table(sqlite_url: str) -> None:
    plans: list[str] = []

    def explained(session: Session) -> None:
        connection = session.connection()
        asked: list[tuple[str, Any]] = []

        def ask(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            asked.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", ask)
        list(chats.walk(lambda unit: unit(session)))
        event.remove(connection, "before_cursor_execute", ask)
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in plan)

    store = connect(sqlite_url)
    await store.write(forest)
    await store.write(rated)
    await store.read(explained)
    await store.close()
    scans = [line for line in plans if line.startswith("SCAN") and line.split()[1] in Row.metadata.tables]
    assert plans
    assert not scans
