"""The test that says whether a candidate is better, and when enough votes are there to know.

It is Wald's sequential probability ratio test (A. Wald, "Sequential Tests of Statistical Hypotheses", Annals of
Mathematical Statistics 16, 1945) over the votes that prefer one answer, with an end after which it gives up.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import log
from typing import Any, Literal, NamedTuple

Verdict = Literal["better", "not-better", "undecided", "open"]
"""The candidate is better; it is not; the votes are used up and say neither; more votes are needed."""


@dataclass(frozen=True, slots=True)
class StoppingRule:
    """When the votes are enough, and what they say then.

    It tests `worthless`, the share of preferences that a useless candidate wins, against `worthwhile`, the least share
    that is worth a change. A useless candidate is called better with the probability `false_alarm`, one that wins
    `worthwhile` is missed with the probability `missed`. After `most` votes for one of the two answers it gives up.

    Votes of one person resemble each other by about `correlation`, so that n of them say as much as
    n / (1 + (n - 1) * correlation) votes of n people (the design effect of L. Kish, "Survey Sampling", 1965). And
    nobody says more than the others do on average: a flood of votes by one person counts as one person.
    """

    worthless: float = 0.5
    worthwhile: float = 0.6
    false_alarm: float = 0.05
    missed: float = 0.05
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

    def says(self, votes: int) -> float:
        """As many votes of different people say as much as so many votes of one person."""
        return votes / (1 + (votes - 1) * self.correlation) if votes else 0.0


@dataclass(frozen=True, slots=True)
class TestedVotes:
    """What a rule says about votes: the verdict, after how many preferences it was reached, and how many people gave
    them. `ratio` is the sum of log likelihood ratios then, between `reject` and `accept` while the verdict is open.
    """

    verdict: Verdict
    preferences: int
    people: int
    ratio: float


class PersonPreferences(NamedTuple):
    """How often a person has preferred the candidate, and how often the other."""

    won: int
    lost: int

    @property
    def number(self) -> int:
        return self.won + self.lost


NOTHING = PersonPreferences(0, 0)


def judge(rule: StoppingRule, preferences: Iterable[tuple[str, bool]]) -> TestedVotes:
    """Go through preferences in their order until the rule is met: who preferred, and whether it was the candidate.

    Ties are no preferences and are left out. What comes after the verdict changes nothing.
    """
    won, lost = log(rule.worthwhile / rule.worthless), log((1 - rule.worthwhile) / (1 - rule.worthless))
    people: dict[str, PersonPreferences] = {}
    # People with equally many preferences of each kind say the same, so that there are few sums to add up.
    alike: Counter[PersonPreferences] = Counter()
    says, ratio, seen, busiest = 0.0, 0.0, 0, 0
    for seen, (person, better) in enumerate(preferences, 1):
        before = people.get(person, NOTHING)
        after = people[person] = PersonPreferences(before.won + better, before.lost + (not better))
        alike[before] -= 1
        alike[after] += 1
        says += rule.says(after.number) - rule.says(before.number)
        busiest = max(busiest, after.number)
        others = max(1, len(people) - 1)
        limit = max(1.0, (says - rule.says(busiest)) / others)
        ratio = sum(
            count * min(rule.says(one.number), limit) * (one.won * won + one.lost * lost) / one.number
            for one, count in alike.items()
            if count > 0 and one.number
        )
        spent = seen - busiest + min(busiest, max(1.0, (seen - busiest) / others))
        if verdict := _reached(rule, ratio, spent):
            return TestedVotes(verdict, seen, len(people), ratio)
    return TestedVotes("open", seen, len(people), ratio)


def _reached(rule: StoppingRule, ratio: float, spent: float) -> Verdict | None:
    if ratio >= rule.accept:
        return "better"
    if ratio <= rule.reject:
        return "not-better"
    return "undecided" if spent >= rule.most else None
