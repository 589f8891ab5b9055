"""core.labeling.rules.annotator_model: finds reliable people and true answers, from votes alone."""

import random
from collections import Counter

import pytest

from core.labeling.rules.annotator_model import LabelVote, doubtful, estimate, weight
from tests.sweeping import mostly_swept


def crowd(
    seed: int, items: int, people: int, careless: float, votes: int = 3
) -> tuple[dict[str, str], list[LabelVote]]:
    """Items with a truth, and votes on them: good people are right in 85 of 100, careless ones press at random."""
    dice = random.Random(seed)
    truth = {f"i{number}": dice.choice("ab") for number in range(items)}
    bad = int(people * careless)
    given = []
    for item, value in truth.items():
        for person in dice.sample(range(people), votes):
            right = dice.random() < (0.5 if person < bad else 0.85)
            given.append(LabelVote(f"p{person}", item, value if right else "ab".replace(value, "")))
    return truth, given


def share_right(truth: dict[str, str], found: dict[str, str | None]) -> float:
    return sum(found[item] == value for item, value in truth.items()) / len(truth)


def majority(votes: list[LabelVote]) -> dict[str, str | None]:
    counts: dict[str, Counter[str]] = {}
    for vote in votes:
        counts.setdefault(vote.item, Counter())[vote.value] += 1
    return {item: count.most_common(1)[0][0] for item, count in counts.items()}


# The means of five draws; docs/reference/labeling.md 2.4 measured .861, .871, .840.
COMMUNITIES = [(300, 20, 0.3, 0.84), (1000, 30, 0.3, 0.85), (200, 6, 0.34, 0.8)]


@pytest.mark.parametrize(("items", "people", "careless", "least"), mostly_swept(COMMUNITIES, COMMUNITIES[2:]))
def test_it_beats_the_majority_where_some_are_careless(items: int, people: int, careless: float, least: float) -> None:
    ours, theirs = [], []
    for seed in range(5):
        truth, votes = crowd(seed, items, people, careless)
        trust = estimate(votes)
        ours.append(share_right(truth, {item: trust.best(item) for item in truth}))
        theirs.append(share_right(truth, majority(votes)))
    assert sum(ours) / 5 > sum(theirs) / 5 + 0.01
    assert sum(ours) / 5 >= least


@pytest.mark.slow
def test_it_tells_the_careless_from_the_good() -> None:
    _, votes = crowd(1, 1500, 20, 0.25, votes=5)
    trust = estimate(votes).reliability
    careless = [trust[f"p{number}"] for number in range(5)]
    good = [trust[f"p{number}"] for number in range(5, 20)]
    assert max(careless) < 0.65 < min(good)
    assert all(abs(value - 0.85) < 0.05 for value in good)


def test_gold_is_believed_against_everybody() -> None:
    votes = [LabelVote(person, f"i{number}", "b") for person in ("p1", "p2", "p3") for number in range(10)]
    gold = {f"i{number}": "a" for number in range(10)}
    trust = estimate(votes, gold)
    assert trust.best("i1") == "a"
    assert max(trust.reliability.values()) < 0.3
    assert doubtful(0.3, 20)
    assert not doubtful(0.3, 19)


def test_few_votes_leave_a_newcomer_where_newcomers_are() -> None:
    trust = estimate([LabelVote("p", "i", "a"), LabelVote("q", "i", "b")])
    assert trust.reliability["p"] == pytest.approx(0.75, abs=0.02)
    assert estimate([LabelVote("p", "i", "a")]).reliability == {"p": 0.8}
    assert estimate([]).truth == {}
    assert estimate([]).best("i") is None


def test_the_first_night_has_gold_and_nobody_yet() -> None:
    found = estimate([], {"i1": "good", "i2": "bad"})
    assert found.reliability == {}
    assert found.best("i2") == "bad"


def test_three_values() -> None:
    votes = [LabelVote(f"p{number}", "i", "bad") for number in range(3)] + [
        LabelVote("p9", "i", "fine"),
        LabelVote("p8", "i", "spam"),
    ]
    trust = estimate(votes)
    assert trust.best("i") == "bad"
    assert sum(trust.truth["i"].values()) == pytest.approx(1)


@pytest.mark.parametrize(("reliability", "expected"), [(0.5, 0), (0.2, 0), (0.8, 1.386), (0.99, 2), (1.0, 2), (0.0, 0)])
def test_a_vote_weighs_by_its_odds(reliability: float, expected: float) -> None:
    assert weight(reliability) == pytest.approx(expected, abs=1e-3)
