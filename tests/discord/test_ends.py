"""Every way in which the last request of an answer can fail: nothing is lost, and nothing happens in silence."""

import random

import pytest

from tests.discord.living import finished, living
from tests.discord.server.server import Discord

POST = ("POST", "/channels/{channel_id}/messages")
FAILURES = (500, 502, 503, 504)


async def fails(world: Discord, sqlite_url: str, times: int, seed: int) -> None:
    chance, guild = random.Random(seed), world.guild()
    person = world.person("Ana", guild)
    async with living(world, sqlite_url):
        for number in range(times):
            room = world.channel(guild, f"room-{number}")
            world.fail(*POST, status=chance.choice(FAILURES))
            await person.says(room, f"Question {number}", mention=True)
            await world.until(lambda room=room: finished(room))  # type: ignore[misc] # a default
            assert len(room.messages) == 2


async def test_a_few_failures_of_the_last_request_lose_nothing(world: Discord, sqlite_url: str) -> None:
    await fails(world, sqlite_url, 4, seed=1)


@pytest.mark.sweep
async def test_five_hundred_failures_of_the_last_request_lose_nothing(world: Discord, sqlite_url: str) -> None:
    await fails(world, sqlite_url, 500, seed=2)
