"""At most so many answers to a message pass, and they are the best of those that may be exported."""

from collections.abc import Sequence

import pytest

from core.dataset.export.best_replies import BestReplies
from core.dataset.export.consent import pruned
from core.dataset.export.counts import ExportCounts
from core.dataset.export.nodes import ExportedMessage
from tests.dataset.nodes import labeled, node


def answers(*ranks: int | None) -> list[ExportedMessage]:
    """A question, and answers with these ranks in the order in which they are read."""
    ranked = any(rank is not None for rank in ranks)
    return [
        labeled("a"),
        *(labeled(f"a{id}", 1, rank=rank, ranked=ranked) for id, rank in zip("bcde", ranks, strict=False)),
    ]


@pytest.mark.parametrize(
    ("ranks", "most", "passed"),
    [
        ((0, 1, 2), 1, "b"),
        ((0, 1, 2), 2, "bc"),
        ((0, 0, 2), 1, "b"),
        ((0, 0, 2), 2, "bc"),
        ((0, 1, 1), 2, "bc"),
        ((1, 2), 1, "b"),
        ((0, None, None), 2, "b"),
        ((None, None, None), 1, "b"),
        ((None, None, None), 2, "bc"),
        ((None,), 1, "b"),
    ],
)
def test_no_more_than_wanted_pass(ranks: Sequence[int | None], most: int, passed: str) -> None:
    found = list(pruned(iter(answers(*ranks)), BestReplies(most).refuse, ExportCounts()))
    assert [one.id for one in found] == ["a", *(f"a{id}" for id in passed)]


def test_every_message_has_its_own_best_and_what_is_below_others_goes_with_them() -> None:
    nodes = [
        labeled("a"),
        labeled("ab", 1, rank=0, ranked=True),
        labeled("abx", 2),
        labeled("abxp", 3),
        labeled("abxq", 3),
        labeled("aby", 2),
        labeled("abyp", 3),
        labeled("ac", 1, rank=1, ranked=True),
        labeled("acx", 2),
        labeled("d"),
        labeled("db", 1),
        node("e"),
        node("eb", 1),
        node("ec", 1),
    ]
    counts = ExportCounts()
    found = [one.id for one in pruned(iter(nodes), BestReplies(1).refuse, counts)]
    assert found == ["a", "ab", "abx", "abxp", "aby", "abyp", "d", "db", "e", "eb", "ec"]
    assert counts.left_out == {"not-top": 2, "below": 1}
