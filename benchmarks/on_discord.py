"""The bot on a Discord of loopback, with a model that answers at once: `python -m benchmarks.on_discord FOLDER`.

The bot is a process of its own on one core; the server that it talks to is on another.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

import psutil

from benchmarks.figures import Figure, p99, printed
from core.store.migrate import migrate
from tests.discord.living import answers, finished
from tests.discord.server.server import Discord, Person, discord_server
from tests.discord.server.world import Channel

ROOMS = 50
WARM_UP = 100
MESSAGES = 1000
RATE = 100
"""Messages a second while latency is measured."""

SECONDS = 8
MEMBERS, CHANNELS = 10_000, 500
MIB = 1 << 20
LIMIT = 120.0


async def ask(world: Discord, ana: Person, room: Channel, number: int) -> float:
    """Ask, wait until the answer is whole, and return the seconds that it took."""
    before, began = len(answers(room)), perf_counter()
    await ana.says(room, f"Question {number}", mention=True)
    await world.until(lambda: finished(room, before + 1))
    spent = perf_counter() - began
    # A channel with a long history makes the server slow, not the bot.
    room.kept.clear()
    return spent


async def flood(world: Discord, ana: Person, rooms: list[Channel], messages: int) -> float:
    """Each room asks as soon as it is answered. Returns seconds."""
    began = perf_counter()

    async def talk(room: Channel) -> None:
        for number in range(messages // len(rooms)):
            await ask(world, ana, room, number)

    await asyncio.gather(*(talk(room) for room in rooms))
    return perf_counter() - began


async def paced(world: Discord, ana: Person, rooms: list[Channel]) -> list[float]:
    """Messages at an even pace. Returns the milliseconds of each."""

    async def one(number: int) -> float:
        await asyncio.sleep(number / RATE)
        return 1000 * await ask(world, ana, rooms[number % len(rooms)], number)

    return list(await asyncio.gather(*(one(number) for number in range(RATE * SECONDS))))


async def large(world: Discord, process: psutil.Process) -> float:
    """What a server of ten thousand people costs the bot, in MiB."""
    before = process.memory_info().rss
    guild = world.guild("Large", members=MEMBERS, channels=CHANNELS)
    room = next(iter(guild.channels.values()))
    ana = world.person("Ana", guild)
    await ask(world, ana, room, 0)
    return float(process.memory_info().rss - before) / MIB


@asynccontextmanager
async def bot(world: Discord, database: Path) -> AsyncIterator[psutil.Process]:
    """The bot in a process of its own, from when it is ready until it is told to end."""
    await migrate(f"sqlite:///{database}")
    command = (sys.executable, "-m", "benchmarks.discord_bot", world.api, world.gateway_url, world.token, str(database))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    await asyncio.wait_for(process.stdout.readline(), LIMIT)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


async def measured(folder: Path) -> list[Figure]:
    """Throughput, latency and memory."""
    async with discord_server() as world:
        guild = world.guild()
        rooms = [world.channel(guild, f"room-{number}") for number in range(ROOMS)]
        ana = world.person("Ana", guild)
        async with bot(world, folder / "discord.sqlite3") as process:
            await flood(world, ana, rooms, WARM_UP)
            before = len(world.requests)
            wall = await flood(world, ana, rooms, MESSAGES)
            requests = len(world.requests) - before
            spent = await paced(world, ana, rooms)
        async with bot(world, folder / "discord.sqlite3") as process:
            grown = await large(world, process)
    return [
        Figure("Discord: messages, gateway to REST, one core", MESSAGES / wall, "1/s", least=200),
        Figure("Discord: requests for each of them", requests / MESSAGES, ""),
        Figure(f"Discord: added latency p99, {RATE} messages/s", p99(spent), "ms", most=50),
        Figure(f"Discord: a server of {MEMBERS:,} members and {CHANNELS} channels", grown, "MiB", most=60),
    ]


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    printed(asyncio.run(measured(Path(sys.argv[1]))))
