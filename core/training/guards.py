"""Stops a run that has spoiled what the model could: figures before and after, each with its bound.

The bounds are those of docs/reference/training.md 4.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from core.errors import OperatorError

SHORTEST, LONGEST = 0.5, 1.5
"""The mean length of answers, as a multiple of what it was."""

MORE_REPETITION = 0.1
"""How much larger the share of repeated runs of words may be."""

FEWER_FACTS = 0.1
"""The fraction of the plain facts that a model may know less of than before."""

MORE_NATS = 0.1
"""How much more a neutral text may surprise the model, in nats a token."""

FIGURES = ("facts", "facts_of", "nats", "words", "repetition", "answers")


@dataclass(frozen=True, slots=True)
class Guard:
    """One thing that was measured before and after; `bound` says in words what is allowed."""

    name: str
    before: float
    after: float
    bound: str
    held: bool


def judged(before: Mapping[str, Any], after: Mapping[str, Any]) -> Sequence[Guard]:
    """The guards for the figures of a base and of what was made of it. Raises OperatorError if they are no figures."""
    b, a = figures_in(before, FIGURES), figures_in(after, FIGURES)
    # Of answers that were empty before, every length is as good.
    ratio = a["words"] / b["words"] if b["words"] else 1.0
    fewer = round(FEWER_FACTS * b["facts_of"])
    return (
        Guard(
            "words in an answer", b["words"], a["words"], f"{SHORTEST:g} to {LONGEST:g} times as many",
            SHORTEST <= ratio <= LONGEST,
        ),
        Guard(
            "share of repeated runs of words", b["repetition"], a["repetition"], f"at most {MORE_REPETITION:g} more",
            a["repetition"] <= b["repetition"] + MORE_REPETITION,
        ),
        Guard(
            f"plain facts of {b['facts_of']:g}", b["facts"], a["facts"], f"at most {fewer:g} fewer",
            a["facts"] >= b["facts"] - fewer,
        ),
        Guard(
            "nats a token of neutral text", b["nats"], a["nats"], f"at most {MORE_NATS:g} more",
            a["nats"] <= b["nats"] + MORE_NATS,
        ),
    )  # fmt: skip


def broken(guards: Sequence[Guard]) -> str:
    """What a run spoiled, in words; empty if all guards held."""
    return "; ".join(
        f"{one.name}: {one.before:.3g} before, {one.after:.3g} after ({one.bound})" for one in guards if not one.held
    )


def figures_in(given: Mapping[str, Any], names: Sequence[str], least: float = 0.0) -> Mapping[str, float]:
    """The figures of these names. Raises OperatorError if one is missing, or below `least`, or no number."""
    found = {name: float(one) for name in names if is_number(one := given.get(name)) and one >= least}
    if wrong := [name for name in names if name not in found]:
        raise OperatorError(f"some figures of the run are none: {', '.join(wrong)}")
    return found


def is_number(given: object) -> TypeGuard[int | float]:
    """Whether something is a finite number. A whole one that no float can hold is none."""
    return isinstance(given, int | float) and abs(given) <= sys.float_info.max
