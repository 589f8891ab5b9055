"""The surface of each journey of the table."""

from collections.abc import AsyncIterator

import pytest

from tests.journeys.abilities import LACKS, TURNS
from tests.journeys.stages.every import stage_of
from tests.journeys.stages.guest import Stage
from tests.sweeping import mostly_swept


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Of two surfaces with one between them, one has several people and reactions, and one has forms.

    Journeys of labeling have a table of their own, by `surface`.
    """
    names = metafunc.fixturenames
    if "stage" not in names or "surface" in names or metafunc.definition.get_closest_marker("parametrize"):
        return
    turn, surfaces = next(TURNS), list(LACKS)
    now = [surfaces[(turn + step) % len(surfaces)] for step in (0, 2)]
    metafunc.parametrize("stage", mostly_swept(surfaces, now), indirect=True)


@pytest.fixture
async def stage(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[Stage]:
    async with stage_of(request.param, sqlite_url) as made:
        yield made


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """The surface's name in the table."""
    return str(request.node.callspec.params["stage"])
