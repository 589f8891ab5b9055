"""The test decides as its rule promises, over many simulated arenas."""

import pytest

from benchmarks.arena import SimulatedCommunity, simulate
from core.arena.sequential_test import StoppingRule
from tests.sweeping import mostly_swept

EVERYBODY = SimulatedCommunity(people=100_000)


@pytest.mark.sweep
def test_a_useless_candidate_is_seldom_called_better_and_a_true_winner_mostly() -> None:
    useless = simulate(StoppingRule(), EVERYBODY, 0.5, 1000)
    winner = simulate(StoppingRule(), EVERYBODY, 0.6, 1000)
    assert useless.better < 0.05
    assert winner.better > 0.9
    assert winner.votes < 200


@pytest.mark.slow
def test_a_clear_winner_needs_few_votes() -> None:
    found = simulate(StoppingRule(), SimulatedCommunity(200), 0.7, 60)
    assert found.better > 0.95
    assert found.votes < 100


@pytest.mark.slow
@pytest.mark.parametrize(
    ("community", "share"),
    mostly_swept(
        [(SimulatedCommunity(100, flood=1), 0.5), (SimulatedCommunity(100, poisoned=0.1), 0.4)],
        [(SimulatedCommunity(100, poisoned=0.1), 0.4)],
    ),
)
def test_neither_a_flood_nor_poison_makes_a_bad_one_win(community: SimulatedCommunity, share: float) -> None:
    assert simulate(StoppingRule(), community, share, 60).better < 0.1
