"""core.labeling.rules.ranking_consensus: ranked pairs, with ties, gaps, weights and circles."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.labeling.rules.ranking_consensus import WeightedRanking, consensus, is_decided, is_refused, kendall_tau


def ranked(order: str, weight: float = 1.0) -> WeightedRanking:
    """A ranking as "a b=c d": b and c are held to be equal."""
    return WeightedRanking(tuple(tuple(group.split("=")) for group in order.split()), weight)


def common(*orders: str) -> str:
    found = consensus([ranked(order) for order in orders])
    assert found
    return " ".join("=".join(group) for group in found.groups)


CASES = [
    (("a b c",), "a b c"),
    (("a b c", "a c b", "b a c"), "a b c"),
    # A circle: the narrowest pair gives way; all are alike here, so the order of ids decides and stays the same.
    (("a b c", "b c a", "c a b"), "a b c"),
    # 5 of 9 put a before b, 6 b before c, 7 c before a: the narrowest of the circle, a over b, is dropped.
    (("a b c",) * 2 + ("b c a",) * 4 + ("c a b",) * 3, "b c a"),
    (("a b", "b a"), "a=b"),
    (("a b=c", "a c=b"), "a b=c"),
    # Nobody compared a with c, and both know b.
    (("a b", "b c"), "a b c"),
    (("a b c d", "d a b c", "a d c b"), "a d b c"),
]


@pytest.mark.parametrize(("orders", "expected"), CASES)
def test_what_rankings_come_to(orders: tuple[str, ...], expected: str) -> None:
    assert common(*orders) == expected


def test_a_weight_counts() -> None:
    found = consensus([ranked("a b", 2.0), ranked("b a"), ranked("b a", 0.5)])
    assert found
    assert found.groups == (("a",), ("b",))
    assert found.margins == {("a", "b"): 0.5}


def test_where_half_say_that_nothing_is_good_nothing_is_ranked() -> None:
    none = WeightedRanking((("a",), ("b",)), not_rankable=True)
    assert consensus([ranked("a b"), none]) is None
    found = consensus([ranked("a b"), ranked("a b"), none])
    assert found
    assert found.rank("a") == 0
    assert found.rank("x") is None


def test_nothing_to_rank() -> None:
    assert consensus([]) is None
    assert consensus([ranked("a")]) is None


def test_a_condorcet_winner_always_wins() -> None:
    """Whoever beats each other one by one is first: 4 answers, every set of 3 rankings of a sample."""
    orders = list(permutations("abcd"))
    for first in orders[::3]:
        for second in orders[::2]:
            for third in orders[::5]:
                rankings = [ranked(" ".join(order)) for order in (first, second, third)]
                beats = {
                    one: all(
                        sum(r.index(one) < r.index(o) for r in (first, second, third)) > 1.5 for o in "abcd" if o != one
                    )
                    for one in "abcd"
                }
                found = consensus(rankings)
                assert found
                for one, wins in beats.items():
                    assert not wins or found.groups[0] == (one,)


orders = st.permutations("abcde").map(" ".join)


@given(st.lists(orders, min_size=1, max_size=7))
def test_each_answer_is_there_once_and_the_order_of_the_votes_means_nothing(given_orders: list[str]) -> None:
    found = consensus([ranked(order) for order in given_orders])
    back = consensus([ranked(order) for order in reversed(given_orders)])
    assert found
    assert sorted(id for group in found.groups for id in group) == list("abcde")
    assert found == back


def test_agreement_with_the_consensus() -> None:
    found = consensus([ranked("a b c")])
    assert found
    assert kendall_tau(ranked("a b c"), found) == 1
    assert kendall_tau(ranked("c b a"), found) == -1
    assert kendall_tau(ranked("a c b"), found) == pytest.approx(1 / 3)
    assert kendall_tau(ranked("a=b"), found) is None


def test_an_answer_is_clearly_the_best_where_it_leads_by_enough() -> None:
    one, other = WeightedRanking((("a",), ("b",))), WeightedRanking((("b",), ("a",)))
    for rankings, lead in (([one, one], 2), ([one, other], 0), ([one, one, other], 1), ([one] * 3 + [other], 2)):
        found = consensus(rankings)
        assert found is not None
        assert [found.clear(more) for more in (1, 2, 3)] == [more <= lead for more in (1, 2, 3)]


NONE = WeightedRanking((), not_rankable=True)


@pytest.mark.parametrize(
    ("rankings", "expected"),
    [
        # With one voice, people agree: about the best, about all being alike, about none being good.
        ([ranked("a b")] * 3, True),
        ([ranked("a=b")] * 3, True),
        ([NONE] * 3, True),
        # Too few to be sure.
        ([NONE] * 2, False),
        ([ranked("a=b")] * 2, False),
        # One other voice has to be made up for.
        ([*[NONE] * 3, ranked("a b")], False),
        ([*[NONE] * 4, ranked("a b")], True),
        ([*[ranked("a=b")] * 4, ranked("b a")], True),
        # To find none good and to find all alike are two opinions.
        ([*[NONE] * 2, *[ranked("a=b")] * 2], False),
        ([NONE, ranked("a=b"), ranked("a b")], False),
        # A voice that counts for little decides little.
        ([ranked("a=b", 0.5)] * 3, False),
        ([ranked("a=b", 0.5)] * 6, True),
        ([], False),
    ],
)
def test_people_who_agree_need_nobody_else(rankings: list[WeightedRanking], expected: bool) -> None:
    assert is_decided(rankings, 3) is expected


@pytest.mark.parametrize(
    ("refusals", "others", "expected"), [(1, 0, True), (1, 1, True), (1, 2, False), (2, 1, True), (0, 0, False)]
)
def test_answers_are_not_good_if_half_say_so(refusals: int, others: int, expected: bool) -> None:
    assert is_refused([*[NONE] * refusals, *[ranked("a b")] * others]) is expected
