"""First contact on Discord: being added to a server."""

import pytest

from tests.discord.living import answers, finished, living
from tests.discord.server.server import Discord


async def test_the_owner_is_told_what_to_do_first_once(world: Discord, sqlite_url: str) -> None:
    async with living(world, sqlite_url):
        guild = world.guild("Garden", channels=1)
        desk = world.direct(guild.owner)
        await world.until(lambda: bool(answers(desk)))
        assert "Thank you for adding me to Garden." in answers(desk)[0].content
    async with living(world, sqlite_url):
        ana, room = world.person("Ana", guild), world.channel(guild)
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
    assert len(answers(desk)) == 1


@pytest.mark.parametrize("code", [50007, 50278])
async def test_the_server_is_told_if_the_owner_takes_no_messages(world: Discord, sqlite_url: str, code: int) -> None:
    async with living(world, sqlite_url):
        guild = world.guild("Garden", channels=2)
        guild.owner.closed = code
        first = next(channel for channel in world.channels.values() if channel.guild is guild)
        await world.until(lambda: bool(answers(first)))
        assert "/settings" in answers(first)[0].content
