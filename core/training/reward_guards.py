"""Stops a reward model that is not better than chance, or that only counts words.

It is judged by pairs of held-out people and prompts: how many of them it puts in the order in which people did.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import sqrt
from typing import Any

from core.training.guards import Guard, figures_in

CHANCE = 0.5
MOST_LENGTH = 0.9
"""How closely the reward may go with an answer's length alone: the correlation, either way."""

NORMAL = 1.959964
"""The quantile of the normal distribution for an interval of 95 %."""

FIGURES = ("pairs", "prompts", "right", "longer_better", "longer_right", "shorter_better", "shorter_right")


def judged_rewards(before: Mapping[str, Any], after: Mapping[str, Any]) -> Sequence[Guard]:
    """The guards for what a reward model with an untrained head says of held-out pairs, and the trained one.

    Raises OperatorError if these are no figures.
    """
    b, a = figures_in(before, FIGURES), figures_in(after, FIGURES)
    low, high = interval(a["right"], a["prompts"])
    lengths = [figures_in(one, ("length_correlation",), -1.01)["length_correlation"] for one in (before, after)]
    return (
        Guard(
            f"share of {a['pairs']:g} held-out pairs in the right order", b["right"], a["right"],
            f"surely more than {CHANCE:g}; it is {low:.2f} to {high:.2f}",
            low > CHANCE,
        ),
        Guard(
            "correlation of the reward with the length of answers", lengths[0], lengths[1],
            f"from -{MOST_LENGTH:g} to {MOST_LENGTH:g}",
            abs(lengths[1]) <= MOST_LENGTH,
        ),
    )  # fmt: skip


def interval(share: float, number: float) -> tuple[float, float]:
    """The interval of 95 % for a share of so many observations (E. B. Wilson, "Probable Inference, the Law of
    Succession, and Statistical Inference", Journal of the American Statistical Association 22, 1927).

    Pairs of one prompt are much alike, so the prompts are what is counted.
    """
    if not number:
        return 0.0, 1.0
    share = min(max(share, 0.0), 1.0)
    square = NORMAL * NORMAL / number
    middle = share + square / 2
    half = NORMAL * sqrt(share * (1 - share) / number + square / (4 * number))
    return (middle - half) / (1 + square), (middle + half) / (1 + square)


def told(figures: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What else a card says of a reward model: whether it follows length against people."""
    for name, words in (("longer", "longer"), ("shorter", "shorter")):
        better, right = figures[f"{name}_better"], figures[f"{name}_right"]
        if better:
            yield f"right where the {words} answer is better", f"{right} of {better}"
