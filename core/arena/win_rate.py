"""How often a candidate wins, with an interval that knows that votes of one person resemble each other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import quantiles

from core.arena.ballots import TIES, Ballot, weights

FEWEST_PEOPLE = 5
"""From so few people on, what they say is told with an interval: fewer often agree by chance, and a bootstrap over them
would then be certain.
"""

SAMPLES = 1000
SEED = 1
"""Samples of the bootstrap, and the seed of its chance: the same votes have the same interval each time."""


@dataclass(frozen=True, slots=True)
class EstimatedRate:
    """A share with its interval of 95 %."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PersonTally:
    """The weighted votes of one person."""

    won: float
    lost: float
    tied: float


Statistic = Callable[[Sequence[PersonTally]], float]


def tallies(ballots: Sequence[Ballot], correlation: float) -> Mapping[str, PersonTally]:
    """The votes of each person; what they weigh together grows ever less with their number."""
    each = weights((one.person for one in ballots), correlation)
    found: dict[str, list[Ballot]] = {}
    for one in ballots:
        found.setdefault(one.person, []).append(one)
    return {
        person: PersonTally(
            each[person] * sum(one.outcome == "won" for one in theirs),
            each[person] * sum(one.outcome == "lost" for one in theirs),
            each[person] * sum(one.outcome in TIES for one in theirs),
        )
        for person, theirs in found.items()
    }


def share_won(people: Sequence[PersonTally]) -> float:
    """The share of preferences that the candidate won; a half if there are none."""
    won, lost = sum(one.won for one in people), sum(one.lost for one in people)
    return won / (won + lost) if won + lost else 0.5


def share_with_ties(people: Sequence[PersonTally]) -> float:
    """The share of all votes that the candidate won, where a tie is half a win."""
    won, lost, tied = (sum(getattr(one, name) for one in people) for name in ("won", "lost", "tied"))
    return (won + tied / 2) / (won + lost + tied) if won + lost + tied else 0.5


def estimated(
    people: Sequence[PersonTally], statistic: Statistic = share_won, samples: int = SAMPLES, seed: int = SEED
) -> EstimatedRate | None:
    """A statistic with its percentile interval from a bootstrap over people; None if there are fewer than five, or if
    none of them has preferred an answer.

    People are drawn, not votes: what varies is who takes part (B. Efron, R. Tibshirani, "An Introduction to the
    Bootstrap", 1993, chapters 8 and 13).
    """
    if len(people) < FEWEST_PEOPLE or not _preferred(people):
        return None
    chance = Random(seed)
    drawn = [statistic(chance.choices(people, k=len(people))) for _ in range(samples)]
    cuts = quantiles(drawn, n=40, method="inclusive")
    return EstimatedRate(statistic(people), cuts[0], cuts[-1])


def without_each(people: Sequence[PersonTally], statistic: Statistic = share_won) -> tuple[float, float] | None:
    """The least and the largest value of a statistic if one person is left out; None for fewer than two, or if none of
    them has preferred an answer.
    """
    if len(people) < 2 or not _preferred(people):
        return None
    found = [statistic([*people[:number], *people[number + 1 :]]) for number in range(len(people))]
    return min(found), max(found)


def _preferred(people: Sequence[PersonTally]) -> bool:
    return any(one.won or one.lost for one in people)
