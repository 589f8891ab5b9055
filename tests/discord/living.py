"""A bot that lives on a test's Discord: the real client, router, assistant and store, with a scripted model."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from typing import Any

from bots.discord.adapter import DiscordChat
from bots.discord.client import Bot, Options, create
from core.engine import Core, Rules
from core.messages import AnyEvent
from core.models.scripted import ScriptedModel
from core.ports import Model
from core.store.database import Database, connect
from tests.core.building import RULES, core_over
from tests.discord.server.server import Discord
from tests.discord.server.world import Channel, Message


class HeardChat(DiscordChat):
    """The real one; the test's server hears when an event has been dealt with, so that one can wait for it there."""

    world: Discord

    async def done(self, event: AnyEvent) -> None:
        await super().done(event)
        self.world.note()


@dataclass(slots=True)
class Living:
    """A running bot, with its core and its store."""

    world: Discord
    bot: Bot
    core: Core
    store: Database
    url: str

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What stands in the database, which is SQLite here."""
        with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as database:
            return database.execute(query).fetchall()

    async def until_rows(self, query: str, expected: list[tuple[Any, ...]]) -> None:
        """Wait until a query finds this. Raises AssertionError with what it found instead."""
        try:
            await self.world.until(lambda: self.rows(query) == expected)
        except TimeoutError:
            assert self.rows(query) == expected

    async def rated(self, *values: int) -> None:
        """Wait until these are all ratings that there are."""
        await self.until_rows("SELECT value FROM rating ORDER BY at", [(value,) for value in values])


def echo() -> ScriptedModel:
    """A model that repeats what was said last."""
    return ScriptedModel(lambda lines: f"You said: {lines[-1].text}")


def answers(channel: Channel) -> list[Message]:
    """The bot's own messages in a channel."""
    return [message for message in channel.messages if message.author.name == "Parley"]


def buttons(message: Message) -> list[str]:
    """What the buttons under a message do."""
    items = [item for row in message.components for item in row["components"]]
    return [item["custom_id"].partition(":")[0] for item in items]


def finished(channel: Channel, number: int = 1) -> bool:
    """Whether so many messages of the bot are there, and the last one is an answer that no longer grows."""
    found = answers(channel)
    return len(found) >= number and "retry" in buttons(found[-1])


@asynccontextmanager
async def living(
    world: Discord,
    url: str,
    *models: Model,
    rules: Rules = RULES,
    content: bool = True,
    shards: Sequence[int] = (),
    shard_count: int = 0,
    bots: frozenset[str] = frozenset(),
    edit_interval: float = 0.0,
) -> AsyncIterator[Living]:
    """A bot over the database of that URL, from its login to its end; one that follows on it is a restart."""
    store = connect(url)
    core = core_over(store, *(models or (echo(),)), rules=rules)
    options = Options(world.api, world.gateway_url, content, tuple(shards), shard_count, bots, edit_interval, 0.02)
    bot = create(core.router.handle, core.records, core.keep("discord"), options)
    chat = HeardChat(bot, bot.places, bot.pace, replace(bot.chat.capabilities))
    chat.world, bot.chat = world, chat
    core.router.attach("discord", bot.chat)
    try:
        async with bot:
            await bot.login(world.token)
            await core.router.recover("discord", bot.serves)
            connected = asyncio.create_task(bot.connect())
            try:
                await asyncio.wait_for(bot.wait_until_ready(), 20)
                yield Living(world, bot, core, store, url)
            finally:
                await core.router.drain(20)
                await bot.close()
                await asyncio.gather(connected, return_exceptions=True)
    finally:
        await store.close()
