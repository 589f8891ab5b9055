"""Estimate how reliable each labeler is and what is most likely true: Dawid and Skene, simplified, with a prior.

Each person has one number instead of a table of error rates. A. P. Dawid and A. M. Skene, Maximum Likelihood Estimation
of Observer Error-Rates, 1979; the formulas and the prior are those of docs/reference/labeling.md 2.4.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

RIGHT, WRONG = 4.0, 1.0
"""The prior: a newcomer counts as somebody who was right four times in five."""

MOST_ROUNDS, STILL = 100, 1e-6
HEAVIEST = 2.0
DOUBTFUL, KNOWN = 0.55, 20
"""Below this reliability after this many items, a person gets only gold items, and a moderator is told.

Nobody is banned for it.
"""


@dataclass(frozen=True, slots=True)
class LabelVote:
    """One person's label of one item."""

    person: str
    item: str
    value: str


@dataclass(frozen=True, slots=True)
class AnnotatorTrust:
    """The estimate: each person's `reliability`, and for each item (`truth`) the probability of each value, 0 to 1."""

    reliability: Mapping[str, float]
    truth: Mapping[str, Mapping[str, float]]

    def best(self, item: str) -> str | None:
        """Return an item's most likely value; of equally likely values, the first by name."""
        found = self.truth.get(item)
        return min(found, key=lambda value: (-found[value], value)) if found else None


def estimate(votes: Sequence[LabelVote], gold: Mapping[str, str] | None = None) -> AnnotatorTrust:
    """Estimate reliability and truth together by expectation maximisation. `gold` holds the items of known truth.

    The model: a person gives the true value with the probability of their reliability, and otherwise any of the other
    values with equal chance.
    """
    values = sorted({vote.value for vote in votes} | set((gold or {}).values()))
    by_item: dict[str, list[LabelVote]] = defaultdict(list)
    by_person: dict[str, list[LabelVote]] = defaultdict(list)
    for vote in votes:
        by_item[vote.item].append(vote)
        by_person[vote.person].append(vote)
    if len(values) < 2:
        certain = {item: dict.fromkeys(values, 1.0) for item in by_item}
        return AnnotatorTrust(dict.fromkeys(by_person, RIGHT / (RIGHT + WRONG)), certain)
    reliability = dict.fromkeys(by_person, RIGHT / (RIGHT + WRONG))
    common = dict.fromkeys(values, 1 / len(values))
    truth: dict[str, dict[str, float]] = {}
    for _ in range(MOST_ROUNDS):
        logs = {person: _logs(right, len(values) - 1) for person, right in reliability.items()}
        truth = {item: _posterior(found, logs, common) for item, found in by_item.items()}
        truth |= {item: {value: float(value == known) for value in values} for item, known in (gold or {}).items()}
        common = {value: sum(one[value] for one in truth.values()) / len(truth) for value in values}
        before, reliability = (
            reliability,
            {
                person: (sum(truth[vote.item][vote.value] for vote in found) + RIGHT) / (len(found) + RIGHT + WRONG)
                for person, found in by_person.items()
            },
        )
        if max((abs(reliability[person] - before[person]) for person in reliability), default=0.0) < STILL:
            break
    return AnnotatorTrust(reliability, truth)


def weight(reliability: float) -> float:
    """Return how much a person's vote counts: the logarithm of the odds that they are right, clipped to 0 to 2."""
    odds = min(max(reliability, 1e-9), 1 - 1e-9)
    return min(max(math.log(odds / (1 - odds)), 0.0), HEAVIEST)


def doubtful(reliability: float, items: int) -> bool:
    """Return whether somebody's work should be checked before it counts."""
    return items >= KNOWN and reliability < DOUBTFUL


def _logs(right: float, others: int) -> tuple[float, float]:
    """Return the log probabilities that a person gives the true value, and one particular other value."""
    return math.log(right), math.log((1 - right) / others)


def _posterior(
    votes: Sequence[LabelVote], logs: Mapping[str, tuple[float, float]], common: Mapping[str, float]
) -> dict[str, float]:
    """Return the probability of each value of an item, from its votes."""
    wrong = sum(logs[vote.person][1] for vote in votes)
    found = {value: math.log(max(share, 1e-12)) + wrong for value, share in common.items()}
    for vote in votes:
        right, other = logs[vote.person]
        found[vote.value] += right - other
    highest = max(found.values())
    raised = {value: math.exp(one - highest) for value, one in found.items()}
    whole = sum(raised.values())
    return {value: one / whole for value, one in raised.items()}
