"""Branches become conversations to learn from."""

from typing import Any

import pytest
from sqlmodel import Session

from core.dataset.export import chats
from core.dataset.export.consent import pruned
from core.dataset.export.counts import ExportCounts
from core.dataset.export.nodes import ExportedMessage, ExportedRanking
from core.dataset.export.options import ExportOptions
from core.dataset.export.selection import EXAMPLES, ExportSelection
from core.dataset.formats import sft
from core.store.engine.database import Database
from core.store.hot_path import LONGEST_PATH
from tests.dataset.nodes import grown, labeled, node, ranks, review, vote
from tests.dataset.people import OPEN, TERMS, talker

pytestmark = pytest.mark.above_the_store


def nothing(unit: Any) -> Any:
    raise AssertionError("the database was asked")


def rows(
    *nodes: ExportedMessage, options: ExportOptions = OPEN, counts: ExportCounts | None = None
) -> list[dict[str, Any]]:
    wanted = pruned(grown(*nodes), options.choice.refuse, ExportCounts())
    return list(sft.rows(wanted, options, counts or ExportCounts(), nothing))


def said(row: dict[str, Any]) -> str:
    """The ids of a row's messages: the texts of these nodes end with them."""
    return " ".join(turn["content"].removeprefix("text of ") for turn in row["messages"])


@pytest.mark.parametrize(
    ("nodes", "branches"),
    [
        ([labeled("a")], []),
        ([labeled("a"), labeled("ab", 1)], ["a ab"]),
        ([labeled("a"), labeled("ab", 1), labeled("abc", 2)], ["a ab"]),
        ([labeled("a"), labeled("ab", 1), labeled("abc", 2), labeled("abcd", 3)], ["a ab abc abcd"]),
        ([labeled("a"), labeled("ab", 1), labeled("ac", 1)], ["a ab", "a ac"]),
        ([labeled("a"), labeled("ab", 1), labeled("abc", 2), labeled("abd", 2), labeled("abde", 3)], ["a ab abd abde"]),
        ([labeled("a"), labeled("ab", 1), labeled("abd", 2), labeled("abde", 3), labeled("abf", 2)], ["a ab abd abde"]),
        ([labeled("a"), labeled("ab", 1), labeled("abc", 2, review_result=False), labeled("abcd", 3)], ["a ab"]),
        ([labeled("a"), labeled("ab", 1, deleted=True), labeled("abc", 2), labeled("abcd", 3)], []),
        ([labeled("a"), labeled("ab", 1), labeled("p"), labeled("pq", 1)], ["a ab", "p pq"]),
    ],
)
def test_each_branch_is_a_row_that_ends_with_an_answer(nodes: list[ExportedMessage], branches: list[str]) -> None:
    assert [said(row) for row in rows(*nodes)] == branches


def test_a_row_is_as_the_trainer_reads_it() -> None:
    (row,) = rows(labeled("a"), labeled("ab", 1), options=ExportOptions(terms=TERMS, meta=True))
    assert row["messages"] == [
        {"role": "user", "content": "text of a"},
        {"role": "assistant", "content": "text of ab"},
    ]
    assert row["meta"]["message_ids"] == ["a", "ab"]
    assert row["meta"]["consent_version"] == TERMS


def test_one_wrong_tap_of_five_keeps_no_answer_out_and_its_row_says_of_how_many() -> None:
    taps = [review(f"p{number}", spam=0.0, quality=1.0) for number in range(4)]
    reviews = (*taps, review("eve", spam=0.0, lang_mismatch=1.0))
    choice = ExportSelection(usual=EXAMPLES, careful=True)
    options = ExportOptions(terms=TERMS, meta=True, choice=choice)
    (row,) = rows(labeled("a"), labeled("ab", 1, reviews=reviews), options=options)
    names = ("label_means", "label_counts", "label_given", "review_modes")
    assert [row["meta"][name] for name in names] == [
        {"fails_task": 0.0, "lang_mismatch": 0.2, "quality": 1.0, "spam": 0.0},
        {"fails_task": 4, "lang_mismatch": 5, "quality": 4, "spam": 5},
        {"lang_mismatch": 1, "quality": 4, "spam": 5},
        {"quick": 5},
    ]


