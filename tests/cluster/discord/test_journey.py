"""What people do on Discord, with two ingresses that receive it and two workers that answer."""

import asyncio
from pathlib import Path

import pytest

from tests.cluster.discord.living import discord_cluster
from tests.discord.living import actions, answers, buttons, finished
from tests.discord.server.server import Discord
from tests.models.standin import Asked, Out

pytestmark = pytest.mark.postgres


async def test_what_people_do_reaches_whoever_answers(world: Discord, tmp_path: Path, postgres_url: str) -> None:
    guild = world.guild()
    room = world.channel(guild)
    keeper, ana = world.person("Keeper", guild, keeper=True), world.person("Ana", guild)
    async with discord_cluster(world, tmp_path, postgres_url):
        asked = await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        assert "Hello" in answers(room)[0].content

        helped = await (await ana.commands(room, "help")).answered()
        assert "/ask" in helped.content
        # A command with a form, which is only taken as the first answer.
        await ana.presses(answers(room)[0], "down:")
