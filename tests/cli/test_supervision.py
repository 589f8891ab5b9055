"""A surface that ends, in whatever way, is started again alone; the others never notice."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from cli.wiring.only_process import only_one
from cli.wiring.supervision import RestartPauses, SupervisedSurface, SurfaceSupervisor
from cli.wiring.surface_states import STATES_FILE, SurfaceState, read_states
from cli.wiring.surfaces import RunningSurface
from core.errors import OperatorError, StoreError
from core.metrics import Metrics

AT_ONCE = RestartPauses(0.0, 0.0, 0.0)


@dataclass(slots=True)
class Stage:
    """A surface that follows a script: each start takes the next line, an error or the word "up"."""

    script: list[Exception | str]
    starts: int = 0
    closed: int = 0
    up: asyncio.Event = field(default_factory=asyncio.Event)
    leaving: asyncio.Event = field(default_factory=asyncio.Event)

    async def make(self) -> RunningSurface:
        self.starts += 1
        line = self.script.pop(0)
        if isinstance(line, Exception):
            return Line(self, line)
        if line == "unmade":
            raise ValueError("it cannot be made")
        return Line(self, line)


@dataclass(slots=True)
class Line:
    """One start of it."""

    stage: Stage
    line: Exception | str

    async def run(self) -> None:
        if isinstance(self.line, Exception):
            raise self.line
        if self.line == "up":
            self.stage.up.set()
            await self.stage.leaving.wait()

    async def ready(self) -> str:
        await self.stage.up.wait()
        return "it is up"

    def refuse(self) -> None:
        """It takes nothing anyway."""

    async def close(self) -> None:
        self.stage.closed += 1
        if self.line == "up":
            self.stage.leaving.set()


def supervisor(home: Path, stages: Mapping[str, Stage], pauses: RestartPauses = AT_ONCE) -> SurfaceSupervisor:
    makers = {name: stage.make for name, stage in stages.items()}
    return SurfaceSupervisor(makers, Metrics(CollectorRegistry()), home, pauses)


@asynccontextmanager
async def served(surfaces: Sequence[SupervisedSurface]) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        for surface in surfaces:
            tasks.create_task(surface.run())
        yield
        for surface in surfaces:
            await surface.close()


ENDS: Sequence[Exception | str] = [
    RuntimeError("a fault of ours"),
    OperatorError("the token is wrong"),
    StoreError("the database is locked"),
    TimeoutError(),
    ExceptionGroup("several", [ExceptionGroup("deep", [KeyError("x")]), OSError()]),
    "ends",
    "unmade",
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end if isinstance(end, str) else type(end).__name__)
async def test_whatever_ends_a_surface_it_is_started_again_and_the_other_stays(
    tmp_path: Path, end: Exception | str
) -> None:
    well, ill = Stage(["up"]), Stage([end, end, "up"])
    surfaces = supervisor(tmp_path, {"well": well, "ill": ill})
    async with served(surfaces.all), asyncio.timeout(20):
        await ill.up.wait()
        await well.up.wait()
        assert (well.starts, ill.starts) == (1, 3)
        failures = surfaces.all[1].metrics.registry.get_sample_value
        assert failures("parley_surface_failures_total", {"surface": "ill"}) == 2
        assert failures("parley_surface_failures_total", {"surface": "well"}) is None
    assert str(surfaces.states()["ill"]) == "down: stopped"


@pytest.mark.parametrize("others", [[], [OperatorError("another token")]], ids=["alone", "none works"])
async def test_if_nobody_is_served_from_the_start_the_operator_is_told(
    tmp_path: Path, others: list[Exception | str]
) -> None:
    stages = {f"other{number}": Stage([error] * 100) for number, error in enumerate(others)}
    surfaces = supervisor(tmp_path, {"only": Stage([OperatorError("the token is wrong")] * 100), **stages})
    with pytest.raises(ExceptionGroup) as raised:
        async with asyncio.timeout(20), served(surfaces.all):
            await asyncio.Event().wait()
    assert raised.group_contains(OperatorError, match="token")


async def test_one_that_was_up_before_never_ends_the_program(tmp_path: Path) -> None:
    only = Stage(["up", OperatorError("the token was revoked"), "up"])
    surfaces = supervisor(tmp_path, {"only": only})
    async with served(surfaces.all), asyncio.timeout(20):
        await surfaces.all[0].tried.wait()
        only.up.clear()
        only.leaving.set()
        await asyncio.sleep(0)
        only.leaving.clear()
        await only.up.wait()
    assert only.starts == 3


async def test_the_doctor_sees_why_one_is_down_and_when_it_is_tried_again(tmp_path: Path) -> None:
    ill = Stage([OperatorError("the token is wrong")])
    surfaces = supervisor(tmp_path, {"well": Stage(["up"]), "ill": ill}, RestartPauses(3600.0, 3600.0))
    assert read_states(tmp_path) == {}
    with only_one(tmp_path):
        async with served(surfaces.all), asyncio.timeout(20):
            for surface in surfaces.all:
                await surface.tried.wait()
            await surfaces.write()
            found = read_states(tmp_path)
        assert found["well"] == SurfaceState("up")
        assert str(found["ill"]).startswith("down: the token is wrong; again at ")
    assert (tmp_path / STATES_FILE).stat().st_mode & 0o077 == 0
    assert read_states(tmp_path) == {}


@pytest.mark.parametrize("content", ["", "[]", "5", '{"web": 5}', '{"web": {"new": 1}}', "\x00"])
def test_a_file_of_another_version_is_no_error(tmp_path: Path, content: str) -> None:
    with only_one(tmp_path):
        (tmp_path / STATES_FILE).write_text(content)
        assert read_states(tmp_path) == {}
        (tmp_path / STATES_FILE).write_text(json.dumps({"web": {"state": "up"}}))
        assert read_states(tmp_path) == {"web": SurfaceState("up")}


async def test_pauses_grow_until_it_has_served_for_a_while(tmp_path: Path) -> None:
    ill = Stage([ValueError()])
    surfaces = supervisor(tmp_path, {"ill": ill, "well": Stage(["up"])}, RestartPauses(3600.0, 7200.0))
    async with served(surfaces.all), asyncio.timeout(20):
        await surfaces.all[0].tried.wait()
        assert surfaces.all[0].state.state == "down"
    assert ill.starts == 1
