"""A run that has spoiled the model is refused, with the figure that says so."""

import math
from typing import Any

import pytest

from core.errors import OperatorError
from core.training.guards import broken, judged
from tests.training.community import FIGURES


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({}, ""),
        ({"words": 42.0, "facts": 21, "nats": 3.9}, ""),
        ({"words": 19.0}, "words in an answer: 60 before, 19 after"),
        ({"words": 91.0}, "words in an answer"),
        ({"words": 0.0}, "words in an answer"),
        ({"repetition": 0.21}, "share of repeated runs"),
        ({"facts": 15}, ""),
        ({"facts": 14}, "plain facts of 30"),
        ({"nats": 4.08}, "nats a token"),
        ({"nats": 4.08, "words": 19.0}, "; nats a token"),
    ],
)
def test_each_bound(after: dict[str, float], words: str) -> None:
    found = broken(judged(FIGURES, {**FIGURES, **after}))
    assert (words in found) if words else not found


@pytest.mark.parametrize(
    "wrong", [{"nats": math.nan}, {"facts": None}, {"words": -1}, {"words": "many"}, {"facts": 10**400}]
)
def test_figures_that_are_none_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(OperatorError, match="are none"):
        judged(FIGURES, {**FIGURES, **wrong})
