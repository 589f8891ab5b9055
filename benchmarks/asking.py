"""Asks bots on loopback platforms: as fast as they answer, by turns, and at an even pace.

Each bot is a process of its own, and its platform is a server of its own of the same kind.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import clock_gettime, perf_counter

from benchmarks.figures import Figure, of_rounds, p99, ratios, turns

ROOMS = 25
WARM_UP = 2
"""Messages in each room before anything is counted."""

ROUNDS = 5
MESSAGES = 6
"""Messages in each room in a round."""

RATE = 100
"""Messages a second while latency is measured."""

SECONDS = 5
LIMIT = 120.0
HOW = (
    f"Processor time of a bot's process, all threads, for a mention and its answer: {ROUNDS} rounds by turns, each"
    f" {ROOMS * MESSAGES} messages in {ROOMS} rooms at once; the same loopback server for each bot, the same model"
    " server, the same two requests to the platform. Parley is the whole program (`parley run`), and sends the model"
    " what was said before, which the others do not keep."
)

Ask = Callable[[int, int], Awaitable[None]]
"""Asks a question in a room, both by their numbers, and waits until the answer is whole."""


@dataclass(frozen=True, slots=True)
class RunningBot:
    """A running bot: its process, how it is asked, and how many requests its platform has had.

    A slow one is asked less often, and not at a pace that it cannot keep.
    """

    pid: int
    ask: Ask
    requests: Callable[[], int]
    slow: bool = False

    @property
    def each(self) -> int:
        """Messages in each room in a round."""
        return 1 if self.slow else MESSAGES

    @property
    def used(self) -> float:
        """The seconds of a processor that all threads of the process have used."""
        # The clock of another process, which Linux numbers like this (clock_getcpuclockid in glibc).
        return clock_gettime(~self.pid << 3 | 2)


@asynccontextmanager
async def process(command: Sequence[str], told: bytes, environment: Mapping[str, str]) -> AsyncIterator[int]:
    """Run a bot, from when it says this on standard output until it is told to end. Yields its pid."""
    running = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, env={**os.environ, **environment}
    )
    assert running.stdout
    try:
        async with asyncio.timeout(LIMIT):
            while told not in (line := await running.stdout.readline()):
                if not line:
                    raise RuntimeError(f"{command} ended before it was ready")
        yield running.pid
    finally:
        if running.returncode is None:
            running.terminate()
        await running.communicate()


def peer(name: str, *arguments: str) -> AbstractAsyncContextManager[int]:
    """Run a bot of `benchmarks/peers`."""
    return process([sys.executable, "-m", f"benchmarks.peers.{name}", *arguments], b"ready", {})


def parley(home: Path, model: str, platform: str, **settings: str) -> AbstractAsyncContextManager[int]:
    """Run the whole program with these settings of a platform, and the model at an address."""
    # Its limits are for people. Here few ask much, and all at once.
    chosen = {
        "PARLEY_HOME": str(home),
        "PARLEY_LOG__LEVEL": "error",
        "PARLEY_LOG__FILE": "false",
        "PARLEY_WEB__PORT": "0",
        "PARLEY_OPERATOR__PORT": "0",
        "PARLEY_LIMITS__ANSWERS": "0",
        "PARLEY_LIMITS__COMMUNITY_ANSWERS": "0",
        "PARLEY_LIMITS__WAITING_PER_SLOT": "1000",
        "PARLEY_MODEL__DEFAULT": "bench",
        "PARLEY_MODEL__SERVERS__BENCH__URL": model,
        "PARLEY_MODEL__SERVERS__BENCH__SLOTS": "100",
    } | {f"PARLEY_{platform.upper()}__{name}": value for name, value in settings.items()}
    command = "import benchmarks.figures as f; f.on_first_core(); import cli.main as m; m.main()"
    return process([sys.executable, "-c", command, "run"], f"On {platform} as ".encode(), chosen)


async def flood(ask: Ask, each: int) -> None:
    """Let each room ask again as soon as it is answered."""

    async def talk(room: int) -> None:
        for number in range(each):
            await ask(room, number)

    await asyncio.gather(*(talk(room) for room in range(ROOMS)))


async def paced(ask: Ask) -> list[float]:
    """Ask at an even pace. Returns the milliseconds for each message."""

    async def one(number: int) -> float:
        await asyncio.sleep(number / RATE)
        began = perf_counter()
        await ask(number % ROOMS, number)
        return 1000 * (perf_counter() - began)

    return list(await asyncio.gather(*(one(number) for number in range(RATE * SECONDS))))


@dataclass(frozen=True, slots=True)
class BotComparison:
    """The milliseconds of a processor in each round, the milliseconds of each paced message, requests a message."""

    cost: Mapping[str, Sequence[float]]
    waits: Mapping[str, Sequence[float]]
    requests: Mapping[str, float]


async def compared(sides: Mapping[str, RunningBot]) -> BotComparison:
    """Measure all bots by turns."""
    for side in sides.values():
        await flood(side.ask, 1 if side.slow else WARM_UP)
    before = {name: side.requests() for name, side in sides.items()}
    cost: dict[str, list[float]] = {name: [] for name in sides}
    for _, name in turns(list(sides), ROUNDS):
        side = sides[name]
        used = side.used
        await flood(side.ask, side.each)
        cost[name].append(1000 * (side.used - used) / (side.each * ROOMS))
    made = {name: (side.requests() - before[name]) / (ROUNDS * side.each * ROOMS) for name, side in sides.items()}
    waits = {name: await paced(side.ask) for name, side in sides.items() if not side.slow}
    return BotComparison(cost, waits, made)


def told(platform: str, found: BotComparison, plain: str) -> list[Figure]:
    """The figures of Parley beside a plain bot, which has this name."""
    ours, theirs = found.cost["Parley"], found.cost[plain]
    return [
        of_rounds(f"{platform}: a message with Parley", ours, "ms"),
        *(
            of_rounds(f"{platform}: the same with {name}", found.cost[name], "ms")
            for name in found.cost
            if name != "Parley"
        ),
        of_rounds(f"{platform}: Parley over {plain}", ratios(ours, theirs), "x", most=2.2, aim=1.5),
        *(Figure(f"{platform}: requests for a message, {name}", each, "") for name, each in found.requests.items()),
        Figure(f"{platform}: latency p99 at {RATE} messages/s", p99(found.waits["Parley"]), "ms", most=30),
        Figure(f"{platform}: the same with {plain}", p99(found.waits[plain]), "ms"),
    ]
