"""Open Assistant's files become labeled trees, and come out again as they went in."""

import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlmodel import col, select

from cli.wiring.platforms import exported
from core.dataset.export.consent import ExportSwitches
from core.dataset.export.exporter import export
from core.dataset.export.options import ExportOptions
from core.dataset.export.selection import ExportSelection
from core.dataset.formats.oasst_fields import LineFault
from core.dataset.importing import jsonl_reader as reading
from core.dataset.importing import records as incoming
from core.dataset.importing.batches import batches
from core.dataset.importing.bounds import ImportBounds
from core.dataset.importing.importer import ImportOptions, import_file
from core.dataset.importing.records import RecordDefaults
from core.dataset.importing.report import ImportReport
from core.labeling.rules.defaults import LabelingRules, TreeLimits
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.store.engine.database import Database, connect
from core.store.labeling_tables import TreeMessageRow, TreeRow, WorkItemRow
from core.store.tables import now
from tests.dataset.files import MESSAGE, Forest, flat, message, oracle, read, written

pytestmark = pytest.mark.above_the_store

EVERYTHING = ExportOptions(
    terms="1",
    what="trees",
    states=None,
    choice=ExportSelection(deleted=True, rejected=True),
    spam=True,
    events=True,
    switches=ExportSwitches(exported()),
)


async def stored(store: Database) -> dict[str, TreeMessageRow]:
    rows = await store.read(lambda session: session.exec(select(TreeMessageRow)).all())
    return {row.id: row for row in rows}


async def tree(store: Database, tree_id: str) -> TreeRow:
    return await store.read(lambda session: session.get_one(TreeRow, tree_id))


@pytest.mark.slow
@pytest.mark.in_the_store
async def test_what_came_in_as_trees_goes_out_as_the_same_trees(store: Database, tmp_path: Path) -> None:
    trees = sorted(Forest().trees(40), key=lambda one: str(one["message_tree_id"]))
    path = written(tmp_path / "in.jsonl", trees)
    report = await import_file(store, path)
    number = sum(len(list(flat(one))) for one in trees)
    assert (report.trees, report.messages, report.bad) == (40, number, 0)
    await export(store, "oasst-trees", tmp_path / "out.jsonl", EVERYTHING)
    out = read(tmp_path / "out.jsonl")
    for one in out:
        oracle(one["prompt"])
    assert out == [{**one, "origin": one.get("origin", "in.jsonl")} for one in trees]


async def test_what_came_in_as_messages_goes_out_as_the_same_messages(store: Database, tmp_path: Path) -> None:
    trees = sorted(Forest(6).trees(25), key=lambda one: str(one["message_tree_id"]))
    rows = [row for one in trees for row in flat(one)]
    (tmp_path / "in.jsonl.gz").write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    report = await import_file(store, tmp_path / "in.jsonl.gz")
    assert (report.trees, report.messages, report.bad) == (25, len(rows), 0)
    await export(store, "oasst-messages", tmp_path / "out.jsonl", EVERYTHING)
    out = read(tmp_path / "out.jsonl")
    for one in out:
        oracle(one)
    assert out == rows


def in_the_hub(row: dict[str, Any]) -> dict[str, Any]:
    """A message as a row of OpenAssistant/oasst1: all columns, and lists side by side."""
    names = [name for name in MESSAGE if name not in ("emojis", "labels", "replies", "events")]
    emojis, labels = row.get("emojis"), row.get("labels")
    lists = {part: [label[part] for label in (labels or {}).values()] for part in ("value", "count")}
    return {
        **{name: row.get(name) for name in names},
        "emojis": None if emojis is None else {"name": list(emojis), "count": list(emojis.values())},
        "labels": None if labels is None else {"name": list(labels), **lists},
    }


