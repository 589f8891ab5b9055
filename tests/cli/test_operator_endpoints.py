import asyncio
from collections.abc import Mapping

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter
from starlette.types import ASGIApp

from bots.web.addresses import names
from cli.wiring.model_watch import ModelWatch
from cli.wiring.operator_endpoints import LoopLag, operator_app
from cli.wiring.surface_states import SurfaceState
from core.errors import ModelUnavailable
from core.models.registry import ModelRegistry
from core.models.scripted import ScriptedModel

HOSTS = names("127.0.0.1", ["parley.internal"])
WELL = {"store": "ok", "model:embedded": "ready"}


async def get(path: str, found: Mapping[str, str] = WELL, lag: float = 0.0) -> httpx.Response:
    async def health() -> Mapping[str, str]:
        return found

    registry = CollectorRegistry()
    Counter("parley_answers", "Answers", registry=registry).inc(3)
    return await ask(operator_app(health, registry, lambda: lag, HOSTS), path)


async def ask(app: ASGIApp, path: str, host: str = "127.0.0.1", method: str = "GET") -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://10.1.2.3:8081", trust_env=False) as client:
        return await client.request(method, path, headers={"host": host, "origin": f"http://{host}"})


async def well() -> Mapping[str, str]:
    return WELL


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_all_is_well(path: str) -> None:
    answer = await get(path)
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", **WELL}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize(
    "fault", [{"store": "the database is locked"}, {"model:embedded": "open"}, {"model:big": "stopped"}]
)
async def test_a_store_or_a_model_that_is_down_is_told(path: str, fault: Mapping[str, str]) -> None:
    answer = await get(path, {**WELL, **fault})
    assert answer.status_code == 503
    assert answer.json() == {"status": "failing", **WELL, **fault}


@pytest.mark.parametrize("state", ["starting", "restarting"])
async def test_a_model_that_comes_back_by_itself_is_not_down(state: str) -> None:
    assert (await get("/readyz", {**WELL, "model:embedded": state})).status_code == 200


@pytest.mark.parametrize("path", ["/livez", "/startupz"])
async def test_a_dead_model_and_a_locked_store_kill_nobody(path: str) -> None:
    assert (await get(path, {"store": "locked", "model:embedded": "open"})).status_code == 200


@pytest.mark.parametrize(("lag", "status"), [(0.0, 200), (1.9, 200), (2.0, 503), (60.0, 503)])
async def test_a_stuck_event_loop_is_dead(lag: float, status: int) -> None:
    assert (await get("/livez", lag=lag)).status_code == status


async def test_parts_that_do_not_say_how_they_are_count_as_down() -> None:
    async def silent() -> Mapping[str, str]:
        await asyncio.Event().wait()
        return {}

    answer = await ask(operator_app(silent, CollectorRegistry(), lambda: 0.0, HOSTS, patience=0.01), "/readyz")
    assert answer.status_code == 503
    assert answer.json()["store"] == "no answer within 0.01 s"


async def test_the_metrics_are_those_of_the_registry() -> None:
    answer = await get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "parley_answers_total 3.0\n" in answer.text
    assert "python_gc" not in answer.text


async def test_the_lag_is_measured_and_noted() -> None:
    noted: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    lag = LoopLag()
    watching = asyncio.create_task(lag.watch(noted.set_result))
    assert await asyncio.wait_for(noted, 10) == lag.seconds >= 0
    watching.cancel()


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8081", "localhost:8081", "[::1]:8081", "parley.internal:9000", "10.1.2.3:8081", "10.1.2.3"]
)
async def test_it_answers_to_its_names_and_to_the_machines_address(host: str) -> None:
    app = operator_app(well, CollectorRegistry(), lambda: 0.0, HOSTS)
    assert (await ask(app, "/metrics", host)).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz", "/startupz", "/metrics", "/nosuch"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8081", "127.0.0.1.evil.example", "10.1.2.4", ""])
async def test_a_page_that_made_its_own_name_point_here_reads_nothing(host: str, path: str) -> None:
    answer = await ask(operator_app(well, CollectorRegistry(), lambda: 0.0, HOSTS), path, host)
    assert answer.status_code == 400
    assert "evil" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_there_is_nothing_but_reading(method: str) -> None:
    answer = await ask(operator_app(well, CollectorRegistry(), lambda: 0.0, HOSTS), "/healthz", method=method)
    assert answer.status_code == 405


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/nosuch<b>", "/metrics/"])
async def test_every_answer_carries_the_strict_headers_and_nothing_that_was_asked(path: str) -> None:
    answer = await ask(operator_app(well, CollectorRegistry(), lambda: 0.0, HOSTS), path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "location" not in answer.headers
    assert "<b>" not in answer.text


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ({"web": SurfaceState("up"), "other": SurfaceState("down", "the token is wrong", "soon")}, 200),
        ({"web": SurfaceState("starting"), "other": SurfaceState("down", "x")}, 503),
        ({"web": SurfaceState("down", "x")}, 503),
        ({}, 200),
    ],
)
async def test_one_surface_that_is_up_is_enough_and_each_is_told(
    states: Mapping[str, SurfaceState], status: int
) -> None:
    app = operator_app(well, CollectorRegistry(), lambda: 0.0, HOSTS, surfaces=lambda: states)
    answer = await ask(app, "/readyz")
    assert answer.status_code == status
    assert {f"surface:{name}": str(state) for name, state in states.items()}.items() <= answer.json().items()


async def test_a_model_that_cannot_be_reached_is_down() -> None:
    assert (await get("/readyz", {**WELL, "model:far": "unreachable"})).status_code == 503


class Away(ScriptedModel):
    """A model on a server that may be away."""

    here = False

    async def reach(self) -> None:
        if not self.here:
            raise ModelUnavailable("model-unavailable", "no connection")


async def test_the_watch_tells_when_the_model_goes_and_comes() -> None:
    model = Away(lambda lines: "")
    watch = ModelWatch(ModelRegistry({"far": lambda: model}, "far"), remote=True)
    await watch.look()
    assert watch.reached is False
    model.here = True
    await watch.look()
    assert watch.reached is True
    ours = ModelWatch(ModelRegistry({"far": lambda: Away(lambda lines: "")}, "far"), remote=False)
    await ours.look()
    assert ours.reached is None
