"""Socket Mode: Slack's events over a socket that we open, for a bot that Slack cannot reach."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from time import time
from weakref import WeakValueDictionary

import structlog
from cachetools import LRUCache
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bots.slack.envelopes import channel_of, own_message, spoken_of, unreadable_event
from bots.slack.logger import library_logger
from bots.slack.refusals import WRONG_TOKENS, code_of
from core.errors import OperatorError, StoreError
from core.foreign_code import ForeignFault, guarded
from core.ports.surface import SurfaceStorage

log = structlog.get_logger()

REMEMBERED = 1000
WRONG_APP_TOKEN = "slack.app_token: Slack does not take it ({code}); make another with connections:write"

Reach = Callable[[Callable[[], Awaitable[None]]], Awaitable[bool]]
"""Does something as soon as Slack can be reached. Returns whether it was done."""


class EventSocket:
    """Takes events from a socket, and confirms each once Bolt has passed it on."""

    def __init__(self, bolt: AsyncApp, web: AsyncWebClient, keep: SurfaceStorage, app_token: str, ping: float) -> None:
        self._bolt = bolt
        self._keep = keep
        self._web = web
        self._app_token = app_token
        self._ping = ping
        self._order: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._taken: LRUCache[str, bool] = LRUCache(REMEMBERED)

    @asynccontextmanager
    async def opened(self, reach: Reach) -> AsyncIterator[SocketModeClient]:
        """Open the socket, and close it at the end; the library reopens it whenever it breaks.

        Raises OperatorError if Slack does not accept the token.
        """
        socket = SocketModeClient(self._app_token, library_logger(), self._web, ping_interval=self._ping)
        socket.socket_mode_request_listeners.append(self._envelope)  # type: ignore[arg-type] # its own client type
        try:
            if await reach(lambda: self._ask_for_address(socket)):
                await socket.connect()  # type: ignore[no-untyped-call]
            yield socket
        finally:
            await socket.close()  # type: ignore[no-untyped-call]

    async def _ask_for_address(self, socket: SocketModeClient) -> None:
        try:
            socket.wss_uri = (await self._web.apps_connections_open(app_token=self._app_token))["url"]
        except SlackApiError as error:
            if code_of(error) in WRONG_TOKENS or code_of(error) == "not_allowed_token_type":
                raise OperatorError(WRONG_APP_TOKEN.format(code=code_of(error))) from None
            raise

    async def _envelope(self, socket: SocketModeClient, request: SocketModeRequest) -> None:
        try:
            # Bolt reads the envelope before our own listeners see anything of it.
            with guarded():
                await self._passed_on(socket, request)
        except ForeignFault as fault:
            try:
                await self._keep.put_aside(unreadable_event(request.payload, fault.cause))
            except StoreError as unkept:
                log.error("not_committed", error=unkept)
                return
            await confirm(socket, request)

    async def _passed_on(self, socket: SocketModeClient, request: SocketModeRequest) -> None:
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
                self._taken[spoken] = True
            with suppress(ConnectionError):
                # If the confirmation is lost the event comes again, and its key makes that harmless.
                await send_async_response(socket, request, answer, began)


async def confirm(socket: SocketModeClient, request: SocketModeRequest) -> None:
    """Confirm an event that we already have. If the confirmation is lost the event comes again, which is harmless."""
    with suppress(ConnectionError):
        await socket.send_socket_mode_response(SocketModeResponse(request.envelope_id))
