"""core.labeling.rules.score: points by both formulas, and levels."""

import pytest

from core.labeling.rules.score import LEVELS, THRESHOLDS, WorkCounts, level, missing, points


def test_levels_begin_where_open_assistants_did() -> None:
    assert THRESHOLDS[:11] == (0, 4, 9, 16, 24, 32, 42, 53, 65, 79, 93)
    assert THRESHOLDS[49] == 1558
    assert THRESHOLDS[99] == 6000
    assert len(THRESHOLDS) == LEVELS


@pytest.mark.parametrize(
    ("total", "at", "left"), [(0, 1, 4), (3, 1, 1), (4, 2, 5), (93, 11, 16), (6000, 100, 0), (9999, 100, 0), (-5, 1, 9)]
)
def test_a_level_and_what_is_missing_to_the_next(total: int, at: int, left: int) -> None:
    assert (level(total), missing(total)) == (at, left)


def test_open_assistants_formula() -> None:
    worked = WorkCounts(
        prompts=19,
        prompts_accepted=10,
        replies_assistant=2,
        replies_assistant_accepted=1,
        replies_prompter=3,
        replies_prompter_accepted=3,
        labels_simple=4,
        labels_full=5,
        rankings=6,
        placed_first=1,
        placed_second=2,
        placed_third=3,
    )
    assert points(worked, "open-assistant") == 1 + 1 + 8 + 4 + 3 + 3 + 4 + 10 + 6 + 9 + 6 + 3


def test_ours_rewards_what_others_confirm() -> None:
    hasty = WorkCounts(
        labels_full=20, label_agreed=2, rankings=4, rank_agreement=0.2, replies_assistant=5, gold_failed=8
    )
    careful = WorkCounts(labels_full=12, label_agreed=11, rankings=2, rank_agreement=1.8, replies_assistant_accepted=1)
    assert points(hasty, "agreement") < points(careful, "agreement")
    assert points(WorkCounts(gold_failed=3), "agreement") == 0
    with pytest.raises(KeyError):
        points(careful, "volume")
