"""Processes of a cluster on Discord that are killed: others go on where they stopped."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from tests.cluster.discord.living import connected, discord_cluster, echo, last
from tests.cluster.ledger import until_rows
from tests.discord.living import answers, finished
from tests.discord.server.server import Discord
from tests.models.standin import Asked, Out

pytestmark = pytest.mark.postgres

LOADED = 2.0
"""How much longer it may take while other tests keep the machine busy."""

WORKER_BAR, GATEWAY_BAR = 25.0 * LOADED, 15.0 * LOADED
"""Seconds within which a person sees the answer of a killed worker, and a dead shard is taken over."""

GATEWAY = "discord shards all of all: all"
"""The lease of the connection to Discord."""


@pytest.mark.sweep
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


@pytest.mark.sweep
async def test_a_gateway_that_sleeps_or_is_stopped_leaves_no_second_session(
    world: Discord, tmp_path: Path, postgres_url: str, record_property: Callable[[str, object], None]
) -> None:
    guild = world.guild()
    room, ben = world.channel(guild), world.person("Ben", guild)
    async with discord_cluster(world, tmp_path, postgres_url, workers=1) as life:
        asleep = await life.at_work(GATEWAY)
        asleep.freeze()
        frozen = monotonic()
        await world.until(lambda: connected(world) == 2, within=GATEWAY_BAR)
        record_property("take-over of a frozen gateway", monotonic() - frozen)
        # Both sessions get this.
        await ben.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        asleep.thaw()
        woken = monotonic()
        await world.until(lambda: connected(world) == 1)
        record_property("end of the second session", monotonic() - woken)
        awake = await life.at_work(GATEWAY)
        assert awake is not asleep
        await ben.says(room, "Still there?", mention=True)
        await world.until(lambda: finished(room, 2))

        assert await awake.stop() == 0
        stopped = monotonic()
        await world.until(lambda: connected(world) == 1)
        record_property("take-over of a gateway that was stopped", monotonic() - stopped)
        await ben.says(room, "And now?", mention=True)
        await world.until(lambda: finished(room, 3))
        await until_rows(postgres_url, "SELECT count(*) FROM inbox WHERE state <> 'done'", [(0,)])
        assert len(answers(room)) == 3
        assert await life.at_work(GATEWAY) is asleep
