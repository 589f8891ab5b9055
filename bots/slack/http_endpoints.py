"""The pages at which Slack, and people who install the app, reach us over HTTP."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import structlog
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bots.shared.bodies import body_of
from bots.slack.application import installations
from bots.slack.envelopes import unread
from bots.slack.options import SlackOptions
from bots.slack.workspaces import WorkspaceDirectory
from core.errors import StoreError
from core.foreign_code import ForeignFault, guarded
from core.outside_json import read_json
from core.ports.surface import SurfaceStorage

log = structlog.get_logger()


@dataclass(slots=True)
class SlackEndpoints:
    """Answers requests. `bolt` takes the events; until it is set, Slack is told to come again."""

    options: SlackOptions
    workspaces: WorkspaceDirectory
    keep: SurfaceStorage
    bolt: AsyncApp | None = None
    _flow: AsyncOAuthFlow | None = None

    def app(self) -> Starlette:
        """Return the endpoints that the options ask for, as an app for any server."""
        routes = []
        if not self.options.app_token:
            routes.append(Route("/slack/events", self._events, methods=["POST"]))
        if self.options.client_id:
            routes += [Route("/slack/install", self._install), Route("/slack/oauth_redirect", self._installed)]
        return Starlette(routes=routes)

    async def _events(self, request: Request) -> Response:
        if self.bolt is None:
            return Response(status_code=503)
        try:
            body = await body_of(request)
            # Bolt parses the body before it checks the signature, and has no error message for what it cannot parse.
            check_body(body.decode(), request.headers.get("content-type", ""))
        except ValueError as error:
            return PlainTextResponse(str(error), 400)
        try:
            # Bolt reads the body before our own listeners see anything of it.
            with guarded():
                return to_starlette_response(await self.bolt.async_dispatch(to_async_bolt_request(request, body)))
        except ForeignFault as fault:
            return await self._put_aside(request, body, fault.cause)

    async def _put_aside(self, request: Request, body: bytes, error: BaseException) -> Response:
        """Keep what Bolt could not read, if it comes from Slack: it would be as unreadable the next time."""
        if not self._signed(request, body):
            return PlainTextResponse("not a request of Slack's that can be read", 400)
        try:
            await self.keep.put_aside(unread(fields_of(body.decode(), request.headers.get("content-type", "")), error))
        except StoreError as unkept:
            log.error("not_committed", error=unkept)
            return Response(status_code=503)
        return Response(status_code=200)

    def _signed(self, request: Request, body: bytes) -> bool:
        try:
            known = SignatureVerifier(self.options.signing_secret)
            return bool(self.options.signing_secret) and known.is_valid_request(body, dict(request.headers))
        except ValueError:
            # The time beside the signature is no number.
            return False

    async def _install(self, request: Request) -> Response:
        return await answered(request, self._installer().handle_installation)

    async def _installed(self, request: Request) -> Response:
        return await answered(request, self._installer().handle_callback)

    def _installer(self) -> AsyncOAuthFlow:
        options = self.options
        if self._flow is None:
            self._flow = installations(
                self.workspaces,
                options.client_id,
                options.client_secret,
                options.public_url,
                options.authorization_url,
            )
        return self._flow


async def answered(request: Request, page: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]) -> Response:
    """Answer somebody who installs the app, with a page of Bolt's."""
    try:
        # Bolt asks Slack for a token here, and reads whatever is answered.
        with guarded():
            return to_starlette_response(await page(to_async_bolt_request(request, await request.body())))
    except ForeignFault as fault:
        log.error("installation_failed", error=fault.cause)
        return PlainTextResponse("Slack could not be asked, or answered something odd; open the link again.", 502)


def check_body(body: str, kind: str) -> None:
    """Check a request's body. Raises ValueError if it is neither a JSON object nor a form."""
    if not body.strip():
        raise ValueError("an empty body")
    if not isinstance(fields_of(body, kind), dict):
        raise ValueError("the JSON is no object")


def fields_of(body: str, kind: str) -> Any:
    """Return the JSON of a body, or of the form in it; the form's own fields if it has no JSON. Raises ValueError."""
    if kind.partition(";")[0].strip() == "application/json" or body.startswith("{"):
        return read_json(body)
    form = dict(parse_qsl(body, keep_blank_values=True))
    return read_json(form["payload"]) if "payload" in form else form