NONE = ranks("ana", "ab", "ac", refused=True), ranks("ben", "ab", "ac", refused=True)
BEST = ranks("cleo", "ab", "ac")


@pytest.mark.parametrize(
    ("rankings", "branches"),
    [
        (NONE, ["a ad"]),
        ((NONE[0], BEST), ["a ad"]),
        ((NONE[0], BEST, BEST), ["a ab abc abcd", "a ac", "a ad"]),
        ((BEST,), ["a ab abc abcd", "a ac", "a ad"]),
        ((), ["a ab abc abcd", "a ac", "a ad"]),
    ],
)
def test_answers_of_which_none_is_good_are_no_examples_nor_what_follows_them(
    rankings: tuple[ExportedRanking, ...], branches: list[str]
) -> None:
    below = labeled("abc", 2), labeled("abcd", 3)
    replies = labeled("ab", 1), *below, labeled("ac", 1), labeled("ad", 1)
    counts = ExportCounts()
    assert [said(row) for row in rows(labeled("a", rankings=rankings), *replies, counts=counts)] == branches
    assert counts.left_out["not-good"] == (2 if len(branches) == 1 else 0)


def test_a_row_says_what_fewer_people_than_usual_decided() -> None:
    few = {"num_reviews_reply": 1}
    options = ExportOptions(terms=TERMS, meta=True)
    (row,) = rows(labeled("a", relaxed=few), labeled("ab", 1, relaxed=few), options=options)
    assert row["meta"]["relaxed"] == few


def test_only_prompts_are_wanted() -> None:
    choice = ExportSelection(prompts_only=True)
    (row,) = rows(labeled("a"), labeled("ab", 1), options=ExportOptions(terms=TERMS, choice=choice))
    assert row == {"prompt": [{"role": "user", "content": "text of a"}]}


def test_only_models_answers_are_wanted() -> None:
    nodes = [labeled("a"), labeled("ab", 1), labeled("ac", 1, synthetic=True)]
    made = rows(*nodes, options=ExportOptions(terms=TERMS, choice=ExportSelection(synthetic="only")))
    assert [said(row) for row in made] == ["a ac"]


async def test_a_chat_is_an_example_up_to_a_good_answer(store: Database) -> None:
    def talk(session: Session) -> list[str]:
        ana = talker(session, "ana")
        good = ana.asks("Do birds fly?", "Most do.")
        ana.rates(good, 1)
        ana.asks("Thanks.", "Welcome.", good)
        bad = ana.asks("And penguins?", "They fly.", good)
        ana.rates(bad, -1)
        after = ana.asks("Really?", "No.", bad)
        ana.rates(after, 1)
        return [good, bad, after]

    def exported(session: Session) -> list[dict[str, Any]]:
        nodes = chats.walk(lambda unit: unit(session))
        return list(sft.rows(nodes, OPEN, counts, lambda unit: unit(session)))

    counts = ExportCounts()
    await store.write(talk)
    made = await store.read(exported)
    assert [[turn["content"] for turn in row["messages"]] for row in made] == [["Do birds fly?", "Most do."]]
    assert counts.left_out == {"disliked": 1, "below": 2}


def test_a_chat_that_nobody_rated_is_no_example() -> None:
    assert rows(node("a"), node("ab", 1)) == []
    assert rows(node("a"), node("ab", 1, votes=(vote("ana", 1, "pii"),))) == []


def test_a_long_way_is_cut_at_its_beginning() -> None:
    nodes = [labeled("x" * (depth + 1), depth) for depth in range(LONGEST_PATH + 2)]
    (row,) = rows(*nodes)
    assert len(row["messages"]) == LONGEST_PATH + 1 - (LONGEST_PATH + 1) % 2
    assert row["messages"][0]["role"] == "user"
