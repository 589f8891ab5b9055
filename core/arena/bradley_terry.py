"""The Bradley-Terry model with ties, after R. R. Davidson, "On Extending the Bradley-Terry Model to Accommodate Ties in
Paired Comparison Experiments", Journal of the American Statistical Association 65, 1970.

With strengths s and a parameter t of ties, i beats j with the probability s_i / (s_i + s_j + t * sqrt(s_i * s_j)), and
ties with it with t * sqrt(s_i * s_j) over the same sum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, log10, sqrt

MOST_STEPS = 2000
CLOSE = 1e-9
ELO = 400.0
"""Points for ten times the strength, as in chess."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two that have met: how often the first won, how often the second did, and how often they tied. The numbers may be
    sums of weights.
    """

    first: str
    second: str
    won: float = 0.0
    lost: float = 0.0
    tied: float = 0.0


@dataclass(frozen=True, slots=True)
class FittedStrengths:
    """The most likely strengths, whose product is 1, and the parameter of ties."""

    strengths: Mapping[str, float]
    ties: float

    def wins(self, first: str, second: str) -> float:
        """The probability that the first wins, if they do not tie."""
        mine, other = self.strengths[first], self.strengths[second]
        return mine / (mine + other)

    def points(self, name: str) -> float:
        """A strength on the scale of chess ratings, around 0."""
        return ELO * log10(self.strengths[name])


def fit(pairings: Sequence[Pairing], prior: float = 0.5) -> FittedStrengths:
    """Fit the model by Davidson's own iteration.

    `prior` is added to the wins of both sides of each pairing. Without that (0), whoever has won or lost all would be
    infinitely strong or weak; then this raises ValueError.
    """
    met = [Pairing(one.first, one.second, one.won + prior, one.lost + prior, one.tied) for one in pairings]
    scores: dict[str, float] = {}
    for one in met:
        scores[one.first] = scores.get(one.first, 0.0) + 2 * one.won + one.tied
        scores[one.second] = scores.get(one.second, 0.0) + 2 * one.lost + one.tied
    if not all(scores.values()):
        raise ValueError("somebody has lost every time, so there is no most likely strength")
    strengths, ties = dict.fromkeys(scores, 1.0), 1.0 if any(one.tied for one in met) else 0.0
    for _ in range(MOST_STEPS):
        before = strengths
        strengths = _stronger(met, scores, strengths, ties)
        tied = sum(one.tied for one in met)
        expected = sum(_number(one) * _root(strengths, one) / _sum(strengths, one, ties) for one in met)
        ties = tied / expected
        if all(abs(log(strengths[name] / before[name])) < CLOSE for name in strengths):
            break
    return FittedStrengths(strengths, ties)


def _stronger(
    met: Sequence[Pairing], scores: Mapping[str, float], strengths: Mapping[str, float], ties: float
) -> dict[str, float]:
    shares = dict.fromkeys(scores, 0.0)
    for one in met:
        root, each = _root(strengths, one), _number(one) / _sum(strengths, one, ties)
        shares[one.first] += each * (2 + ties * root / strengths[one.first])
        shares[one.second] += each * (2 + ties * root / strengths[one.second])
    found = {name: scores[name] / shares[name] for name in scores}
    middle = exp(sum(log(strength) for strength in found.values()) / len(found))
    return {name: strength / middle for name, strength in found.items()}


def _number(one: Pairing) -> float:
    return one.won + one.lost + one.tied


def _root(strengths: Mapping[str, float], one: Pairing) -> float:
    return sqrt(strengths[one.first] * strengths[one.second])


def _sum(strengths: Mapping[str, float], one: Pairing, ties: float) -> float:
    return strengths[one.first] + strengths[one.second] + ties * _root(strengths, one)
