"""Counts the HTTP requests of a surface, with their status and the time until their answer begins."""

from dataclasses import dataclass
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.metrics import Metrics


@dataclass(frozen=True, slots=True)
class CountedRequests:
    """An application that counts what another one answers. A stream counts once, when it begins."""

    app: ASGIApp
    surface: str
    metrics: Metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.metrics.http_answered(self.surface, message["status"], perf_counter() - began)
            await send(message)

        await self.app(scope, receive, sent)
