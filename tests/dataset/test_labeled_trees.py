"""Labeled trees are read in order, whole, and a bounded number at a time."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import event
from sqlmodel import Session

from core.dataset.export import labeled_trees as labeled
from core.dataset.export.exporter import export
from core.dataset.export.nodes import ExportedMessage
from core.dataset.export.options import What
from core.dataset.export.pieces import USUAL_PIECES, ExportPieces
from core.dataset.importing.importer import import_file
from core.labeling.rules.task_answer import TaskAnswer, WrittenText
from core.store import people
from core.store.engine.database import Database, connect
from core.store.tables import Row
from tests.dataset.files import Forest, flat, read, written
from tests.dataset.people import OPEN, talker
from tests.dataset.trees import Grove

pytestmark = pytest.mark.above_the_store


def walked(
    session: Session, states: tuple[str, ...] | None = None, pieces: ExportPieces = USUAL_PIECES
) -> list[ExportedMessage]:
    return list(labeled.walk(lambda unit: unit(session), states, pieces))


T = TypeVar("T")


@pytest.mark.parametrize(("trees", "messages"), [(100, 1000), (1, 1), (3, 10)])
async def test_a_walk_goes_depth_first_however_small_the_pieces(
    store: Database, tmp_path: Path, trees: int, messages: int
) -> None:
    small = ExportPieces(trees=trees, messages=messages)
    made = sorted(Forest().trees(15), key=lambda one: str(one["message_tree_id"]))
    await import_file(store, written(tmp_path / "in.jsonl", made))
    nodes = await store.read(lambda session: walked(session, pieces=small))
    assert [node.id for node in nodes] == [row["message_id"] for one in made for row in flat(one)]
    for node in nodes:
        assert (node.above.id if node.above else None) == node.parent_id
        assert node.depth == (node.above.depth + 1 if node.above else 0)
    some = await store.read(lambda session: walked(session, ("growing", "ranking"), small))
    assert {node.tree_state for node in some} == {"growing", "ranking"}


@pytest.mark.parametrize(("relaxed", "required"), [(None, 2), ({"num_required_rankings": 1}, 1)])
async def test_a_tree_that_few_people_ranked_needs_no_more_rankings_to_count(
    store: Database, relaxed: dict[str, int] | None, required: int
) -> None:
    await store.write(lambda session: Grove(session).tree("a", None, relaxed=relaxed))
    (root,) = await store.read(walked)
    assert (root.required, root.relaxed) == (required, relaxed or {})


@pytest.mark.in_the_store
async def test_a_walk_brings_what_is_known_of_a_message(store: Database) -> None:
    def grow(session: Session) -> tuple[str, str]:
        grove = Grove(session)
        ana, ben = grove.person("ana"), grove.person("ben", agreed=False)
        grove.tree("a", ana, origin="contributed")
        grove.message("late", "a", "a", ben, rank=1)
        grove.message("model", "a", "a", None)
        grove.message("best", "a", "a", ben, rank=0)
        grove.review(ben, "a", quality=0.5)
        grove.review(ana, "best", "free", spam=0.0)
        grove.rank(ben, "a", ["best"], ["late", "model"])
        grove.flag(ana, "late", "spam")
        return ana, ben

    ana, ben = await store.write(grow)
    root, best, late, model = await store.read(walked)
    assert (root.id, root.person_id, root.terms, root.origin, root.required) == ("a", ana, "2", "contributed", 2)
    assert [(one.person_id, one.terms, one.labels, one.counted) for one in root.reviews] == [
        (ben, None, {"quality": 0.5}, True)
    ]
    assert [(one.person_id, one.groups, one.shown) for one in root.rankings] == [
        (ben, (("best",), ("late", "model")), ("best", "late", "model"))
    ]
    assert (best.id, best.terms, best.rank, best.ranked, best.reviews[0].counted) == ("best", None, 0, True, False)
    assert [(one.person_id, one.platform, one.labels) for one in late.reports] == [(ana, "paper", ("spam",))]
    assert (model.id, model.person_id, model.synthetic, model.model, model.ranked) == (
        "model",
        None,
        True,
        "tiny",
        True,
    )
    assert (root.ranked, root.chat, root.platform, root.source) == (False, False, "paper", "form")


async def test_who_is_forgotten_and_who_withdraws_is_in_no_file(store: Database, tmp_path: Path) -> None:
    def grow(session: Session) -> tuple[str, str]:
        grove = Grove(session)
        ana, ben = grove.person("ana"), grove.person("ben")
        grove.tree("a", ana)
        grove.message("b", "a", "a", ben)
        grove.message("m", "a", "a", None)
        grove.message("c", "a", "b", ana)
        grove.review(ben, "a", quality=1.0)
        return ana, ben

    async def texts() -> list[str]:
        await export(store, "oasst-messages", tmp_path / "out.jsonl", OPEN)
        return [row["message_id"] for row in read(tmp_path / "out.jsonl")]

    ana, ben = await store.write(grow)
    assert await texts() == ["a", "b", "c", "m"]
    assert read(tmp_path / "out.jsonl")[0]["labels"]["quality"] == {"value": 1.0, "count": 1}
    await store.write(lambda session: people.agree(session, ben, "2", False))
    assert await texts() == ["a", "m"]
    assert "labels" not in read(tmp_path / "out.jsonl")[0]
    await store.write(lambda session: people.forget(session, ana))
    assert await texts() == []


async def test_trees_in_other_states_are_counted_and_not_read(store: Database, tmp_path: Path) -> None:
    await import_file(store, written(tmp_path / "in.jsonl", Forest().trees(20)))
    counts = await export(store, "oasst-trees", tmp_path / "out.jsonl", OPEN)
    assert counts.passed_over == {state: 2 for state in STATES if state != "ready_for_export"}
    assert {row["tree_state"] for row in read(tmp_path / "out.jsonl")} <= {"ready_for_export"}


@pytest.mark.parametrize(
    ("what", "states", "expected"),
    [
        ("both", ("ready_for_export",), ["tree", "chat"]),
        ("both", ("growing",), ["chat"]),
        ("both", None, ["tree", "chat"]),
        ("chats", ("ready_for_export",), ["chat", "chat", "chat"]),
        ("trees", ("ready_for_export",), ["tree"]),
    ],
)
async def test_what_a_chat_gave_to_labeling_is_told_once(
    sqlite_url: str, tmp_path: Path, what: What, states: tuple[str, ...] | None, expected: list[str]
) -> None:
    """A message that was given has the same id in its tree."""

    def grow(session: Session) -> None:
        grove, chat = Grove(session), talker(session, "ana")
        given = chat.says("Do birds fly?")
        chat.hears(given, "Most do.")
        chat.says("And now to something else.")
        grove.tree(given, chat.scene.person_id)

    store = connect(sqlite_url)
    await store.write(grow)
    options = replace(OPEN, what=what, states=states)
    counts = await export(store, "oasst-messages", tmp_path / "out.jsonl", options)
    rows = read(tmp_path / "out.jsonl")
    assert [("chat" if row["tree_state"] == "not_applicable" else "tree") for row in rows] == expected
    assert len({row["message_id"] for row in rows}) == len(rows)
    assert counts.left_out == ({"given": 1, "below": 1} if what == "both" else {})
    assert (await export(store, "preference", tmp_path / "out.jsonl", options)).left_out["given"] == 0
    await store.close()


async def test_thumbs_on_messages_of_trees_are_emojis_and_scores(store: Database, tmp_path: Path) -> None:
    """A thumb in the chat that a message comes from is one too, and nobody has two."""

    def grow(session: Session) -> None:
        grove, chat = Grove(session), talker(session, "ana")
        ana, ben, cleo = chat.scene.person_id, grove.person("ben"), grove.person("cleo", agreed=False)
        given = chat.says("Do birds fly?")
        answer = chat.hears(given, "Most do.")
        chat.rates(answer, 1)
        grove.tree(given, ana, platform="paper")
        grove.message(answer, given, given, None, platform="paper")
        for person, value in ((ana, -1), (ben, 1), (cleo, 1)):
            grove.thumb(person, answer, value)
        grove.thumb(ben, given, 1)

    await store.write(grow)
    counts = await export(store, "oasst-messages", tmp_path / "out.jsonl", replace(OPEN, what="trees", events=True))
    root, reply = read(tmp_path / "out.jsonl")
    assert (root["emojis"], reply["emojis"]) == ({"+1": 1}, {"+1": 1, "-1": 1})
    assert sorted(one["score"] for one in reply["events"]["score"]) == [-1, 1]
    assert counts.ratings_left_out == {"no-consent": 1}


async def test_who_skipped_what_and_why_is_told_of_those_who_agreed(store: Database, tmp_path: Path) -> None:
    def grow(session: Session) -> None:
        grove = Grove(session)
        ana, ben, cleo = grove.person("ana"), grove.person("ben"), grove.person("cleo", agreed=False)
        grove.tree("a", ana)
        grove.skip(ben, "a", "label_initial_prompt", TaskAnswer(reason="unclear"))
        # What somebody wrote was purged: they did not skip it.
        grove.skip(ben, "a", "assistant_reply", TaskAnswer(WrittenText(submitted=True)))
        grove.skip(cleo, "a", "rank_assistant_replies", TaskAnswer())

    await store.write(grow)
    counts = await export(store, "oasst-messages", tmp_path / "out.jsonl", replace(OPEN, events=True))
    (root,) = read(tmp_path / "out.jsonl")
    assert root["emojis"] == {"_skip_labeling": 1}
    assert [(one["emoji"], one["task"], one["reason"]) for one in root["events"]["emoji"]] == [
        ("_skip_labeling", "label_initial_prompt", "unclear")
    ]
    assert counts.ratings_left_out == {"no-consent": 1}


STATES = [tree["tree_state"] for tree in Forest().trees(10)]


async def test_no_piece_is_larger_than_its_bounds(sqlite_url: str, tmp_path: Path) -> None:
    small = ExportPieces(messages=30)
    pieces: list[set[str]] = []

    def measured(session: Session, unit: Callable[[Session], T]) -> T:
        found = unit(session)
        if isinstance(found, list) and found and isinstance(found[0], ExportedMessage):
            pieces.append({node.tree_id for node in found})
            assert len(found) <= 30 or len(pieces[-1]) == 1
        return found

    store = connect(sqlite_url)
    await import_file(store, written(tmp_path / "in.jsonl", Forest().trees(20)))
    await store.read(lambda session: list(labeled.walk(lambda unit: measured(session, unit), pieces=small)))
    await store.close()
    assert sum(map(len, pieces)) == 20
    assert 1 < len(pieces) < 20


async def test_the_database_never_goes_through_a_whole_table(sqlite_url: str, tmp_path: Path) -> None:
    plans: list[str] = []

    def explained(session: Session) -> None:
        connection = session.connection()
        asked: list[tuple[str, Any]] = []

        def ask(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            asked.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", ask)
        walked(session)
        event.remove(connection, "before_cursor_execute", ask)
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in plan)

    store = connect(sqlite_url)
    await import_file(store, written(tmp_path / "in.jsonl", Forest().trees(20)))
    await store.read(explained)
    await store.close()
    assert plans
    assert not [line for line in plans if line.startswith("SCAN") and line.split()[1] in Row.metadata.tables]
