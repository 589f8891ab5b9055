"""Slack as a part of the running program: connect and take events, until it is time to stop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from starlette.applications import Starlette

from bots.shared.attempts import AttemptPauses
from bots.shared.turns import InTurn, at_once
from bots.slack.adapter import SlackChat
from bots.slack.application import application
from bots.slack.calls import WorkspaceCalls
from bots.slack.catch_up import SlackCatchUp
from bots.slack.conversations import BegunConversations
from bots.slack.events import SlackEvents
from bots.slack.forms import OfferedForms
from bots.slack.home import AppHome
from bots.slack.http_endpoints import SlackEndpoints
from bots.slack.interactions import SlackInteractions
from bots.slack.notices import PersonalNotices
from bots.slack.options import SlackOptions
from bots.slack.own_commands import OwnCommands
from bots.slack.pane import AssistantPane
from bots.slack.people import WorkspacePeople
from bots.slack.posts import ChannelPosts
from bots.slack.refusals import FAILURES, WRONG_TOKENS, code_of
from bots.slack.sent import SentMessages
from bots.slack.socket_mode import EventSocket
from bots.slack.streams import MessageStreams
from bots.slack.thread_history import ThreadHistory
from bots.slack.workspaces import WorkspaceDirectory, web_client
from core.errors import OperatorError
from core.ports.chat import Handle
from core.ports.surface import SurfaceRecords, SurfaceStorage

log = structlog.get_logger()

CATCHING_UP = "slack-catch-up"
WRONG_TOKEN = "slack.token: Slack does not accept it ({code}); copy the Bot User OAuth Token of your app again"

Connected = Callable[[], Awaitable[bool]]
"""Says whether events reach us at the moment."""


class SlackSurface:
    """A bot that stays for as long as the program runs."""

    def __init__(
        self,
        options: SlackOptions,
        handle: Handle,
        records: SurfaceRecords,
        keep: SurfaceStorage,
        alone: InTurn = at_once,
    ) -> None:
        self.options = options
        self.workspaces = WorkspaceDirectory(options.base_url, keep, check=options.check)
        calls = WorkspaceCalls(self.workspaces)
        people = WorkspacePeople(self.workspaces)
        pane = AssistantPane(self.workspaces, records)
        sent = SentMessages()
        posts = ChannelPosts(calls, people, MessageStreams(self.workspaces), sent)
        notices = PersonalNotices(calls, people)
        forms = OfferedForms(calls, notices)
        commands = OwnCommands(records)
        self.chat = SlackChat(calls, people, pane, posts, notices, forms, commands)
        begun = BegunConversations(records)
        home = AppHome(self.workspaces, people, commands)
        history = ThreadHistory(people)
        self._events = SlackEvents(handle, records, people, sent, pane, begun, history, home)
        self.workspaces.installed = self._events.installed
        self._interactions = SlackInteractions(handle, people, history)
        self._catching_up = SlackCatchUp(calls, self._events, people, handle, records, keep)
        self._endpoints = SlackEndpoints(options, self.workspaces, keep)
        self._keep = keep
        self._alone = alone
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

    async def only_answer(self, began: Callable[[str], None]) -> None:
        """Send and change messages until `close` is called, and take no events: another process takes them.

        `began` is called with our name and workspace. Raises OperatorError if a token is wrong.
        """
        try:
            if await self._until_reached(self._log_in):
                began(self._name())
                await self._leaving.wait()
        finally:
            await self.workspaces.close()

    def _name(self) -> str:
        names = ", ".join(workspace.name for workspace in self.workspaces.all)
        return f"an app of {names}" if names else "an app that nobody has installed yet"

    async def close(self) -> None:
        """Stop. Messages being sent should have finished by then."""
        self._leaving.set()

    def app(self) -> Starlette:
        """Return the app that Slack, and people who install Parley, reach over HTTP."""
        return self._endpoints.app()

    async def _stay(self, begin: Callable[[str], Awaitable[None]]) -> None:
        bolt = application(self.workspaces, self._events, self._interactions, self._keep, self.options.signing_secret)
        self._endpoints.bolt = bolt
        await begin(self._name())
        async with self._connection(bolt) as connected:
            # One process looks for what was missed: the others would find the same.
            watching = asyncio.create_task(self._alone(CATCHING_UP, partial(self._catching_up.watch, connected)))
            await self._leaving.wait()
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    @asynccontextmanager
    async def _connection(self, bolt: AsyncApp) -> AsyncIterator[Connected]:
        """Connect by a socket, if there is a token for one; otherwise Slack calls us."""
        options = self.options
        if not options.app_token:
            yield always
            return
        web = web_client(options.app_token, options.base_url, self.workspaces.session)
        events = EventSocket(bolt, web, self._keep, options.app_token, options.ping)
        async with events.opened(self._until_reached) as socket:
            yield socket.is_connected

    async def _log_in(self) -> None:
        try:
            await self.workspaces.open(self.options.token)
        except SlackApiError as error:
            if code_of(error) in WRONG_TOKENS:
                raise OperatorError(WRONG_TOKEN.format(code=code_of(error))) from None
            raise

    async def _until_reached(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Do something as soon as Slack can be reached. Returns whether it was done before we were told to stop."""
        pauses = AttemptPauses(self._leaving)
        while not self._leaving.is_set():
            try:
                await work()
                return True
            except FAILURES as error:
                self._keep.unusable("start")
                log.warning("slack_unreachable", error=error, again_in=pauses.seconds)
            await pauses.rest()
        return False


async def always() -> bool:
    """Return True: without a socket there is no connection to lose."""
    return True
