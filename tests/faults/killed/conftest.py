"""Homes for programs that die, all with the same model."""

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest

from tests.faults.killed.lives import NewHome, home, write
from tests.models.standin import StandIn, stand_in


@pytest.fixture
async def model() -> AsyncIterator[StandIn]:
    async with stand_in(write, window=8192) as running:
        yield running


@pytest.fixture
def new_home(model: StandIn, sqlite_template: Path, tmp_path: Path) -> NewHome:
    numbers = count()
    return lambda settings, ready: home(tmp_path / str(next(numbers)), sqlite_template, settings, model, ready)
