"""Communities of all sizes and kinds (benchmarks/crowds.py, rankings.py, label_errors.py) in small.

These tests fail if a figure of docs/performance.md is badly missed; the benchmarks measure them.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.crowds import Attendance, CommunityScenario, ScenarioOutcome, live
from benchmarks.label_errors import measured
from benchmarks.rankings import CROWDS, ranked
from core.labeling.rules.defaults import LabelingRules, TreeLimits

SHORT = replace(LabelingRules(), limits=TreeLimits(goal_tree_size=4), gold_first=1)
"""Small trees and little to learn, so that a few days are enough."""

SEED = 7


async def lived(stays: list[Attendance], folder: Path, *, seed: int = SEED, sloppy: float = 0) -> ScenarioOutcome:
    found = ScenarioOutcome(CommunityScenario("", stays, sloppy=sloppy, rules=SHORT))
    await live(found.scenario, seed, found, folder)
    return found


@pytest.mark.sweep
async def test_two_people_finish_trees_that_say_what_they_went_without(tmp_path: Path) -> None:
    found = await lived([Attendance(until=8)] * 2, tmp_path)
    assert found.trees
    assert not found.stuck
    assert set(found.reviews) == {1}
    assert found.relaxed["num_reviews_reply"] == found.trees


@pytest.mark.sweep
async def test_five_people_need_few_actions_for_a_tree_and_all_its_reviews(tmp_path: Path) -> None:
    found = await lived([Attendance(until=7)] * 5, tmp_path)
    assert found.trees
    assert not found.stuck
    assert found.each <= 65
    assert min(found.reviews) >= 2
    assert not found.relaxed["num_reviews_reply"]


@pytest.mark.sweep
async def test_whoever_left_after_three_reviews_locks_nobody_out(tmp_path: Path) -> None:
    found = await lived([*[Attendance(until=7)] * 4, Attendance(tasks=3, once=True)], tmp_path)
    assert found.trees
    assert not found.stuck
    # For two days they count as here, so that somebody may have given more than their share among five.
    assert found.refused["share"] <= 2


@pytest.mark.parametrize("scenario", ["30: 20 % hostile, 30 % careless", "30: 15 % colluding"])
def test_the_best_is_truly_best_in_every_crowd(scenario: str) -> None:
    """Where three quarters of the honest people would put one answer first, by the rules in force."""
    found = ranked(SEED, CROWDS[scenario], trust=LabelingRules().trust_weights)
    assert len(found.clear) >= 100
    assert found.right >= 0.95


def test_a_tap_says_what_is_true() -> None:
    found = measured([SEED], "one tap", 500)
    assert found["spam", "exported"].found >= 0.9
    assert found["lang_mismatch", "exported"].found >= 0.7
    assert max(found[name, "exported"].false for name in ("spam", "lang_mismatch")) <= 0.02
    assert found["quality", "exported"].error <= 0.25
    assert found["fails_task", "exported"].error < found["fails_task", "only said"].error


def test_the_full_form_knows_quality_better_than_taps() -> None:
    full, taps = measured([SEED], "full form", 500), measured([SEED], "one tap", 500)
    assert full["quality", "exported"].error < taps["quality", "exported"].error
