"""The journeys' stages in a cluster: an ingress and two workers, on the platforms that people share."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bots.discord.capabilities import CAPABILITIES as ON_DISCORD
from bots.slack.capabilities import CAPABILITIES as ON_SLACK
from bots.slack.manifest import manifest
from bots.telegram.capabilities import CAPABILITIES as ON_TELEGRAM
from cli.wiring import program
from config.settings import load
from core.ports.model import LanguageModel, PromptLine, SamplingSettings
from tests.cluster.platforms import discord_at, slack_at, telegram_at
from tests.cluster.processes import RunningCluster, cluster, model_at
from tests.discord.server.server import discord_server
from tests.discord.server.specification import published as discord_description
from tests.journeys.stages.discord import DiscordGuest, DiscordStage
from tests.journeys.stages.guest import Guest, Stage
from tests.journeys.stages.slack import SlackGuest, SlackStage
from tests.journeys.stages.telegram import TelegramGuest, TelegramStage
from tests.living import Ledger, echo
from tests.models.standin import Answer, Asked, Out, stand_in
from tests.slack.server.server import slack_server
from tests.telegram.server.server import telegram_server
from tests.telegram.server.specification import published as telegram_description

LOOK, PATIENCE = 0.1, 60.0
"""Seconds between two looks into the database, and after which what must be there is taken for never coming."""

AS_IN_JOURNEYS = {
    "PARLEY_LIMITS__ANSWERS": "0",
    "PARLEY_LIMITS__COMMUNITY_ANSWERS": "0",
    "PARLEY_TERMS__VERSION": "2026-01",
    "PARLEY_PERSONAS__PIRATE__NAME": "Pirate",
    "PARLEY_PERSONAS__PIRATE__TEXT": "You are a pirate.",
    "PARLEY_TASKS__ALTERNATIVES": "0",
    "PARLEY_TASKS__LIMITS__GOLD_EVERY": "0",
}
"""The settings that the journeys rely on, as their cores have them."""


@dataclass(slots=True)
class SharedLedger(Ledger):
    """The database of a cluster. Nobody is told of a commit in another process, so it is looked at again and again."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(psycopg.connect(self.url, autocommit=True)) as connection:
            found = connection.execute(query.encode()).fetchall()
        # SQLite gives JSON as it is written.
        return [tuple(json.dumps(one) if isinstance(one, dict | list) else one for one in row) for row in found]

    async def until_rows(self, query: str, expected: list[tuple[Any, ...]]) -> None:
        for _ in range(int(PATIENCE / LOOK)):
            if await asyncio.to_thread(self.rows, query) == expected:
                return
            await asyncio.sleep(LOOK)
        assert self.rows(query) == expected


def answering(model: LanguageModel) -> Answer:
    """A model server that says what a model in this process says."""

    async def answer(asked: Asked, out: Out) -> None:
        lines = [PromptLine(one["role"], str(one["content"])) for one in asked.body["messages"]]
        sampling = SamplingSettings(max_new_tokens=asked.body.get("max_tokens", 512))
        await out.head()
        reason = "stop"
        async for piece in model.stream(lines, sampling):
            if piece.text:
                await out.words(piece.text)
            reason = piece.finish or reason
        await out.end(reason)

    return answer


@asynccontextmanager
async def lived(
    url: str, home: Path, platform: str, settings: Mapping[str, str], models: Sequence[LanguageModel]
) -> AsyncIterator[RunningCluster]:
    """One life of all processes; the next one over the same database is a restart."""
    model = models[0] if models else echo()
    async with stand_in(answering(model), window=model.window) as server:
        given = {**AS_IN_JOURNEYS, **settings, **model_at(server)}
        async with cluster(home, url, given, ingresses=1) as running:
            for one in running.all:
                await one.out.until(f"On {platform} as")
            yield running


class DiscordClusterStage(DiscordStage):
    """A cluster on Discord."""

    home: Path

    @asynccontextmanager
    async def open(self, *models: LanguageModel) -> AsyncIterator[Guest]:
        world = self.world
        async with lived(self.url, self.home, "Discord", discord_at(world), models):
            await world.until(lambda: bool(world.commands))
            ledger = SharedLedger(world, self.url)
            yield DiscordGuest(ON_DISCORD, ledger, world, self.person, self.room, self.used)


class TelegramClusterStage(TelegramStage):
    """A cluster on Telegram."""

    home: Path

    @asynccontextmanager
    async def open(self, *models: LanguageModel) -> AsyncIterator[Guest]:
        world = self.world
        async with lived(self.url, self.home, "Telegram", telegram_at(world), models):
            await world.until(lambda: any(request.method == "getUpdates" for request in world.requests))
            yield TelegramGuest(ON_TELEGRAM, SharedLedger(world, self.url), world, self.person, self.chat)


class SlackClusterStage(SlackStage):
    """A cluster on Slack."""

    home: Path

    @asynccontextmanager
    async def open(self, *models: LanguageModel) -> AsyncIterator[Guest]:
        world = self.world
        world.install(manifest(await program.commands(load()), "Parley", "An assistant"))
        async with lived(self.url, self.home, "Slack", slack_at(world), models):
            await world.until(lambda: bool(world.sockets))
            yield SlackGuest(ON_SLACK, SharedLedger(world, self.url), world, self.person, self.room)


PLATFORMS = ("discord", "telegram", "slack")


@asynccontextmanager
async def cluster_stage(platform: str, url: str, home: Path) -> AsyncIterator[Stage]:
    """The stage of a platform over a PostgreSQL database."""
    async with AsyncExitStack() as stack:
        made: DiscordClusterStage | TelegramClusterStage | SlackClusterStage
        match platform:
            case "discord":
                discord = await stack.enter_async_context(discord_server(discord_description()))
                made = DiscordClusterStage(url, discord)
            case "telegram":
                telegram = await stack.enter_async_context(telegram_server(telegram_description()))
                made = TelegramClusterStage(url, telegram)
            case _:
                made = SlackClusterStage(url, await stack.enter_async_context(slack_server()))
        made.home = home
        yield made
