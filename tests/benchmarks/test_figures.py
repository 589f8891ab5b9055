"""A table of figures says truly what was reached, and a round is compared with the one beside it."""

import pytest

from benchmarks.__main__ import GROUPS, main
from benchmarks.figures import MISSED, Figure, of_rounds, printed, ratios, turns


@pytest.mark.parametrize(
    ("figure", "met", "code"),
    [
        (Figure("a", 2.2, "x", most=2.2, aim=1.5), "yes", 0),
        (Figure("a", 2.3, "x", most=2.2, aim=1.5), "NO", MISSED),
        (Figure("a", 699, "1/s", least=700), "NO", MISSED),
        (Figure("a", 699, "1/s"), "", 0),
    ],
)
def test_a_figure_says_whether_its_bar_is_met(
    figure: Figure, met: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed([figure]) == code
    assert capsys.readouterr().out.endswith(f" {met}\n" if met else "1/s\n")


def test_rounds_are_told_by_their_median_and_their_extremes() -> None:
    found = of_rounds("a", ratios([2, 9, 4], [1, 3, 1]), "x", most=3)
    assert (found.value, found.low, found.high, found.reached) == (3, 2, 4, True)


def test_nothing_always_follows_the_same_thing() -> None:
    assert [thing for _, thing in turns("abc", 2)] == ["c", "b", "a", "a", "b", "c"]


def test_a_group_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["core", "nope"]) == 2
    assert "there is no nope" in capsys.readouterr().err
    assert "core" in GROUPS
