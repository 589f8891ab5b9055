"""What counts as worse, and what chance may do."""

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.promotion import USUAL as USUAL_MODEL
from benchmarks.promotion import SimulatedModel, simulate
from core.promotion.answer_quality import AnswerQuality, unanswered, worse
from core.promotion.refusals import refuses
from core.store.answer_samples import SampledAnswer


def rated(up: int, down: int) -> dict[str, Any]:
    """So many thumbs, each of another person."""
    share = down / (up + down)
    return {"up": up, "down": down, "people": up + down, "down_share": share, "down_variance": share * (1 - share)}


USUAL = AnswerQuality(answers=500, unanswered=20, characters=300.0, seconds=4.0, timed=480, **rated(60, 20))


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({}, ""),
        (rated(40, 60), "👎 among a person's thumbs, on average: 60% (100 people), before 25% (80 people)"),
        (rated(8, 12), ""),
        (rated(60, 30), ""),
        ({**rated(0, 4), "down": 400}, ""),
        ({"unanswered": 80}, "refused or failed: 16% of 500, before 4% of 500"),
        ({"unanswered": 40}, ""),
        ({"answers": 60, "unanswered": 50}, ""),
        ({"characters": 140.0}, "length: 140 characters, before 300"),
        ({"characters": 620.0}, "length: 620 characters, before 300"),
        ({"characters": 160.0}, ""),
        ({"characters": None, "unanswered": 500}, "refused or failed: 100% of 500, before 4% of 500"),
        ({"seconds": 9.0}, "time: 9.0 s, before 4.0 s"),
        ({"seconds": 7.9}, ""),
        ({"seconds": 9.0, "timed": 50}, ""),
        ({"up": 200, "down": 0, "unanswered": 0, "seconds": 0.5}, ""),
        ({"seconds": 20.0, "characters": 20.0}, "length: 20 characters, before 300; time: 20.0 s, before 4.0 s"),
    ],
)
def test_what_is_worse_beyond_its_bound(after: dict[str, Any], words: str) -> None:
    assert worse(USUAL, replace(USUAL, **after)) == words


def test_a_quick_model_may_take_twice_the_time() -> None:
    assert worse(replace(USUAL, seconds=0.4), replace(USUAL, seconds=1.5)) == ""


def test_without_a_week_before_there_is_nothing_to_compare_with() -> None:
    assert worse(AnswerQuality(), replace(USUAL, unanswered=400, seconds=60.0, characters=1.0)) == ""


def test_chance_alone_seldom_rolls_anything_back_and_a_bad_model_is_soon_found() -> None:
    assert simulate(USUAL_MODEL, 150).share < 0.03
    found = simulate(SimulatedModel(unanswered=0.15), 40)
    assert found.share > 0.95
    assert found.answers < 250


@pytest.mark.parametrize(
    "opening",
    [
        "I'm sorry, but I can't help with that.",
        "I’m sorry, but as a language model I am unable to do so.",
        "I cannot answer this.",
        "Sorry, I can't do that",
        "As an AI, I have no opinions.",
        "Es tut mir leid, aber das kann ich nicht.",
        "Tut mir leid, dabei kann ich dir nicht helfen.",
        "Ich kann dir dabei nicht helfen.",
        "Lo siento, no puedo ayudarte.",
        "Ho sento, però no puc fer-ho.",
        "Je suis désolé, mais je ne peux pas répondre.",
        "Barkatu, baina ezin dut hori egin.",
        "很抱歉，我不能回答。",
        "我无法回答这个问题。",
    ],
)
def test_an_answer_that_refuses(opening: str) -> None:
    assert refuses(opening)


@pytest.mark.parametrize(
    "opening",
    [
        "I'm sorry to hear that. Try to rest.",
        "I can help with that.",
        "You cannot divide by zero, because",
        "Ich kann dir helfen.",
        "No puede ser: la suma es cuatro.",
        "Paris.",
    ],
)
def test_an_answer_that_does_not_refuse(opening: str) -> None:
    assert not refuses(opening)


@pytest.mark.parametrize(
    ("state", "opening", "is_none"),
    [
        ("complete", "Paris.", False),
        ("complete", " \n", True),
        ("timeout", "Par", True),
        ("complete", "I can't.", True),
    ],
)
def test_a_question_without_an_answer(state: str, opening: str, is_none: bool) -> None:
    answer = SampledAnswer("a", "c", "complete", opening, len(opening), None)
    assert unanswered(answer if state == "complete" else replace(answer, state="timeout")) == is_none
