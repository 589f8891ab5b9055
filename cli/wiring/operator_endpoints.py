"""Health and metrics for the operator, on a separate port."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bots.web.guard import PageGuard
from cli.wiring.model_watch import UNREACHABLE
from cli.wiring.surface_states import SurfaceState

DEAD_AFTER = 2.0
"""Seconds of event-loop lag after which the process counts as dead (docs/reference/operations.md A5)."""

TICK = 0.5
PATIENCE = 2.0
"""Seconds within which the parts must have reported their health."""

DOWN = ("open", "stopped", UNREACHABLE)
"""The states of a model in which it answers nobody."""

Health = Callable[[], Awaitable[Mapping[str, str]]]
"""Reports the state of each part: "store" is "ok" or the problem, "model:<name>" is the state of a model."""


Surfaces = Callable[[], Mapping[str, SurfaceState]]
"""Reports the state of each surface, by its name."""


@dataclass(slots=True)
class LoopLag:
    """How late the event loop woke up last, in seconds."""

    seconds: float = 0.0

    async def watch(self, note: Callable[[float], None]) -> None:
        """Measure the lag forever; each reading goes to `note`."""
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + TICK
            await asyncio.sleep(TICK)
            self.seconds = max(0.0, clock() - due)
            note(self.seconds)


def operator_app(
    health: Health,
    registry: CollectorRegistry,
    lag: Callable[[], float],
    hosts: Collection[str],
    patience: float = PATIENCE,
    surfaces: Surfaces = dict,
) -> ASGIApp:
    """The application on the operator's port. For the other parameters see `operator_routes`.

    `hosts` are the names that it answers to, besides the machine's addresses: a web page elsewhere must not read it
    through a host name of its own (DNS rebinding).
    """
    app = Starlette(routes=operator_routes(health, registry, lag, patience, surfaces))
    app.router.redirect_slashes = False
    return PageGuard(app, hosts, by_address=True)


def operator_routes(
    health: Health,
    registry: CollectorRegistry,
    lag: Callable[[], float],
    patience: float = PATIENCE,
    surfaces: Surfaces = dict,
) -> list[Route]:
    """The pages: /livez checks only this process, /readyz and /healthz the store, the models and the surfaces.

    `lag` says in seconds how late the event loop is; `patience` is how long `health` may take. One surface that is up
    is enough, since people can talk to us there; the answer tells of the others. /metrics has figures.

    A dead model or platform never makes /livez or /startupz fail, or an outage elsewhere would become a storm of
    restarts. /startupz checks nothing: a process that serves this app has started.
    """

    async def live(request: Request) -> Response:
        return PlainTextResponse("ok") if lag() < DEAD_AFTER else PlainTextResponse("stuck", 503)

    async def started(request: Request) -> Response:
        return PlainTextResponse("ok")

    async def state(request: Request) -> Response:
        try:
            async with asyncio.timeout(patience):
                found = await health()
        except TimeoutError:
            found = {"store": f"no answer within {patience} s"}
        well = found["store"] == "ok" and not any(value in DOWN for value in found.values())
        served = surfaces()
        well = well and (not served or any(one.state == "up" for one in served.values()))
        told = {f"surface:{name}": str(one) for name, one in served.items()}
        return JSONResponse({"status": "ok" if well else "failing", **found, **told}, 200 if well else 503)

    async def metrics(request: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/livez", live), Route("/startupz", started), Route("/metrics", metrics)]
    return [*routes, *(Route(path, state) for path in ("/healthz", "/readyz"))]
