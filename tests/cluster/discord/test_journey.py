"""What people do on Discord, with two ingresses that receive it and two workers that answer."""

from pathlib import Path

import pytest

from tests.cluster.discord.living import discord_cluster
from tests.discord.living import answers, finished
from tests.discord.server.server import Discord

pytestmark = pytest.mark.postgres


async def test_a_mention_is_answered(world: Discord, tmp_path: Path, postgres_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with discord_cluster(world, tmp_path, postgres_url, ingresses=1, workers=1):
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        assert "Hello" in answers(room)[0].content
