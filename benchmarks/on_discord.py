"""The bot on a loopback Discord, with a model that answers at once: `python -m benchmarks.on_discord FOLDER`.

The bot is a process of its own on one core; the server that it talks to runs on another.
"""

import asyncio
import sys
from pathlib import Path

import psutil

from benchmarks.asking import ROOMS, answered, bot
from benchmarks.figures import Figure, on_last_core, printed
from tests.discord.living import buttons
from tests.discord.server.server import Discord, Person, discord_server
from tests.discord.server.world import Channel

MEMBERS, CHANNELS = 10_000, 500
MIB = 1 << 20
MODULE = "benchmarks.discord_bot"


async def ask(world: Discord, ana: Person, room: Channel, number: int) -> None:
    """Ask, and wait until the answer is whole."""
    question = await ana.says(room, f"Question {number}", mention=True)
    await world.until(lambda: any(one.reference == question.id and "retry" in buttons(one) for one in room.messages))
    # A channel with a long history would slow down the server, not the bot.
    for message in [one for one in room.messages if question.id in (one.id, one.reference)]:
        del room.kept[message.id]


async def large(world: Discord, process: psutil.Process) -> float:
    """Return what a server of ten thousand people costs the bot, in MiB."""
    before = process.memory_info().rss
    guild = world.guild("Large", members=MEMBERS, channels=CHANNELS)
    room = next(iter(guild.channels.values()))
    await ask(world, world.person("Ana", guild), room, 0)
    return float(process.memory_info().rss - before) / MIB


async def measured(folder: Path) -> list[Figure]:
    """Measure throughput, latency and memory."""
    database = folder / "discord.sqlite3"
    async with discord_server() as world:
        guild = world.guild()
        rooms = [world.channel(guild, f"room-{number}") for number in range(ROOMS)]
        ana = world.person("Ana", guild)
        where = (world.api, world.gateway_url, world.token)
        async with bot(MODULE, database, *where) as process:
            found = await answered(
                "Discord",
                process,
                lambda room, number: ask(world, ana, rooms[room], number),
                lambda: len(world.requests),
            )
        async with bot(MODULE, database, *where) as process:
            grown = await large(world, process)
    return [*found, Figure(f"Discord: a server of {MEMBERS:,} members and {CHANNELS} channels", grown, "MiB", most=60)]


if __name__ == "__main__":
    on_last_core()
    sys.exit(printed(asyncio.run(measured(Path(sys.argv[1])))))
