"""The figures of answers by which a run is judged."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from trainer.answer_figures import names_one, repetition

FACTS = json.loads((Path(__file__).parents[2] / "trainer" / "facts.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("answer", "wanted", "right"),
    [
        ("It is Paris.", ["Paris"], True),
        ("PARIS", ["Paris"], True),
        ("They make it of grapes.", ["grape"], True),
        ("The formula is H₂O", ["H2O", "H₂O"], True),
        ("At 100°C", ["100"], True),
        ("Because it is", ["Au"], False),
        ("Every year", ["ear"], False),
        ("At 1000 degrees", ["100"], False),
        ("", ["Paris"], False),
    ],
)
def test_a_fact_is_known_by_a_word_of_its_own(answer: str, wanted: Sequence[str], right: bool) -> None:
    assert names_one(answer, wanted) is right


def test_a_question_does_not_tell_its_answer() -> None:
    assert len({one["question"] for one in FACTS}) == len(FACTS) == 120
    assert [one["question"] for one in FACTS if names_one(one["question"], one["answers"])] == []


def test_repetition_is_the_fraction_of_runs_that_come_again() -> None:
    assert repetition(list("abcd")) == 0
    assert repetition(list("abcdabcd")) == pytest.approx(1 / 5)
    assert repetition([]) == 0
