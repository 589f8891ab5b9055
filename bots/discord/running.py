"""Discord as a part of the running program: connect, stay, and leave."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import discord
import structlog

from bots.discord.client import Bot
from core.errors import OperatorError

log = structlog.get_logger()

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
"""Seconds between two tries to log in while Discord cannot be reached."""

WRONG_TOKEN = "discord.token: Discord does not know it; copy it again from the developer portal, or reset it there"


class Discord:
    """A client that is there for as long as the program runs.

    `make` gives a client that is not yet started, with or without the content of messages; `begin` is called with it
    once it has logged in, before it hears anything.
    """

    def __init__(self, make: Callable[[bool], Bot], token: str, *, message_content: bool) -> None:
        self._make = make
        self._token = token
        self._message_content = message_content
        self._bot: Bot | None = None
        self._leaving = False

    async def run(self, begin: Callable[[Bot], Awaitable[None]]) -> None:
        """Stay connected until `close`.

        Raises OperatorError where the token is wrong. Without the privileged intent it goes on with what works.
        """
        content = self._message_content
        pause = FIRST_PAUSE
        while not self._leaving:
            bot = self._bot = self._make(content)
            try:
                async with bot:
                    await bot.login(self._token)
                    pause = FIRST_PAUSE
                    await begin(bot)
                    await bot.connect()
            except discord.LoginFailure:
                raise OperatorError(WRONG_TOKEN) from None
            except discord.PrivilegedIntentsRequired:
                log.warning("message_content_missing", mend="switch on Message Content Intent in the developer portal")
                content = False
            except (aiohttp.ClientError, OSError, discord.HTTPException, discord.GatewayNotFound) as error:
                log.warning("discord_unreachable", error=repr(error), again_in=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def close(self) -> None:
        """Leave. What is being sent should have ended by then."""
        self._leaving = True
        if self._bot:
            await self._bot.close()
