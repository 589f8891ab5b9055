"""All surfaces: each with the server of its platform, where it has one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.wiring import LabelingParts
from tests.discord.server.server import discord_server
from tests.discord.server.specification import published as discord_description
from tests.journeys.stages.discord import DiscordStage
from tests.journeys.stages.guest import Stage
from tests.journeys.stages.slack import SlackStage
from tests.journeys.stages.telegram import TelegramStage
from tests.journeys.stages.terminal import TerminalStage
from tests.journeys.stages.web import WebStage
from tests.slack.server.server import slack_server
from tests.telegram.server.server import telegram_server
from tests.telegram.server.specification import published as telegram_description

SURFACES = ("web", "terminal", "discord", "telegram", "slack")


@asynccontextmanager
async def stage_of(surface: str, url: str, work: LabelingParts | None = None) -> AsyncIterator[Stage]:
    """The stage of a surface over a database."""
    match surface:
        case "web":
            yield WebStage(url, work)
        case "terminal":
            yield TerminalStage(url, work)
        case "discord":
            async with discord_server(discord_description()) as discord:
                yield DiscordStage(url, discord, work)
        case "telegram":
            async with telegram_server(telegram_description()) as telegram:
                yield TelegramStage(url, telegram, work)
        case "slack":
            async with slack_server() as slack:
                yield SlackStage(url, slack, work)
