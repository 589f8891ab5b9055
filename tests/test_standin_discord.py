"""The Discord on loopback, proven with the real, unmodified discord.py client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from tests.standin_discord import Discord, discord_server
from tests.standin_discord.specification import published

OPTIONS: dict[str, Any] = {"intents": discord.Intents(guilds=True, messages=True, reactions=True, message_content=True)}
OPTIONS |= {"guild_ready_timeout": 0.05}


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Discord]:
    """The server, held to the published description where that is there; the client is pointed at it."""
    async with discord_server(published(), check_replies=True) as running:
        monkeypatch.setattr(Route, "BASE", running.api)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", URL(running.gateway))
        yield running
        assert running.mistakes == []


@asynccontextmanager
async def connected(client: discord.Client, server: Discord) -> AsyncIterator[discord.Client]:
    """The client, from its login to its end."""
    async with client:
        await client.login(server.token)
        running = asyncio.create_task(client.connect())
        try:
            await asyncio.wait_for(client.wait_until_ready(), 20)
            yield client
        finally:
            await client.close()
            await asyncio.gather(running, return_exceptions=True)


def text_channel(client: discord.Client, id: str) -> discord.TextChannel:
    """A channel that the client knows."""
    found = client.get_channel(int(id))
    assert isinstance(found, discord.TextChannel)
    return found


class Echo(discord.Client):
    """Answers everybody, and remembers what it is told."""

    def __init__(self, server: Discord, **options: Any) -> None:
        super().__init__(**{**OPTIONS, **options})
        self.server = server
        self.heard: list[discord.Message] = []
        self.reactions: list[tuple[str, str, int]] = []

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message)
        self.server.changed()
        if self.user and message.author.id != self.user.id:
            await message.reply(f"You said: {message.content}", mention_author=False)

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        self.reactions.append(("add", event.emoji.name, event.user_id))
        self.server.changed()

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        self.reactions.append(("remove", event.emoji.name, event.user_id))
        self.server.changed()


async def test_a_message_is_answered_with_a_nonce(server: Discord) -> None:
    channel, ana = server.guild("Garden", members=3).channel("general"), server.person("Ana")
    async with connected(Echo(server), server):
        sent = await ana.says(channel, "Hello", mention=True)
        await server.until(lambda: len(channel.messages) == 2)
        answer = channel.messages[1]
        assert (answer.author, answer.reference) == (server.me, sent.id)
        assert answer.content == f"You said: <@{server.me.id}> Hello"
        assert answer.nonce


async def test_reactions_come_and_go_on_messages_that_the_client_does_not_know(server: Discord) -> None:
    guild = server.guild()
    channel, ana = guild.channel(), server.person("Ana")
    guild.join(ana)
    old = await ana.says(channel, "Before you came")
    echo = Echo(server)
    async with connected(echo, server):
        await ana.reacts(old, "👍")
        await ana.unreacts(old, "👍")
        await server.until(lambda: len(echo.reactions) == 2)
        assert echo.reactions == [("add", "👍", int(ana.id)), ("remove", "👍", int(ana.id))]
        found = await text_channel(echo, channel.id).fetch_message(int(old.id))
        await found.add_reaction("👀")
        await server.until(lambda: len(echo.reactions) == 3)
        assert old.reactions == {"👀": {server.me.id}}
