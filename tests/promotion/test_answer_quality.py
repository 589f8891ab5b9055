"""What counts as worse, and what chance may do."""

import json
from dataclasses import replace
from math import log2
from typing import Any

import pytest

from benchmarks.promotion import USUAL as USUAL_MODEL
from benchmarks.promotion import SimulatedModel, one_each, simulate
from core.promotion.answer_quality import AnswerQuality, PersonMean, recorded, unanswered, worse
from core.promotion.refusals import refuses
from core.store.answer_samples import SampledAnswer

REFUSED = "refused or failed of a person's questions, on average"


def rated(up: int, down: int) -> dict[str, Any]:
    """So many thumbs, each of another person."""
    return {"up": up, "down": down, "down_share": one_each(down, up + down)}


def asked(answers: int, unanswered: int) -> dict[str, Any]:
    """So many questions, each of another person."""
    share = one_each(unanswered, answers)
    return {"answers": answers, "unanswered": unanswered, "unanswered_share": share}


def typical(figure: float, people: int = 100, octaves: float = 0.5) -> PersonMean:
    """A length or a time with this mean over people, between whom it varies by so many octaves."""
    return PersonMean(log2(figure), octaves**2, people)


USUAL = AnswerQuality(timed=480, length=typical(300), time=typical(4), **rated(60, 20), **asked(500, 20))


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({}, ""),
        (rated(40, 60), "👎 among a person's thumbs, on average: 60% (100 people), before 25% (80 people)"),
        (rated(8, 12), ""),
        (rated(60, 30), ""),
        ({**rated(0, 4), "down": 400}, ""),
        (asked(500, 80), f"{REFUSED}: 16% (500 people), before 4% (500 people)"),
        (asked(500, 40), ""),
        (asked(60, 50), ""),
        ({**asked(500, 400), "unanswered_share": one_each(4, 4)}, ""),
        ({"length": typical(140)}, "length: 140 characters, before 300"),
        ({"length": typical(620)}, "length: 620 characters, before 300"),
        ({"length": typical(160)}, ""),
        ({"length": typical(620, people=4)}, ""),
        ({"length": typical(620, people=10, octaves=2)}, ""),
        ({"length": PersonMean(), **asked(500, 500)}, f"{REFUSED}: 100% (500 people), before 4% (500 people)"),
        ({"time": typical(9)}, "time: 9.0 s, before 4.0 s"),
        ({"time": typical(7.9)}, ""),
        ({"time": typical(9), "timed": 50}, ""),
        ({"time": typical(9, people=4)}, ""),
        ({**rated(200, 0), **asked(500, 0), "time": typical(0.5)}, ""),
        (
            {"time": typical(20), "length": typical(20)},
            "length: 20 characters, before 300; time: 20.0 s, before 4.0 s",
        ),
    ],
)
def test_what_is_worse_beyond_its_bound(after: dict[str, Any], words: str) -> None:
    assert worse(USUAL, replace(USUAL, **after)) == words


def test_a_quick_model_may_take_twice_the_time() -> None:
    assert worse(replace(USUAL, time=typical(0.4)), replace(USUAL, time=typical(1.5))) == ""


def test_without_a_week_before_there_is_nothing_to_compare_with() -> None:
    bad = replace(USUAL, **asked(500, 400), time=typical(60), length=typical(1))
    assert worse(AnswerQuality(), bad) == ""


def test_figures_are_stored_as_json_and_those_of_another_version_are_not_taken() -> None:
    assert recorded(json.loads(json.dumps(USUAL.record()))) == USUAL
    assert recorded({"answers": 500, "unanswered": 20, "characters": 300.0, "seconds": 4.0}) is None


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
    answer = SampledAnswer("a", "c", "p", "complete", opening, len(opening), None)
    assert unanswered(answer if state == "complete" else replace(answer, state="timeout")) == is_none
