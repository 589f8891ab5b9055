"""Kills, pauses and cuts: nothing that was accepted is lost, doubled, overtaken or written by another."""

from collections.abc import Callable

import pytest

from tests.faults.cluster.run import Outcome, Plan, run

pytestmark = pytest.mark.postgres

TAKE_OVER, EXIT = 25.0, 30.0
"""Seconds within which a silent process's conversation is taken over, and in which a process stops."""


def judge(outcome: Outcome, record: Callable[[str, object], None]) -> None:
    """Hold an outcome against the promises."""
    verdict = outcome.verdict
    record("kills and pauses", outcome.kills_and_pauses)
    # What is on its way when its process is paused may arrive after the lease; the next edits replace its text.
    record("overtaken requests", len(verdict.overtaken))
    record("questions", outcome.asked)
    record("longest take-over", max(verdict.taken_over, default=0))
    assert verdict.sound, verdict.breaches
    assert not outcome.codes
    assert max(verdict.taken_over, default=0) <= TAKE_OVER
    assert max(outcome.exits, default=0) <= EXIT
    assert verdict.writes > outcome.asked
    assert outcome.deliveries > outcome.asked


@pytest.mark.sweep
async def test_processes_die_and_pause_at_random(record_property: Callable[[str, object], None]) -> None:
    plan = Plan(seed=20, seconds=15, most=15, people=5, lease=2.0, weights={"kill": 3, "pause": 4, "stop": 1, "cut": 1})
    outcome = await run(plan)
    judge(outcome, record_property)
    assert outcome.kills_and_pauses >= 10
    assert outcome.asked >= 10


@pytest.mark.sweep
@pytest.mark.parametrize("seed", [1, 2])
async def test_everything_happens_to_processes_and_to_the_database(
    seed: int, record_property: Callable[[str, object], None]
) -> None:
    outcome = await run(Plan(seed, seconds=90, clocks=True))
    judge(outcome, record_property)
    assert outcome.kills_and_pauses >= 50
    assert outcome.done["step"] >= 5
    assert outcome.done["cut"]


@pytest.mark.sweep
async def test_leases_last_as_long_as_in_use(record_property: Callable[[str, object], None]) -> None:
    outcome = await run(Plan(seed=3, seconds=60, lease=15.0, weights={"kill": 1, "cut": 1}))
    judge(outcome, record_property)
    assert outcome.verdict.taken_over
