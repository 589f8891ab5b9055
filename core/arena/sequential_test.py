"""The test that says whether a candidate is better, and when enough votes are there to know.

It is Wald's sequential probability ratio test (A. Wald, "Sequential Tests of Statistical Hypotheses", Annals of
Mathematical Statistics 16, 1945) over the votes that prefer one answer, with an end after which it gives up.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import log
from typing import Any, Literal

Verdict = Literal["better", "not-better", "undecided", "open"]
"""The candidate is better; it is not; the votes are used up and say neither; more votes are needed."""


@dataclass(frozen=True, slots=True)
class StoppingRule:
    """When the votes are enough, and what they say then.

    It tests `worthless`, the share of preferences that a useless candidate wins, against `worthwhile`, the least share
    that is worth a change. A useless candidate is called better with the probability `false_alarm`, one that wins
    `worthwhile` is missed with the probability `missed`. After `most` votes for one of the two answers it gives up.

    Votes of one person resemble each other by about `correlation`, so that n of them say as much as
    n / (1 + (n - 1) * correlation) votes of n people (the design effect of L. Kish, "Survey Sampling", 1965). However
    many they are, they never say as much as 1 / correlation people do.
    """

    worthless: float = 0.5
    worthwhile: float = 0.6
    false_alarm: float = 0.05
    missed: float = 0.1
    correlation: float = 0.15
    most: int = 400

    @property
    def accept(self) -> float:
        """The sum of log likelihood ratios from which on the candidate is better."""
        return log((1 - self.missed) / self.false_alarm)

    @property
    def reject(self) -> float:
        """The sum of log likelihood ratios down to which the candidate may still be better."""
        return log(self.missed / (1 - self.false_alarm))

    def record(self) -> Mapping[str, Any]:
        """The rule as it is stored."""
        return asdict(self)

    def weight(self, votes: int) -> float:
        """What each of so many votes of one person weighs."""
        return 1 / (1 + (votes - 1) * self.correlation)


@dataclass(frozen=True, slots=True)
class TestedVotes:
    """What a rule says about votes: the verdict, after how many preferences it was reached, and how many people gave
    them. `ratio` is the sum of log likelihood ratios then, between `reject` and `accept` while the verdict is open.
    """

    verdict: Verdict
    preferences: int
    people: int
    ratio: float


def judge(rule: StoppingRule, preferences: Iterable[tuple[str, bool]]) -> TestedVotes:
    """Go through preferences in their order until the rule is met: who preferred, and whether it was the candidate.

    Ties are no preferences and are left out. What comes after the verdict changes nothing.
    """
    won, lost = log(rule.worthwhile / rule.worthless), log((1 - rule.worthwhile) / (1 - rule.worthless))
    sums: dict[str, float] = {}
    numbers: Counter[str] = Counter()
    ratio, seen = 0.0, 0
    for seen, (person, better) in enumerate(preferences, 1):
        before = sums.get(person, 0.0) * rule.weight(numbers[person]) if numbers[person] else 0.0
        numbers[person] += 1
        sums[person] = sums.get(person, 0.0) + (won if better else lost)
        ratio += sums[person] * rule.weight(numbers[person]) - before
        if ratio >= rule.accept:
            return TestedVotes("better", seen, len(numbers), ratio)
        if ratio <= rule.reject:
            return TestedVotes("not-better", seen, len(numbers), ratio)
        if seen >= rule.most:
            return TestedVotes("undecided", seen, len(numbers), ratio)
    return TestedVotes("open", seen, len(numbers), ratio)
