"""The front door of the REST API: finds the route, judges the request, logs it and sends the answer."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.standin_discord.codec import dumps, loads
from tests.standin_discord.limits import Limits
from tests.standin_discord.refusal import Refusal, invalid

if TYPE_CHECKING:
    from tests.standin_discord.server import Discord

PREFIX = "/api/v10"
FILE = re.compile(r"files\[(\d+)\]")
MAJOR = ("channel_id", "guild_id", "webhook_id")
"""The parts of a path that have limits of their own (docs, "Rate Limits")."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a request, with the number that `attachments` speaks of it by."""

    number: int
    name: str
    data: bytes
    kind: str


@dataclass(slots=True)
class Request:
    """One request as the log keeps it; `status` is 0 until it has been answered. `time` is of the server's clock."""

    method: str
    template: str
    path: str
    names: Mapping[str, str]
    query: Mapping[str, str]
    time: float
    body: Any = None
    files: list[Upload] = field(default_factory=list)
    status: int = 0
    code: int = 0


Work = Callable[["Discord", Request], Any]


@dataclass(frozen=True, slots=True)
class Route:
    """What answers a method of a path, and with which status. `open` ones need no token of a bot."""

    method: str
    template: str
    work: Work
    status: int = 200
    open: bool = False


@dataclass(slots=True)
class Failure:
    """Faults to come on a route. `lost` ones do what they are asked, and then their answer never arrives."""

    method: str
    template: str
    status: int
    times: int
    lost: bool = False


@dataclass(slots=True)
class Rest:
    """The REST API. `refused` is what fails a test: requests that Discord itself would call malformed."""

    server: "Discord"
    limits: Limits
    requests: list[Request] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    open: bool = True

    def routed(self, app: web.Application, routes: list[Route]) -> None:
        """Put routes into an application, and an answer for all that there is not."""
        for route in sorted(routes, key=lambda found: found.template.count("{")):
            app.router.add_route(route.method, PREFIX + route.template, self._serving(route))
        app.router.add_route("*", "/{tail:.*}", self._nowhere)

    def _serving(self, route: Route) -> Callable[[web.Request], Any]:
        async def serve(request: web.Request) -> web.StreamResponse:
            return await self._serve(route, request)

        return serve

    async def _nowhere(self, request: web.Request) -> web.StreamResponse:
        self.refused.append(f"{request.method} {request.path}: there is no such route")
        return answer({"message": "501: not on this server", "code": 0}, 501)

    async def _serve(self, route: Route, request: web.Request) -> web.StreamResponse:
        if not self.open:
            return _broken(request)
        names = dict(request.match_info)
        path = request.raw_path.partition("?")[0].removeprefix(PREFIX)
        query = dict(request.query) if request.query_string else {}
        asked = Request(route.method, route.template, path, names, query, self.server.clock.now())
        self.requests.append(asked)
        try:
            asked.body, asked.files = await _body(request)
        except ValueError:
            return self._refuse(asked, Refusal(400, 50109, "The request body contains invalid JSON.", of_form=True), {})
        major = next((names[name] for name in MAJOR if name in names), "")
        if not route.open and request.headers.get("Authorization") != f"Bot {self.server.token}":
            return self._refuse(asked, Refusal(401, 0, "401: Unauthorized"), {})
        if refused := self.limits.asks(route.method, route.template, path, major):
            asked.status = 429
            self.server.changed()
            return answer(refused.body, 429, refused.headers)
        failure = self._failure(asked)
        if failure and not failure.lost:
            asked.status = failure.status
            self.server.changed()
            return answer({"message": HTTPStatus(failure.status).phrase, "code": 0}, failure.status)
        reply = self._work(route, asked, self.limits.headers(route.method, route.template, major))
        return _broken(request) if failure else reply

    def _work(self, route: Route, asked: Request, headers: dict[str, str]) -> web.Response:
        try:
            self._judge(asked)
            found = route.work(self.server, asked)
        except Refusal as refusal:
            return self._refuse(asked, refusal, headers)
        asked.status = 204 if found is None else route.status
        self.server.changed()
        if self.server.check_replies and self.server.specification:
            fault = self.server.specification.reply_fault(asked.method, asked.template, asked.status, found)
            self.mistakes.extend([f"{asked.method} {asked.template} {asked.status}: {fault}"] * bool(fault))
        return web.Response(status=204, headers=headers) if found is None else answer(found, asked.status, headers)

    def _judge(self, asked: Request) -> None:
        specification = self.server.specification
        if specification is None or not specification.knows(asked.method, asked.template):
            return
        if asked.body is not None and (fault := specification.request_fault(asked.method, asked.template, asked.body)):
            raise invalid(fault)

    def _refuse(self, asked: Request, refusal: Refusal, headers: dict[str, str]) -> web.Response:
        asked.status, asked.code = refusal.status, refusal.code
        if refusal.of_form:
            self.refused.append(f"{asked.method} {asked.path}: {refusal}")
        self.server.changed()
        return answer(refusal.body, refusal.status, headers)

    def _failure(self, asked: Request) -> Failure | None:
        for failure in self.failures:
            if failure.method == asked.method and failure.template == asked.template:
                failure.times -= 1
                if not failure.times:
                    self.failures.remove(failure)
                return failure
        return None


def answer(body: Any, status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    """JSON under exactly `application/json`: with a charset behind it the client reads it as text."""
    return web.Response(body=dumps(body), status=status, headers=headers, content_type="application/json")


def _broken(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response(status=503)


async def _body(request: web.Request) -> tuple[Any, list[Upload]]:
    if request.content_type == "multipart/form-data":
        return await _parts(request)
    raw = await request.read() if request.can_read_body else b""
    return (loads(raw) if raw else None), []


async def _parts(request: web.Request) -> tuple[Any, list[Upload]]:
    body: Any = {}
    files: list[Upload] = []
    form = await request.post()
    for name, value in form.items():
        if name == "payload_json":
            body = loads(await asyncio.to_thread(value.file.read) if isinstance(value, web.FileField) else value)
        elif isinstance(value, web.FileField) and (found := FILE.fullmatch(name)):
            data = await asyncio.to_thread(value.file.read)
            files.append(Upload(int(found[1]), value.filename, data, value.content_type))
            value.file.close()
    return body, files
