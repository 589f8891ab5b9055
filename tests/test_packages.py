"""No other distribution may have the names of our top-level packages: it would shadow them."""

from importlib.metadata import packages_distributions

import pytest


@pytest.mark.parametrize("name", ["bots", "config", "core", "plugins"])
def test_no_other_distribution_ships_our_top_level_names(name: str) -> None:
    assert set(packages_distributions().get(name, [])) <= {"parley-app"}
