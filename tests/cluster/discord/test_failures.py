"""Processes of a cluster on Discord that are killed: others go on where they stopped."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from tests.cluster.discord.living import connected, discord_cluster, echo, last
from tests.discord.living import answers, finished
from tests.discord.server.server import Discord
from tests.models.standin import Asked, Out

pytestmark = pytest.mark.postgres

WORKER_BAR, GATEWAY_BAR = 25.0, 15.0
"""Seconds within which a person sees the answer of a killed worker, and a dead shard is taken over."""

GATEWAY = "discord shards all of all: all"
"""The lease of the connection to Discord."""


async def test_a_killed_worker_and_a_killed_gateway_are_taken_over(
    world: Discord, tmp_path: Path, postgres_url: str, record_property: Callable[[str, object], None]
) -> None:
    guild = world.guild()
    room, other = world.channel(guild), world.channel(guild, "other")
    ana, ben = world.person("Ana", guild), world.person("Ben", guild)
    cut = asyncio.Event()

    async def write(asked: Asked, out: Out) -> None:
        if "Count" not in last(asked):
            await echo(asked, out)
            return
        await out.head()
        await out.words("one ")
        if not cut.is_set():
            await out.forever()
        await out.words("two ", "three")
        await out.end()

    async with discord_cluster(world, tmp_path, postgres_url, write) as life:
        # The worker, in the middle of an answer.
        question = await ana.says(room, "Count", mention=True)
        await world.until(lambda: bool(answers(room)) and answers(room)[0].content.startswith("one"))
        cut.set()
        await (await life.at_work(f"discord/{guild.id}/{room.id}")).kill()
        killed = monotonic()
        await world.until(lambda: finished(room), within=WORKER_BAR)
        record_property("answer of a killed worker", monotonic() - killed)
        (answer,) = answers(room)
        assert (answer.content, answer.reference) == ("one two three", question.id)

        # The process with the connection. What is said meanwhile is fetched.
        gateway = await life.at_work(GATEWAY)
        assert gateway.role == "ingress"
        await gateway.kill()
        killed = monotonic()
        await world.until(lambda: not connected(world))
        await ben.says(other, "While nobody heard", mention=True)
        await world.until(lambda: connected(world) == 1, within=GATEWAY_BAR)
        record_property("take-over of the gateway", monotonic() - killed)
        await world.until(lambda: finished(other))
        await ben.says(other, "And now?", mention=True)
        await world.until(lambda: finished(other, 2))
        assert [message.content for message in answers(other)] == [
            "You said: Ben: While nobody heard",
            "You said: Ben: And now?",
        ]
        assert (await life.at_work(GATEWAY)) is not gateway
        assert len(world.gateway.sessions) == 2
