"""How sure a reward model is of the order of some answers."""

from collections.abc import Sequence
from itertools import combinations
from math import tanh
from statistics import fmean


def certainty(rewards: Sequence[float]) -> float:
    """How far the model's guesses are from throwing a coin, on average over all pairs: from 0 (it cannot tell which of
    two is better) to 1 (it is sure of each pair).

    Of a pair, it expects the one with the larger reward to be preferred with the probability 1 / (1 + exp(-d)), d being
    the difference, which lies tanh(d / 2) of the way from a half to one.
    """
    return fmean(tanh(abs(one - other) / 2) for one, other in combinations(rewards, 2)) if len(rewards) > 1 else 1.0
