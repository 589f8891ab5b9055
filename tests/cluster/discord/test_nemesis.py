"""Processes of a cluster on Discord that are killed, paused and restarted while people ask: each is answered once."""

import asyncio
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from time import monotonic

import pytest

from tests.cluster.discord.living import DiscordCluster, discord_cluster, last
from tests.cluster.ledger import until_rows
from tests.cluster.processes import ClusterProcess
from tests.discord.living import answers, finished
from tests.discord.server.server import Discord
from tests.discord.server.world import Channel
from tests.models.standin import Asked, Out

pytestmark = [pytest.mark.postgres, pytest.mark.sweep]

ROUNDS, ROOMS = 6, 3
TAKE_OVER, EXIT = 25.0, 30.0
"""Seconds within which everybody is answered whatever has happened, and within which a process stops."""

PAUSED = 20.0
"""Seconds for which a process is paused: longer than its leases last."""

OPEN = "SELECT count(*) FROM inbox WHERE state <> 'done'"


async def write(asked: Asked, out: Out) -> None:
    """Repeat what was said last, and take some time for it."""
    await out.head()
    for word in ("You", " said:", f" {last(asked)}", " and", " so", " on."):
        await out.words(word)
        await asyncio.sleep(0.3)
    await out.end()


def begun(room: Channel, number: int) -> bool:
    """Whether so many answers are there, or begun."""
    return len(answers(room)) >= number


async def harmed(life: DiscordCluster, victim: ClusterProcess, way: str) -> float:
    """Do one process harm, and put another one in its place. Returns how many seconds it took to stop, if asked."""
    began = monotonic()
    if way == "pause":
        victim.freeze()
        await asyncio.sleep(PAUSED)
        victim.thaw()
        return 0.0
    if way == "kill":
        await victim.kill()
    else:
        victim.program.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(victim.program.wait(), EXIT) == 0
    took = monotonic() - began
    await life.processes.start(victim.role)
    return took if way == "stop" else 0.0


async def test_each_question_is_answered_once_whatever_happens_to_processes(
    world: Discord, tmp_path: Path, postgres_url: str, record_property: Callable[[str, object], None]
) -> None:
    random = Random(20)
    guild = world.guild()
    rooms = [world.channel(guild, f"room-{number}") for number in range(ROOMS)]
    people = [world.person(f"P{number}", guild) for number in range(ROOMS)]
    longest, slowest = 0.0, 0.0
    async with discord_cluster(world, tmp_path, postgres_url, write) as life:
        for number in range(ROUNDS):
            for person, room in zip(people, rooms, strict=True):
                await person.says(room, f"Question {number}", mention=True)
            await world.until(partial(begun, rooms[0], number + 1))
            way = ("kill", "stop", "pause")[number % 3]
            alive = [one for one in life.processes.workers if one.alive]
            began = monotonic()
            harming = asyncio.create_task(harmed(life, random.choice(alive), way))
            for room in rooms:
                await world.until(partial(finished, room, number + 1), within=TAKE_OVER)
            longest = max(longest, monotonic() - began)
            slowest = max(slowest, await harming)
        await until_rows(postgres_url, OPEN, [(0,)])
    record_property("longest wait for an answer", longest)
    record_property("slowest stop", slowest)
    for one, room in enumerate(rooms):
        said = [message.content for message in answers(room)]
        assert said == [f"You said: P{one}: Question {number} and so on." for number in range(ROUNDS)]
        assert len({message.reference for message in answers(room)}) == ROUNDS
