"""Shards of Discord that several ingresses divide, without a setting of their own."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from tests.cluster.discord.living import connected, discord_cluster
from tests.cluster.discord.test_failures import GATEWAY_BAR
from tests.discord.living import answers, finished
from tests.discord.server.server import Discord
from tests.discord.server.world import Guild

pytestmark = [pytest.mark.postgres, pytest.mark.sweep]

SHARDS = 4
APART = 5.0
"""Seconds between two sessions that begin, for a bot that Discord lets begin one at a time."""


async def test_shards_are_divided_begun_one_by_one_and_taken_over(
    world: Discord, tmp_path: Path, postgres_url: str, record_property: Callable[[str, object], None]
) -> None:
    guilds: dict[int, Guild] = {}
    while len(guilds) < SHARDS:
        # The millisecond in which a server was made decides its shard.
        made = world.guild(born=len(world.guilds))
        guilds.setdefault(made.shard(SHARDS), made)
    rooms = [world.channel(guild) for guild in guilds.values()]
    ana = world.person("Ana", *guilds.values())
    world.identifies_at_once = 1
    settings = {"PARLEY_DISCORD__SHARD_COUNT": str(SHARDS)}

    async with discord_cluster(world, tmp_path, postgres_url, settings=settings) as life:
        await world.until(lambda: connected(world) == SHARDS)
        begun = world.gateway.identified
        # When each was heard here is not quite when it got its turn.
        assert all(later - earlier > APART * 0.8 for earlier, later in zip(begun, begun[1:], strict=False))
        holders = [await life.at_work(f"discord shards all of {SHARDS}: {id}-{id}") for id in range(SHARDS)]
        assert sorted(holders.count(ingress) for ingress in life.processes.ingresses) == [SHARDS // 2] * 2
        for room in rooms:
            await ana.says(room, "Hello", mention=True)
        await world.until(lambda: all(map(finished, rooms)))

        world.identifies_at_once = 16
        await holders[0].kill()
        killed = monotonic()
        await world.until(lambda: connected(world) == SHARDS // 2)
        for room in rooms:
            await ana.says(room, "Still there?", mention=True)
        await world.until(lambda: connected(world) == SHARDS, within=GATEWAY_BAR)
        record_property("take-over of two shards", monotonic() - killed)
        await world.until(lambda: all(finished(room, 2) for room in rooms))

        # One that comes gets its share.
        third = await life.processes.start("ingress")
        await third.out.until("On Discord as")
        await world.until(lambda: connected(world) == SHARDS)
        for room in rooms:
            await ana.says(room, "And now?", mention=True)
        await world.until(lambda: all(finished(room, 3) for room in rooms))
        assert all(len(answers(room)) == 3 for room in rooms)
