"""Slack as a part of the running program: connect and take what comes, until it is time to stop."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from time import time
from urllib.parse import parse_qsl
from weakref import WeakValueDictionary

import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.shared.bodies import body_of
from bots.slack.adapter import SlackChat
from bots.slack.application import application, installations
from bots.slack.catch_up import SlackCatchUp
from bots.slack.logger import LOGGER
from bots.slack.pane import AssistantPane
from bots.slack.people import FAILURES, WorkspacePeople
from bots.slack.receiver import SlackReceiver, channel_of, own_message, spoken_of
from bots.slack.streams import MessageStreams
from bots.slack.workspaces import WorkspaceDirectory, code_of, web_client
from core.errors import OperatorError
from core.outside_json import read_json
from core.ports.chat import Handle
from core.ports.surface import SurfaceRecords, SurfaceStorage

log = structlog.get_logger()

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
REMEMBERED = 1000
PING = 5.0
"""Seconds between two pings on a socket; after four with no sign of life it is reopened."""

REFUSED = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})
WRONG_TOKEN = "slack.token: Slack does not take it ({code}); copy the Bot User OAuth Token of your app again"
WRONG_APP_TOKEN = "slack.app_token: Slack does not take it ({code}); make another with connections:write"


@dataclass(frozen=True, slots=True)
class SlackOptions:
    """How to connect: by a socket that we open with `app_token`, or over HTTP.

    Over HTTP, Slack signs its requests with `signing_secret`. `token` is for one workspace; with `client_id`, others
    can install the app at `public_url`.
    """

    token: str = ""
    app_token: str = ""
    signing_secret: str = ""
    client_id: str = ""
    client_secret: str = ""
    public_url: str = ""
    base_url: str = ""
    authorization_url: str = ""
    ping: float = PING


class SlackSurface:
    """A bot that stays for as long as the program runs."""

    def __init__(self, options: SlackOptions, handle: Handle, records: SurfaceRecords, keep: SurfaceStorage) -> None:
        self.options = options
        self.workspaces = WorkspaceDirectory(options.base_url, keep)
        self.people = WorkspacePeople(self.workspaces)
        pane = AssistantPane(self.workspaces, records)
        self.chat = SlackChat(self.workspaces, self.people, pane, MessageStreams(self.workspaces))
        self.receiver = SlackReceiver(handle, records, self.chat, self.people)
        self._catching_up = SlackCatchUp(self.workspaces, self.receiver, self.people, handle, records, keep)
        self._bolt: AsyncApp | None = None
        self._flow: AsyncOAuthFlow | None = None
        self._order: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._taken: OrderedDict[str, None] = OrderedDict()
        self._leaving = asyncio.Event()

    async def run(self, begin: Callable[[str], Awaitable[None]]) -> None:
        """Take events until `close` is called. `begin` is called with our name and workspace before the first one.

        Raises OperatorError if a token is wrong.
        """
        try:
            if await self._until_reached(self._log_in):
                await self._stay(begin)
        finally:
            await self.workspaces.close()

    async def _stay(self, begin: Callable[[str], Awaitable[None]]) -> None:
        self._bolt = application(self.workspaces, self.receiver, self.options.signing_secret)
        names = ", ".join(workspace.name for workspace in self.workspaces.all)
        await begin(f"an app of {names}" if names else "an app that nobody has installed yet")
        socket = await self._connected() if self.options.app_token else None

        async def well() -> bool:
            return socket is None or await socket.is_connected()

        watching = asyncio.create_task(self._catching_up.watch(well))
        await self._leaving.wait()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        if socket:
            await socket.close()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Stop. Messages being sent should have finished by then."""
        self._leaving.set()

    def app(self) -> Starlette:
        """Return the app that Slack, and people who install Parley, reach over HTTP."""
        routes = []
        if not self.options.app_token:
            routes.append(Route("/slack/events", self._events, methods=["POST"]))
        if self.options.client_id:
            routes += [Route("/slack/install", self._install), Route("/slack/oauth_redirect", self._installed)]
        return Starlette(routes=routes)

    async def _events(self, request: Request) -> Response:
        if self._bolt is None:
            return Response(status_code=503)
        try:
            body = await body_of(request)
            # Bolt parses the body before it checks the signature, and has no error message for what it cannot parse.
            check_body(body.decode(), request.headers.get("content-type", ""))
        except ValueError:
            return Response(status_code=400)
        return to_starlette_response(await self._bolt.async_dispatch(to_async_bolt_request(request, body)))

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

    async def _log_in(self) -> None:
        try:
            await self.workspaces.open(self.options.token)
        except SlackApiError as error:
            if code_of(error) in REFUSED:
                raise OperatorError(WRONG_TOKEN.format(code=code_of(error))) from None
            raise

    async def _connected(self) -> SocketModeClient | None:
        """Return an open socket; the library reopens it whenever it breaks."""
        web = web_client(self.options.app_token, self.options.base_url, self.workspaces.session)
        socket = SocketModeClient(self.options.app_token, LOGGER, web, ping_interval=self.options.ping)
        socket.socket_mode_request_listeners.append(self._envelope)  # type: ignore[arg-type] # its own client type

        async def first() -> None:
            try:
                socket.wss_uri = (await web.apps_connections_open(app_token=self.options.app_token))["url"]
            except SlackApiError as error:
                if code_of(error) in REFUSED or code_of(error) == "not_allowed_token_type":
                    raise OperatorError(WRONG_APP_TOKEN.format(code=code_of(error))) from None
                raise

        try:
            if await self._until_reached(first):
                await socket.connect()  # type: ignore[no-untyped-call]
        except BaseException:
            await socket.close()  # type: ignore[no-untyped-call]
            raise
        return socket

    async def _envelope(self, socket: SocketModeClient, request: SocketModeRequest) -> None:
        assert self._bolt
        if request.type == "events_api" and own_message(request.payload):
            # Slack tells us about everything that we write; Bolt would only find out later that it is ours.
            await confirm(socket, request)
            return
        # Events in one channel are committed in the order in which they came.
        async with self._order.setdefault(channel_of(request.payload), asyncio.Lock()):
            began, spoken = time(), spoken_of(request.payload)
            if spoken and spoken in self._taken:
                # A message that mentions us arrives twice.
                await confirm(socket, request)
                return
            answer = await run_async_bolt_app(self._bolt, request)
            if spoken and answer.status == 200:
                self._taken[spoken] = None
                if len(self._taken) > REMEMBERED:
                    self._taken.popitem(last=False)
            with suppress(ConnectionError):
                # If the confirmation is lost the event comes again, and its key makes that harmless.
                await send_async_response(socket, request, answer, began)

    async def _until_reached(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Do something as soon as Slack can be reached. Returns whether it was done before we were told to stop."""
        pause = FIRST_PAUSE
        while not self._leaving.is_set():
            try:
                await work()
                return True
            except FAILURES as error:
                log.warning("slack_unreachable", error=error, again_in=pause)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._leaving.wait()
            pause = min(pause * 2, LONGEST_PAUSE)
        return False


async def confirm(socket: SocketModeClient, request: SocketModeRequest) -> None:
    """Confirm an event that we already have. If the confirmation is lost the event comes again, which is harmless."""
    with suppress(ConnectionError):
        await socket.send_socket_mode_response(SocketModeResponse(request.envelope_id))


def check_body(body: str, kind: str) -> None:
    """Check a request's body. Raises ValueError if it is neither a JSON object nor a form that contains one."""
    given = body if kind == "application/json" or body.startswith("{") else dict(parse_qsl(body)).get("payload")
    if given and not isinstance(read_json(given), dict):
        raise ValueError("the JSON is no object")
