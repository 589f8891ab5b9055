"""Parley beside plain discord.py and NoneBot2, each on a loopback Discord: `python -m benchmarks discord`."""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psutil

from benchmarks.asking import HOW, LIMIT, ROOMS, RunningBot, compared, parley, peer, told
from benchmarks.figures import Figure, of_rounds, on_last_core, printed, ratios
from benchmarks.model_server import ANSWER, model_server
from tests.discord.living import buttons
from tests.discord.server.server import Discord, Person, discord_server
from tests.discord.server.world import Channel, Message

MEMBERS, CHANNELS = 10_000, 500
MIB = 1 << 20
WHOLE = "".join(ANSWER)
PLAIN, NONEBOT = f"plain discord.py {version('discord.py')}", "NoneBot2"

Begin = Callable[[Discord], AbstractAsyncContextManager[int]]
"""Runs a bot on a Discord."""


def by_parley(message: Message) -> bool:
    return "retry" in buttons(message)


def by_others(message: Message) -> bool:
    return message.content.endswith(WHOLE)


async def ask(world: Discord, ana: Person, room: Channel, number: int, whole: Callable[[Message], bool]) -> None:
    """Ask, and wait until the answer is whole."""
    question = await ana.says(room, f"Question {number}", mention=True)
    await world.until(lambda: any(one.reference == question.id and whole(one) for one in room.messages), LIMIT)
    # A channel with a long history would slow down the server, not the bot.
    for message in [one for one in room.messages if question.id in (one.id, one.reference)]:
        del room.kept[message.id]


async def large(world: Discord, pid: int) -> float:
    """Return what a server of ten thousand people costs the bot, in MiB."""
    process = psutil.Process(pid)
    before = process.memory_info().rss
    guild = world.guild("Large", members=MEMBERS, channels=CHANNELS)
    room = next(iter(guild.channels.values()))
    await ask(world, world.person("Ana", guild), room, 0, by_parley)
    return float(process.memory_info().rss - before) / MIB


async def side(
    stack: AsyncExitStack, begin: Begin, whole: Callable[[Message], bool], slow: bool = False
) -> tuple[RunningBot, Discord]:
    """Run a bot on a Discord of its own."""
    world = await stack.enter_async_context(discord_server())
    guild = world.guild()
    rooms = [world.channel(guild, f"room-{number}") for number in range(ROOMS)]
    ana = world.person("Ana", guild)
    pid = await stack.enter_async_context(begin(world))
    await ask(world, ana, rooms[0], 0, whole)

    async def asking(room: int, number: int) -> None:
        await ask(world, ana, rooms[room], number, whole)

    return RunningBot(pid, asking, lambda: len(world.requests), slow), world


async def measured(folder: Path) -> list[Figure]:
    """Measure all bots by turns, and Parley's memory for a large server."""
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(model_server())

        def ours(world: Discord) -> AbstractAsyncContextManager[int]:
            where = {"TOKEN": world.token, "API_BASE": world.api, "GATEWAY_URL": world.gateway_url}
            return parley(folder, model, "Discord", **where)

        def plain(name: str) -> Begin:
            return lambda world: peer(name, world.api, world.gateway_url, world.token, model)

        sides: dict[str, RunningBot] = {}
        sides["Parley"], world = await side(stack, ours, by_parley)
        sides[PLAIN], _ = await side(stack, plain("plain_discord"), by_others)
        if find_spec("nonebot"):
            sides[NONEBOT], _ = await side(stack, plain("nonebot_discord"), by_others, slow=True)
        found = await compared(sides)
        grown = await large(world, sides["Parley"].pid)
    return [
        *told("Discord", found, PLAIN),
        *against_nonebot(found.cost),
        Figure(f"Discord: a server of {MEMBERS:,} members and {CHANNELS} channels", grown, "MiB", most=60),
    ]


def against_nonebot(cost: Mapping[str, Sequence[float]]) -> list[Figure]:
    """How much more than Parley NoneBot2 needs, where it is installed."""
    if NONEBOT not in cost:
        return []
    versions = f"{version('nonebot2')}, adapter {version('nonebot-adapter-discord')}"
    name = f"Discord: NoneBot2 {versions}, 100 commands, over Parley"
    return [of_rounds(name, ratios(cost[NONEBOT], cost["Parley"]), "x", least=1, aim=5)]


if __name__ == "__main__":
    on_last_core()
    sys.exit(printed(asyncio.run(measured(Path(sys.argv[1]))), HOW))