async def test_the_table_of_the_hub_goes_in_and_out(store: Database, tmp_path: Path) -> None:
    trees = sorted(Forest(7).trees(20), key=lambda one: str(one["message_tree_id"]))
    rows = [in_the_hub(row) for one in trees for row in flat(one)]
    report = await import_file(store, written(tmp_path / "in.jsonl", rows))
    assert (report.trees, report.messages, report.bad) == (20, len(rows), 0)
    await export(store, "hf", tmp_path / "out.jsonl", replace(EVERYTHING, events=False))
    assert read(tmp_path / "out.jsonl") == rows


async def test_the_columns_hold_what_they_should(store: Database, tmp_path: Path) -> None:
    answer = message("b", "a", "assistant", synthetic=True, model_name="tiny", rank=1, user_id="eve", review_count=4)
    rows = [message("a", tree_state="growing", created_date="2023-02-05T14:23:50Z"), answer]
    await import_file(store, written(tmp_path / "in.jsonl", rows), ImportOptions(pool="c"))
    found = await stored(store)
    root, reply = found["a"], found["b"]
    assert (root.tree_id, root.depth, root.parent_id, root.person_id) == ("a", 0, None, None)
    assert (reply.tree_id, reply.depth, reply.parent_id) == ("a", 1, "a")
    assert (reply.platform, reply.source, reply.author) == ("import", "import", "eve")
    assert (reply.synthetic, reply.model, reply.rank, reply.review_count) == (True, "tiny", 1, 4)
    assert root.created_at.isoformat() == "2023-02-05T14:23:50+00:00"
    one = await tree(store, "a")
    assert (one.state, one.pool, one.origin, one.lang, one.stale) == ("growing", "c", "in.jsonl", "en", True)
    assert one.limits == asdict(TreeLimits())


@pytest.mark.parametrize("seed", [1, 2])
async def test_messages_may_come_in_any_order(store: Database, tmp_path: Path, seed: int) -> None:
    rows = [row for one in Forest(8).trees(10) for row in flat(one)]
    Random(seed).shuffle(rows)
    report = await import_file(store, written(tmp_path / "in.jsonl", rows))
    assert (report.trees, report.messages, report.bad) == (10, len(rows), 0)
    found = await stored(store)
    for row in rows:
        parent = found.get(row.get("parent_id", ""))
        assert found[row["message_id"]].depth == (parent.depth + 1 if parent else 0)
        assert found[row["message_id"]].tree_id == row["message_tree_id"]


@pytest.mark.in_the_store
async def test_the_same_again_doubles_nothing(store: Database, tmp_path: Path) -> None:
    bounds = ImportBounds(batch=7)
    trees = Forest(9).trees(8)
    rows = [row for one in trees for row in flat(one)]
    await import_file(store, written(tmp_path / "half.jsonl", trees[:3]), bounds=bounds)
    again = await import_file(store, written(tmp_path / "all.jsonl", rows), bounds=bounds)
    number = sum(len(list(flat(one))) for one in trees[:3])
    assert (again.trees, again.messages, again.already) == (5, len(rows) - number, number)
    third = await import_file(store, tmp_path / "all.jsonl")
    assert (third.trees, third.messages, third.already) == (0, 0, len(rows))
    assert len(await stored(store)) == len(rows)


async def test_threads_share_what_they_begin_with(store: Database, tmp_path: Path) -> None:
    question, answer = message("a"), message("b", None, "assistant")
    one = {"thread_id": "b", "thread": [question, answer]}
    other = {"thread_id": "d", "thread": [question, answer, message("c"), message("d", None, "assistant")]}
    report = await import_file(store, written(tmp_path / "in.jsonl", [one, other]))
    assert (report.trees, report.messages, report.already) == (1, 4, 2)
    assert {row.id: (row.parent_id, row.review_result) for row in (await stored(store)).values()} == {
        "a": (None, True),
        "b": ("a", True),
        "c": ("b", True),
        "d": ("c", True),
    }


