"""Thumbs become rows for TRL's KTO trainer."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from sqlmodel import Session

from core.dataset.export.counts import ExportCounts
from core.dataset.export.exporter import export
from core.dataset.export.nodes import ExportedVote
from core.dataset.export.options import ExportOptions
from core.dataset.formats import kto
from core.store import hot_path
from core.store.engine.database import Database
from tests.dataset.nodes import from_file, grown, labeled, node, vote
from tests.dataset.people import OPEN, TERMS, changed, talker
from tests.dataset.trees import Grove

pytestmark = pytest.mark.above_the_store

T = TypeVar("T")


@pytest.mark.parametrize(
    ("votes", "label"),
    [
        ([], None),
        ([vote("ana", 1)], True),
        ([vote("ana", -1)], False),
        ([vote("ben", 1)], None),
        ([vote("ben", 1), vote("cleo", 1)], True),
        ([vote("ben", -1), vote("cleo", -1)], False),
        ([vote("ben", 1), vote("cleo", -1)], None),
        ([vote("ana", 1), vote("ben", -1)], True),
        ([vote("ana", -1), vote("ben", 1)], False),
        ([vote("ana", 1), vote("ben", -1), vote("cleo", -1)], False),
        ([vote("ben", 1), vote("cleo", 1), vote("dan", -1)], None),
    ],
)
def test_the_majority_decides_and_the_one_who_asked_breaks_a_tie(votes: list[ExportedVote], label: bool | None) -> None:
    assert kto.verdict(node("ab", 1, votes=tuple(votes))) is label


@pytest.mark.parametrize(
    ("votes", "flagged"),
    [
        ([vote("ana", -1, "spam"), vote("ben", 1)], False),
        ([vote("ana", -1, "spam"), vote("ben", -1, "spam"), vote("cleo", 1)], True),
        ([vote("ana", 1), vote("ben", 1), vote("cleo", -1, "pii")], True),
        ([vote("ana", -1, "fails_task")], False),
    ],
)
def test_spam_and_personal_data_train_nothing(votes: list[ExportedVote], flagged: bool) -> None:
    assert kto.flagged(node("ab", 1, votes=tuple(votes))) is flagged


@pytest.mark.parametrize(
    ("good", "bad", "weights"),
    [(100, 100, (1.0, 1.0)), (133, 100, (1.0, 1.0)), (300, 100, (1.0, 3.0)), (50, 100, (2.0, 1.0)), (5, 0, (1.0, 1.0))],
)
def test_weights_even_out_the_thumbs(good: int, bad: int, weights: tuple[float, float]) -> None:
    assert kto.weights(ExportCounts(good=good, bad=bad)) == weights
    desirable, undesirable = weights
    if good and bad:
        assert 1 <= desirable * good / (undesirable * bad) <= 4 / 3


def exported(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.in_the_store
async def test_a_rated_answer_becomes_prompt_completion_and_label(store: Database, tmp_path: Path) -> None:
    def talk(session: Session) -> None:
        ana, ben = talker(session, "ana"), talker(session, "ben")
        first = ana.asks("Do birds fly?", "Most do.")
        second = ben.asks("And penguins?", "They fly too.", first)
        ana.rates(first, 1)
        ben.rates(second, -1)
        ana.asks("Thank you.", "Welcome.", second)

    await store.write(talk)
    counts = await export(store, "kto", tmp_path / "kto.jsonl", OPEN)
    birds = {"role": "user", "content": "Do birds fly?"}
    most = {"role": "assistant", "content": "Most do."}
    penguins = {"role": "user", "content": "And penguins?"}
    assert exported(tmp_path / "kto.jsonl") == [
        {"prompt": [birds], "completion": [most], "label": True},
        {
            "prompt": [birds, most, penguins],
            "completion": [{"role": "assistant", "content": "They fly too."}],
            "label": False,
        },
    ]
    assert (counts.rows, counts.good, counts.bad, counts.left_out) == (2, 1, 1, {"unrated": 1})


async def test_a_rater_who_has_not_agreed_makes_no_row(store: Database, tmp_path: Path) -> None:
    def talk(session: Session) -> None:
        ana, ben, cleo = (talker(session, name, agreed=name != "cleo") for name in ("ana", "ben", "cleo"))
        first = ana.asks("Do birds fly?", "Most do.")
        cleo.rates(first, 1)
        second = cleo.asks("And penguins?", "They swim.", first)
        for rater in (ana, ben):
            rater.rates(second, 1)

    await store.write(talk)
    counts = await export(store, "kto", tmp_path / "kto.jsonl", OPEN)
    assert exported(tmp_path / "kto.jsonl") == []
    assert counts.left_out == {"unrated": 1, "no-consent": 1, "below": 1}
    assert counts.ratings_left_out == {"no-consent": 1}


async def test_a_long_prompt_is_cut_at_its_beginning_and_begins_with_a_question(
    store: Database, tmp_path: Path
) -> None:
    def talk(session: Session) -> None:
        ana = talker(session, "ana")
        answer = None
        for n in range(hot_path.LONGEST_PATH // 2 + 5):
            answer = ana.asks(f"question {n}", f"answer {n}", answer)
        ana.rates(answer or "", 1)

    await store.write(talk)
    await export(store, "kto", tmp_path / "kto.jsonl", OPEN)
    (row,) = exported(tmp_path / "kto.jsonl")
    prompt = row["prompt"]
    assert isinstance(prompt, list)
    assert prompt[0]["role"] == prompt[-1]["role"] == "user"
    assert len(prompt) == hot_path.LONGEST_PATH - 1


async def test_a_row_can_say_where_it_is_from(store: Database, tmp_path: Path) -> None:
    def talk(session: Session) -> str:
        ana = talker(session, "ana")
        answer = ana.asks("Do birds fly?", "Most do.")
        ana.rates(answer, 1)
        return answer

    answer = await store.write(talk)
    options = ExportOptions(terms=TERMS, switches=OPEN.switches, meta=True)
    await export(store, "kto", tmp_path / "kto.jsonl", options)
    (row,) = exported(tmp_path / "kto.jsonl")
    meta = row["meta"]
    assert isinstance(meta, dict)
    assert meta["message_ids"] == [meta["tree_id"], answer]
    assert {name: meta[name] for name in ("lang", "source_platform", "model_name", "n_votes", "margin")} == {
        "lang": "en",
        "source_platform": "paper",
        "model_name": "tiny",
        "n_votes": 1,
        "margin": 1,
    }
    assert meta["consent_version"] == TERMS


async def test_a_branch_keeps_to_its_own_path(store: Database, tmp_path: Path) -> None:
    def talk(session: Session) -> str:
        ana = talker(session, "ana")
        question = ana.says("Do birds fly?")
        for text, value in (("Most do.", 1), ("None does.", -1)):
            ana.rates(ana.hears(question, text), value)
        return question

    question = await store.write(talk)
    await export(store, "kto", tmp_path / "kto.jsonl", OPEN)
    rows = exported(tmp_path / "kto.jsonl")
    assert [(row["completion"], row["label"]) for row in rows] == [
        ([{"role": "assistant", "content": "Most do."}], True),
        ([{"role": "assistant", "content": "None does."}], False),
    ]
    await store.write(changed(question, deleted=True, text=""))
    assert (await export(store, "kto", tmp_path / "kto.jsonl", OPEN)).rows == 0


@pytest.mark.parametrize(
    ("labels", "label"),
    [
        ({}, None),
        ({"quality": (0.6, 2)}, True),
        ({"quality": (0.9, 1)}, None),
        ({"quality": (0.5, 9)}, None),
        ({"quality": (0.4, 2)}, False),
        ({"quality": (1.0, 3), "fails_task": (0.67, 3)}, False),
        ({"quality": (1.0, 3), "fails_task": (1.0, 1)}, True),
        ({"fails_task": (0.67, 3)}, False),
        ({"fails_task": (0.0, 3)}, None),
        ({"quality": (None, 3)}, None),
    ],
)
def test_reviewers_decide_on_an_answer_in_a_tree(labels: dict[str, tuple[float, int]], label: bool | None) -> None:
    given = {name: {"value": value, "count": count} for name, (value, count) in labels.items()}
    assert kto.assessment(from_file("ab", 1, imported={"labels": given})) is label


async def test_labels_in_trees_become_rows(store: Database, tmp_path: Path) -> None:
    def grow(session: Session) -> None:
        grove = Grove(session)
        ana, ben = grove.person("ana"), grove.person("ben")
        grove.tree("a", ana)
        for id, quality in (("b", 1.0), ("c", 0.0), ("d", 0.5), ("e", None)):
            grove.message(id, "a", "a", None)
            for person in (ana, ben) if quality is not None else ():
                grove.review(person, id, quality=quality or 0.0)

    await store.write(grow)
    options = replace(OPEN, meta=True)
    counts = await export(store, "kto", tmp_path / "kto.jsonl", options)
    good, bad = exported(tmp_path / "kto.jsonl")
    assert {**good, "meta": 0} == {
        "prompt": [{"role": "user", "content": "text of a"}],
        "completion": [{"role": "assistant", "content": "text of b"}],
        "label": True,
        "meta": 0,
    }
    assert (bad["completion"], bad["label"]) == ([{"role": "assistant", "content": "text of c"}], False)
    meta = good["meta"]
    assert isinstance(meta, dict)
    assert (meta["n_votes"], meta["label_means"]["quality"]) == (2, 1.0)
    assert (counts.good, counts.bad, counts.left_out) == (1, 1, {"undecided": 1, "unrated": 1})


def test_an_answer_that_is_in_a_tree_and_in_a_chat_makes_one_row() -> None:
    counts = ExportCounts()
    told = {"labels": {"quality": {"value": 1.0, "count": 2}}}
    nodes = [labeled("a"), labeled("ab", 1, imported=told), node("a"), node("ab", 1, votes=(vote("ana", 1),))]
    found = list(kto.rows(grown(*nodes), ExportOptions(terms=TERMS), counts, no_chats))
    assert [row["label"] for row in found] == [True]
    assert counts.left_out == {"given": 1}


def no_chats(unit: Callable[[Session], T]) -> T:
    raise AssertionError("there is no chat to read")
