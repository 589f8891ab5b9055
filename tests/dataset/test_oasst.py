"""Open Assistant's formats, to the letter."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from core.dataset.export.annotations import PseudonymIds, events
from core.dataset.export.counts import ExportCounts
from core.dataset.export.exporter import export
from core.dataset.export.nodes import ExportedMessage
from core.dataset.export.options import ExportOptions
from core.dataset.export.selection import ExportSelection
from core.dataset.formats import oasst
from core.dataset.formats.hf_table import DETOXIFY
from core.store.engine.database import Database
from tests.dataset.files import oracle
from tests.dataset.nodes import from_file, node, vote
from tests.dataset.people import OPEN, TERMS, changed, talker

pytestmark = pytest.mark.above_the_store

PLAIN = ExportOptions(terms=TERMS, events=True)
IDS = PseudonymIds()


def hashed(kind: str, plain: str) -> str:
    return sha256(f"{kind}:{plain}pepper".encode()).hexdigest()


def parsed(text: Iterator[str]) -> list[Any]:
    return [json.loads(line) for line in "".join(text).splitlines()]


def test_a_question_has_the_fields_of_the_format_and_no_others() -> None:
    assert oasst.message(node("a", text="Fliegen Vögel?", lang="de"), IDS) == {
        "message_id": "a",
        "user_id": "ana",
        "created_date": "2026-11-20T12:30:00+00:00",
        "text": "Fliegen Vögel?",
        "role": "prompter",
        "lang": "de",
        "review_count": 0,
        "deleted": False,
        "synthetic": False,
    }


def test_an_answer_has_what_people_said_of_it() -> None:
    votes = (
        vote("ana", 1, "helpfulness", "humor"),
        vote("ben", -1, "helpfulness", "spam", comment="an advert"),
        vote("cleo", 1, "helpfulness"),
    )
    made = oasst.message(node("ab", 1, votes=votes), IDS)
    assert made["parent_id"] == "a"
    assert (made["synthetic"], made["model_name"]) == (True, "tiny")
    assert made["emojis"] == {"+1": 2, "-1": 1}
    assert made["labels"] == {
        "helpfulness": {"value": 2 / 3, "count": 3},
        "humor": {"value": 1.0, "count": 1},
        "spam": {"value": 1 / 3, "count": 3},
    }
    assert events(node("ab", 1, votes=votes), IDS) == {
        "score": [
            {"type": "score", "user_id": "ana", "score": 1},
            {"type": "score", "user_id": "ben", "score": -1},
            {"type": "score", "user_id": "cleo", "score": 1},
        ],
        "report": [{"type": "report", "user_id": "ben", "report_type": "spam", "reason": "an advert"}],
    }


def test_a_seed_hides_every_id_and_the_tree_keeps_the_id_of_its_root() -> None:
    nodes = [node("a"), node("ab", 1, votes=(vote("ben", 1),))]
    options = ExportOptions(terms=TERMS, seed="pepper", events=True)
    first, second = oasst.messages(iter(nodes), options, ExportCounts())
    assert first["message_id"] == first["message_tree_id"] == second["parent_id"] == hashed("message", "a")
    assert first["user_id"] == hashed("user", "ana")
    assert second["events"]["score"][0]["user_id"] == hashed("user", "ben")
    (tree,) = parsed(oasst.trees(iter(nodes), options, ExportCounts()))
    assert tree["message_tree_id"] == tree["prompt"]["message_id"] == hashed("message", "a")
    assert '"a"' not in json.dumps([first, second, tree])


def test_a_tree_nests_its_replies() -> None:
    nodes = [node("a"), node("ab", 1), node("abc", 2), node("ax", 1), node("q")]
    counts = ExportCounts()
    first, second = parsed(oasst.trees(iter(nodes), PLAIN, counts))
    assert (first["message_tree_id"], first["tree_state"]) == ("a", "not_applicable")
    assert [reply["message_id"] for reply in first["prompt"]["replies"]] == ["ab", "ax"]
    assert first["prompt"]["replies"][0]["replies"][0] == {**oasst.message(node("abc", 2), IDS), "replies": []}
    assert second["prompt"] == {**oasst.message(node("q"), IDS), "replies": []}
    assert counts.rows == 2


def test_the_fields_of_a_tree_come_in_the_order_of_the_format() -> None:
    before = {
        "labels": {"spam": {"value": 0.0, "count": 2}},
        "emojis": {"+1": 1},
        "events": {"emoji": [{"type": "emoji", "user_id": "eve", "emoji": "+1"}]},
        "detoxify": dict.fromkeys(DETOXIFY, 0.1),
    }
    nodes = [from_file("a", imported=before, origin="a paper"), from_file("ab", 1, rank=0, imported=before)]
    (tree,) = parsed(oasst.trees(iter(nodes), PLAIN, ExportCounts()))
    assert list(tree) == ["message_tree_id", "tree_state", "prompt", "origin"]
    oracle(tree["prompt"])
    assert list(tree["prompt"])[-3:] == ["replies", "events", "detoxify"]
    (row, _) = oasst.messages(iter(nodes), PLAIN, ExportCounts())
    oracle(row)
    (row, _) = oasst.messages(iter(nodes), replace(PLAIN, events=False), ExportCounts())
    assert "events" not in row


@pytest.mark.parametrize(
    ("result", "reviews", "told"),
    [(True, 0, True), (True, 3, True), (False, 3, False), (False, 2, None), (None, 2, None), (None, 3, None)],
)
def test_a_rejection_by_few_is_not_told(result: bool | None, reviews: int, told: bool | None) -> None:
    made = from_file(review_result=result, imported={"review_count": reviews})
    assert oasst.columns(made, IDS)["review_result"] is told


def test_each_last_message_makes_a_thread() -> None:
    nodes = [node("a"), node("ab", 1), node("abc", 2), node("ax", 1), node("q")]
    rows = list(oasst.threads(iter(nodes), PLAIN, ExportCounts()))
    assert [row["thread_id"] for row in rows] == ["abc", "ax", "q"]
    assert [[said["message_id"] for said in row["thread"]] for row in rows] == [["a", "ab", "abc"], ["a", "ax"], ["q"]]
    for row in rows:
        for said in row["thread"]:
            oracle(said)


def test_messages_of_people_alone_make_no_rows_where_models_are_wanted() -> None:
    counts = ExportCounts()
    options = replace(PLAIN, choice=ExportSelection(synthetic="only"))
    (row,) = oasst.messages(iter([node("a"), node("ab", 1)]), options, counts)
    assert (row["message_id"], counts.left_out) == ("ab", {"human": 1})


def random_tree(dice: random.Random, node_id: str, depth: int) -> Iterator[ExportedMessage]:
    yield node(node_id, depth)
    for letter in "bcd"[: dice.randrange(4) if depth < 6 else 0]:
        yield from random_tree(dice, node_id + letter, depth + 1)


def flat(message: dict[str, Any]) -> Iterator[str]:
    yield message["message_id"]
    for reply in message["replies"]:
        assert reply["parent_id"] == message["message_id"]
        yield from flat(reply)


def test_trees_and_messages_tell_the_same_whatever_the_shape() -> None:
    dice = random.Random(3)
    nodes = [made for root in "aefghijklm" for made in random_tree(dice, root, 0)]
    trees = parsed(oasst.trees(iter(nodes), PLAIN, ExportCounts()))
    assert [message_id for tree in trees for message_id in flat(tree["prompt"])] == [made.id for made in nodes]


def test_nothing_makes_an_empty_file() -> None:
    assert parsed(oasst.trees(iter(()), PLAIN, ExportCounts())) == []
    assert list(oasst.messages(iter(()), PLAIN, ExportCounts())) == []


def test_a_tree_is_cut_where_readers_would_fail() -> None:
    nodes = [node("a" * (depth + 1), depth) for depth in range(3 * oasst.DEEPEST)]
    counts = ExportCounts()
    (tree,) = parsed(oasst.trees(iter(nodes), PLAIN, counts))
    assert len(list(flat(tree["prompt"]))) == oasst.DEEPEST
    assert counts.left_out == {"too-deep": 2 * oasst.DEEPEST}


@pytest.mark.in_the_store
async def test_a_community_becomes_a_file_of_trees_and_one_of_messages(store: Database, tmp_path: Path) -> None:
    def talk(session: Session) -> tuple[str, str]:
        ana, ben = talker(session, "ana"), talker(session, "ben")
        cleo = talker(session, "cleo", agreed=False)
        first = ana.asks("Do birds fly?", "Most do.")
        ben.rates(first, 1, labels=("helpfulness",))
        cleo.rates(first, -1, "no", ("spam",))
        cleo.asks("I say nothing to you.", "As you like.", first)
        last = ben.asks("And penguins?", "They swim.", first)
        gone = ana.asks("Delete me", "Deleted.", last)
        return first, gone

    first, gone = await store.write(talk)
    await store.write(changed(gone, state="cancelled"))
    counts = await export(store, "oasst-trees", tmp_path / "trees.jsonl", OPEN)
    (line,) = (tmp_path / "trees.jsonl").read_text().splitlines()
    prompt = json.loads(line)["prompt"]
    assert prompt["text"] == "Do birds fly?"
    (answer,) = prompt["replies"]
    assert (answer["message_id"], answer["emojis"]) == (first, {"+1": 1})
    assert answer["labels"] == {"helpfulness": {"value": 1.0, "count": 1}}
    (penguins,) = answer["replies"]
    assert [reply["text"] for reply in penguins["replies"]] == ["They swim."]
    assert [reply["text"] for reply in penguins["replies"][0]["replies"]] == ["Delete me"]
    assert (counts.rows, counts.messages) == (1, 8)
    assert counts.left_out == {"no-consent": 1, "below": 1, "unfinished": 1}
    assert counts.ratings_left_out == {"no-consent": 1}
    counts = await export(store, "oasst-messages", tmp_path / "messages.jsonl", OPEN)
    assert len((tmp_path / "messages.jsonl").read_text().splitlines()) == counts.rows == 5


async def test_new_terms_keep_everything_back(store: Database, tmp_path: Path) -> None:
    def talk(session: Session) -> None:
        talker(session, "ana").asks("Do birds fly?", "Most do.")

    await store.write(talk)
    newer = ExportOptions(terms=f"{TERMS}.1", switches=OPEN.switches)
    counts = await export(store, "oasst-trees", tmp_path / "trees.jsonl", newer)
    assert (tmp_path / "trees.jsonl").read_text() == ""
    assert counts.left_out == {"no-consent": 1, "below": 1}
