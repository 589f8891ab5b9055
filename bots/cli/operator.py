"""What an operator watches: health and metrics, on a port of their own."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

DEAD_AFTER = 2.0
"""Seconds of event-loop lag after which the process counts as dead (spec/operations.md A5)."""

TICK = 0.5
DOWN = ("open", "stopped")
"""The states of a model in which nobody gets an answer."""


@dataclass(slots=True)
class Lag:
    """How late the event loop woke up last, in seconds."""

    seconds: float = 0.0

    async def watch(self, note: Callable[[float], None]) -> None:
        """Measure for ever; each reading goes to `note`."""
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + TICK
            await asyncio.sleep(TICK)
            self.seconds = max(0.0, clock() - due)
            note(self.seconds)


def operator_app(
    health: Callable[[], Awaitable[Mapping[str, str]]], registry: CollectorRegistry, lag: Lag
) -> Starlette:
    """The pages: /livez asks this process alone, /readyz and /healthz the store and the models, /metrics the figures.

    A dead model or platform never makes /livez fail, or an outage elsewhere would become a storm of restarts.
    """

    async def live(request: Request) -> Response:
        return PlainTextResponse("ok") if lag.seconds < DEAD_AFTER else PlainTextResponse("stuck", 503)

    async def state(request: Request) -> Response:
        found = await health()
        well = found["store"] == "ok" and not any(value in DOWN for value in found.values())
        return JSONResponse({"status": "ok" if well else "failing", **found}, 200 if well else 503)

    async def metrics(request: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/livez", live), Route("/metrics", metrics)]
    routes += [Route(path, state) for path in ("/healthz", "/readyz", "/startupz")]
    return Starlette(routes=routes)
