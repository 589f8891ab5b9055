"""Catching up when some of it cannot be read: what is gone stops nothing else, and what passes is tried again."""

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest

from tests.discord.living import answers, finished, living
from tests.discord.server.server import Discord, Person
from tests.discord.server.world import Channel
from tests.faults.odd import js
from tests.living import Ledger
from tests.shared.failing import Failure

NOTED = "SELECT value FROM kept WHERE name LIKE '%well:%'"
HISTORY = ("GET", "/channels/{channel_id}/messages")
PASSING = {"lost": Failure(), "no answer": Failure(hangs=True), "503": Failure(js({"message": "upstream"}, 503))}


async def missed(world: Discord, url: str, ana: Person, rooms: Sequence[Channel]) -> None:
    """Let her talk to a bot, and go on while it is stopped."""
    async with living(world, url) as life:
        for room in rooms:
            await ana.says(room, "Before", mention=True)
            await world.until(partial(finished, room))
        await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
    for room in rooms:
        await ana.reacts(answers(room)[0], "👍")
        await ana.says(room, "Meanwhile", mention=True)
    world.requests.clear()


@pytest.mark.slow
@pytest.mark.leaping
@pytest.mark.parametrize("name", PASSING)
async def test_a_channel_that_cannot_be_read_is_read_later_and_the_rest_at_once(
    world: Discord, sqlite_url: str, name: str
) -> None:
    guild = world.guild()
    ana, rooms = world.person("Ana", guild), [world.channel(guild, f"room-{number}") for number in range(3)]
    await missed(world, sqlite_url, ana, rooms)
    first, *others = rooms
    noted, failed = Ledger(world, sqlite_url).rows(NOTED), list[str]()

    def failing(method: str, path: str, body: bytes) -> Failure | None:
        if method != "GET" or not path.endswith(f"/channels/{first.id}/messages"):
            return None
        failed.append(path)
        world.note()
        return PASSING[name]

    world.breaking.storm = failing
    async with living(world, sqlite_url) as life:
        await world.until(lambda: all(finished(room, 2) for room in others))
        await life.rated(1, 1, 1)
        await world.until(lambda: len(failed) > 12, within=3600)
        assert life.rows(NOTED) == noted
        world.breaking.storm = lambda method, path, body: None
        await world.until(lambda: finished(first, 2) and life.rows(NOTED) != noted, within=3600)
    read = [one.names["channel_id"] for one in world.requests if (one.method, one.template) == HISTORY]
    assert sorted(read) == sorted(room.id for room in rooms)


async def test_a_channel_that_is_gone_is_not_waited_for(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    ana, rooms = world.person("Ana", guild), [world.channel(guild, f"room-{number}") for number in range(2)]
    await missed(world, sqlite_url, ana, rooms)
    noted = Ledger(world, sqlite_url).rows(NOTED)
    world.fail(*HISTORY, status=403, code=50001)
    async with living(world, sqlite_url) as life:
        await world.until(lambda: finished(rooms[1], 2))
        await life.rated(1, 1)
        await world.until(lambda: life.rows(NOTED) != noted)


@pytest.mark.leaping
@pytest.mark.parametrize("kind", ["close", "invalid"])
async def test_no_time_is_noted_while_nobody_knows_what_was_missed(world: Discord, sqlite_url: str, kind: str) -> None:
    world.guild()
    async with living(world, sqlite_url) as life:
        await life.until_rows("SELECT count(*) FROM kept WHERE name LIKE '%well:%'", [(1,)])
        connections = world.gateway.connections
        world.gateway.late = asyncio.Event()
        await world.drop(kind)
        await world.until(lambda: world.gateway.connections > connections)
        noted = life.rows(NOTED)
        await asyncio.sleep(600)
        assert life.rows(NOTED) == noted
        world.gateway.late.set()
        await world.until(lambda: life.rows(NOTED) != noted, within=3600)
