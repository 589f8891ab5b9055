"""With ten times as many people as the model has time for, nobody waits for nothing, and no thumb is lost."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.discord.conftest import world
from tests.discord.server.server import Discord
from tests.faults.overload.__main__ import thumbs
from tests.faults.overload.overload import centile, overload

__all__ = ["world"]

SECONDS, PEOPLE = 60.0, 120
GROWTH = 200e6
"""Bytes by which the memory may grow (docs/reliability.md, F10); so are the two that follow."""

TURNED_AWAY, DRAINED = 2.0, 120.0
"""Seconds until 95 of 100 who are turned away know it, and after the last question until nobody waits any more."""


def test_a_centile_is_the_figure_below_which_so_many_are() -> None:
    assert [centile([4, 1, 3, 2], share) for share in (0.25, 0.5, 0.95)] == [1, 2, 4]
    assert centile([], 0.5) == 0.0


@pytest.mark.sweep
async def test_whoever_comes_is_answered_or_turned_away_at_once(
    world: Discord, tmp_path: Path, sqlite_path: Path, record_property: Callable[[str, object], None]
) -> None:
    made = await overload(world, tmp_path, f"sqlite:///{sqlite_path}", seed=1, seconds=SECONDS, people=PEOPLE)
    record_property("times the capacity", made.times_the_capacity)
    assert not made.wrong
    assert made.times_the_capacity > 8
    assert made.answered
    assert centile(made.turned_away, 0.95) < TURNED_AWAY
    assert made.growth < GROWTH
    assert made.drained < DRAINED
    assert thumbs(sqlite_path) == made.thumbs
