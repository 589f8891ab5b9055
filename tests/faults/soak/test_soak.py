"""For some minutes, a whole program neither grows nor opens more and more files, whatever breaks."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.discord.conftest import world
from tests.discord.server.server import Discord
from tests.faults.soak.soak import slope, soak

__all__ = ["world"]

SECONDS = 120.0
AN_ANSWER = 2000.0
"""The most bytes that memory may grow with an answer. In so short a time, most of it is what has not settled yet."""

FILES = 8
"""Open files beside those of the beginning: connections that just come and go."""


def test_the_slope_is_that_of_a_line() -> None:
    assert slope([(1, 5.0), (2, 7.0), (3, 9.0)]) == 2.0
    assert slope([(1, 5.0)]) == 0.0


@pytest.mark.sweep
async def test_a_program_that_runs_for_minutes_neither_grows_nor_loses_anything(
    world: Discord, tmp_path: Path, sqlite_url: str, record_property: Callable[[str, object], None]
) -> None:
    made = await soak(world, tmp_path, sqlite_url, seed=1, seconds=SECONDS)
    record_property("answers", made.answered)
    record_property("bytes an answer", made.bytes_an_answer)
    assert not made.wrong
    assert made.answered > 100
    assert made.faults > 5
    assert made.bytes_an_answer < AN_ANSWER
    assert made.samples[-1].files <= made.settled[0].files + FILES
