"""Discord as a part of the running program: connect, stay connected, and disconnect."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import discord
import structlog

from bots.discord.client import DiscordClient
from bots.discord.rest import UnreadableReply, understood
from bots.discord.session_budget import UNANSWERED, SessionBudget
from bots.shared.attempts import FIRST_PAUSE, AttemptPauses
from bots.shared.failures import NETWORK_FAILURES
from core.errors import OperatorError

log = structlog.get_logger()

CONNECTING = 5.0
"""Seconds that we give a connection in progress to complete before we disconnect."""

WRONG_TOKEN = "discord.token: Discord does not know it; copy it again from the developer portal, or reset it there"


class DiscordSurface:
    """A Discord client that stays for as long as the program runs.

    `make` creates a client that is not started yet, with or without access to the content of messages. `begin` is
    called with it once it has logged in, before it receives anything.
    """

    def __init__(
        self,
        make: Callable[[bool], DiscordClient],
        token: str,
        *,
        message_content: bool,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        self._make = make
        self._token = token
        self._message_content = message_content
        self._first_pause = first_pause
        self._bot: DiscordClient | None = None
        self._connection: asyncio.Task[None] | None = None
        self._leaving = asyncio.Event()
        self._sessions = SessionBudget()

    async def run(self, begin: Callable[[DiscordClient], Awaitable[None]]) -> None:
        """Stay connected until `close` is called.

        Raises OperatorError if the token is wrong. Without the privileged intent, it carries on with what works.
        """
        content = self._message_content
        pauses = AttemptPauses(self._leaving, self._first_pause)
        while not self._leaving.is_set():
            self._bot = self._make(content)
            self._bot.sessions = self._sessions
            try:
                await self._session(self._bot, begin, pauses)
            except discord.LoginFailure:
                raise OperatorError(WRONG_TOKEN) from None
            except discord.PrivilegedIntentsRequired:
                log.warning("message_content_missing", fix="switch on Message Content Intent in the developer portal")
                content = False
            except UNANSWERED as error:
                self._bot.floor.keep.unusable("start")
                log.warning("discord_unreachable", error=error, again_in=pauses.seconds)
                await pauses.rest()

    async def only_answer(self, begin: Callable[[DiscordClient], Awaitable[None]]) -> None:
        """Send and change messages until `close` is called, without a gateway: another process hears what people do.

        `begin` is called once we have logged in. Raises OperatorError if the token is wrong.
        """
        pauses = AttemptPauses(self._leaving, self._first_pause)
        while not self._leaving.is_set():
            self._bot = self._make(self._message_content)
            try:
                async with self._bot:
                    await self._bot.login(self._token)
                    await begin(self._bot)
                    await self._leaving.wait()
            except discord.LoginFailure:
                raise OperatorError(WRONG_TOKEN) from None
            except (*NETWORK_FAILURES, discord.HTTPException, UnreadableReply) as error:
                self._bot.floor.keep.unusable("start")
                log.warning("discord_unreachable", error=error, again_in=pauses.seconds)
                await pauses.rest()

    async def close(self) -> None:
        """Disconnect. Messages being sent should have finished by then."""
        self._leaving.set()
        if self._bot is None:
            return
        if self._connection and not self._connection.done():
            # A client that is closed while it connects leaves a connection behind, and keeps trying.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bot.wait_until_ready(), CONNECTING)
        await self._bot.close()
        if self._connection:
            self._connection.cancel()

    async def _session(
        self, bot: DiscordClient, begin: Callable[[DiscordClient], Awaitable[None]], pauses: AttemptPauses
    ) -> None:
        """Log in and stay connected, until we are told to leave or something fails."""
        async with bot:
            await bot.login(self._token)
            pauses.reset()
            await begin(bot)
            limits = await self._sessions.wait(bot)
            bot.identifies_at_once = max(1, limits.max_concurrency)
            with understood():
                await self._stay(bot)

    async def _stay(self, bot: DiscordClient) -> None:
        self._connection = asyncio.create_task(bot.connect())
        try:
            await self._connection
        except asyncio.CancelledError:
            if not self._leaving.is_set():
                self._connection.cancel()
                raise