@pytest.mark.parametrize(
    ("state", "backlog", "kept", "stale"),
    [
        (None, False, "backlog_ranking", False),
        ("not_applicable", False, "backlog_ranking", False),
        ("ready_for_export", True, "backlog_ranking", False),
        ("ready_for_export", False, "ready_for_export", False),
        ("prompt_lottery_waiting", False, "prompt_lottery_waiting", False),
        ("growing", False, "growing", True),
        ("ranking", False, "ranking", True),
        ("initial_prompt_review", False, "initial_prompt_review", True),
    ],
)
async def test_a_tree_keeps_its_state_and_waits_without_one(
    sqlite_url: str, tmp_path: Path, state: str | None, backlog: bool, kept: str, stale: bool
) -> None:
    store = connect(sqlite_url)
    whole = {"message_tree_id": "a", "tree_state": state, "prompt": message("a")}
    await import_file(store, written(tmp_path / "in.jsonl", [whole]), ImportOptions(RecordDefaults(backlog)))
    one = await tree(store, "a")
    assert (one.state, one.stale) == (kept, stale)
    await store.close()


async def test_the_keeper_makes_work_of_what_is_to_be_ranked(store: Database, tmp_path: Path) -> None:
    replies = [message(id, "a", "assistant", synthetic=True) for id in "bc"]
    waiting = {"message_tree_id": "a", "prompt": message("a", replies=replies)}
    await import_file(store, written(tmp_path / "in.jsonl", [waiting]))
    keeper = TreeLifecycle(LabelingRules(), Random(1))
    assert await store.write(lambda session: keeper.wake_backlog(session, "", "en", now()))
    assert (await tree(store, "a")).state == "ranking"


async def test_a_tree_that_is_growing_grows_on(store: Database, tmp_path: Path) -> None:
    replies = [message("b", "a", "assistant", synthetic=True, review_result=True)]
    root = message("a", replies=replies, review_result=True)
    growing = {"message_tree_id": "a", "tree_state": "growing", "prompt": root}
    await import_file(store, written(tmp_path / "in.jsonl", [growing]))
    keeper = TreeLifecycle(LabelingRules(), Random(1))
    await store.write(lambda session: keeper.settle_stale(session, now()))
    assert (await tree(store, "a")).state == "growing"
    kinds = await store.read(
        lambda session: session.scalars(select(WorkItemRow.kind).where(col(WorkItemRow.open))).all()
    )
    assert "assistant_reply" in kinds


BAD: Sequence[tuple[Any, str]] = [
    ("{", "not JSON"),
    ("[]", "not an object"),
    ({"a": 1}, "neither a tree"),
    (message("x", role="system"), 'role of message "x" is "system"'),
    (message("x", text=5), 'text of message "x" is 5'),
    (message("x", text=None), "text is missing"),
    (message("x", rank=-1), "rank"),
    (message("x", created_date="yesterday"), "created_date"),
    (message("x", labels={"spam": 1}), "labels"),
    (message("x", tree_state="lost"), 'tree_state is "lost"'),
    (message("x", emojis={"name": ["+1"], "count": []}), "same length"),
    ({"message_tree_id": "x", "prompt": message("x", replies=5)}, "are not a list"),
    ({"message_tree_id": "x", "prompt": message("x", replies=[message("y", "z", "assistant")])}, "than its parent_id"),
    ({"thread_id": "x", "thread": []}, "not a list of messages"),
    ('{"message_id": "x", "text": "\\u0000", "role": "prompter", "lang": "en"}', "NUL"),
    ('{"message_id": "x", "text": "\\ud800", "role": "prompter", "lang": "en"}', "surrogate"),
    ('{"message_id": "x", "text": "\\udc00", "role": "prompter", "lang": "en"}', "surrogate"),
    ('{"message_id": "x", "text": "t", "role": "prompter", "lang": "en", "labels": {"spam": NaN}}', "NaN"),
    ("[" * 100_000, "nested too deeply"),
]

