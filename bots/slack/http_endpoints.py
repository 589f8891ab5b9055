"""The pages at which Slack, and people who install the app, reach us over HTTP."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.shared.bodies import body_of
from bots.slack.application import installations
from bots.slack.options import SlackOptions
from bots.slack.workspaces import WorkspaceDirectory
from core.outside_json import read_json


@dataclass(slots=True)
class SlackEndpoints:
    """Answers requests. `bolt` takes the events; until it is set, Slack is told to come again."""

    options: SlackOptions
    workspaces: WorkspaceDirectory
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
        except ValueError:
            return Response(status_code=400)
        return to_starlette_response(await self.bolt.async_dispatch(to_async_bolt_request(request, body)))

    async def _install(self, request: Request) -> Response:
        asked = to_async_bolt_request(request, await request.body())
        return to_starlette_response(await self._installer().handle_installation(asked))

    async def _installed(self, request: Request) -> Response:
        asked = to_async_bolt_request(request, await request.body())
        return to_starlette_response(await self._installer().handle_callback(asked))

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


def check_body(body: str, kind: str) -> None:
    """Check a request's body. Raises ValueError if it is neither a JSON object nor a form that contains one."""
    given = body if kind == "application/json" or body.startswith("{") else dict(parse_qsl(body)).get("payload")
    if given and not isinstance(read_json(given), dict):
        raise ValueError("the JSON is no object")