MISPLACED: Sequence[tuple[Any, str]] = [
    (message("x", role="assistant"), "an answer to nothing"),
    (message("x", "good"), "are both of the prompter"),
    ({"message_tree_id": "x", "prompt": message("x", replies=[message("y")])}, "are both of the prompter"),
    ({"message_tree_id": "x", "prompt": message("x", replies=[message("x", "x", "assistant")])}, "in it twice"),
    (message("x", "nowhere"), "there is no message 'nowhere'"),
]


@pytest.mark.parametrize(("line", "reason"), BAD)
def test_every_bad_line_has_its_reason(line: Any, reason: str) -> None:
    raw = (line if isinstance(line, str) else json.dumps(line)).encode()
    with pytest.raises(LineFault, match=re.escape(reason)):
        incoming.record(reading.parsed(1, raw))


async def test_bad_lines_are_told_and_the_others_are_taken(store: Database, tmp_path: Path) -> None:
    rows = [message("good"), *(line for line, _ in MISPLACED), "", BAD[0][0], message("last", "good", "assistant")]
    report = await import_file(store, written(tmp_path / "in.jsonl", rows))
    assert set(await stored(store)) == {"good", "last"}
    reasons = dict(report.faults)
    assert report.bad == len(reasons) == len(MISPLACED) + 1
    for number, (_, reason) in enumerate(MISPLACED, 2):
        assert reason in reasons[number]
    assert reasons[len(MISPLACED) + 3].startswith(BAD[0][1])


async def test_a_file_of_which_nothing_can_be_imported_is_given_up(sqlite_url: str, tmp_path: Path) -> None:
    store = connect(sqlite_url)
    report = await import_file(store, written(tmp_path / "shop.jsonl", [{"price": 5}] * 3000))
    assert report.unread == "shop.jsonl is not read further than line 1000: none of its lines so far can be imported"
    assert report.lines == {"refused": 1000}
    assert report.faults[0][1].startswith("neither a tree")
    (tmp_path / "empty.jsonl").write_text("")
    assert await import_file(store, tmp_path / "empty.jsonl") == ImportReport()
    await store.close()


async def test_too_much_of_anything_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    bounds = ImportBounds(longest=300, largest=3, deepest=2)
    store = connect(sqlite_url)
    rows = [
        message("a"),
        message("long", text="x" * 500),
        *(message(id, "a", "assistant") for id in "bcd"),
        message("deep", "b"),
    ]
    report = await import_file(store, written(tmp_path / "in.jsonl", rows), bounds=bounds)
    assert sorted(await stored(store)) == ["a", "b", "c"]
    assert [reason for _, reason in report.faults] == [
        "longer than 0 MiB",
        "more than 3 messages in one tree",
        "deeper than 2 messages",
    ]
    await store.close()


async def test_fields_that_the_format_does_not_have_are_counted(sqlite_url: str, tmp_path: Path) -> None:
    store = connect(sqlite_url)
    rows = [message("a", colour="red"), message("b", colour="red", shape="round")]
    report = await import_file(store, written(tmp_path / "in.jsonl", rows))
    assert report.unknown == {"colour": 2, "shape": 1}
    await store.close()


async def test_progress_is_told_in_bytes(sqlite_url: str, tmp_path: Path) -> None:
    store = connect(sqlite_url)
    path = written(tmp_path / "in.jsonl", [message(str(number)) for number in range(5)])
    told: list[tuple[int, int]] = []
    await import_file(store, path, progress=lambda done, of: told.append((done, of)), bounds=ImportBounds(step=2))
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
    assert len(told) == 3
    await store.close()


def test_a_batch_ends_with_a_tree() -> None:
    """The keeper must not meet half of a tree that is to be ranked."""
    rows = [row for root in "pq" for row in (message(root), *(message(f"{root}{n}", root, "assistant") for n in "123"))]
    rows += [message("r"), message("r1", "r", "assistant"), message("s")]
    records = [incoming.record(reading.parsed(1, json.dumps(row).encode())) for row in rows]
    assert [len(batch) for batch in batches(records, ImportBounds(batch=2, most=4))] == [4, 4, 2, 1]
