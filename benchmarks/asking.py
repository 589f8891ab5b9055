"""Asks a bot on a loopback platform: as fast as it answers, and at an even pace."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

import psutil

from benchmarks.figures import Figure, p99
from cli.wiring.surface_server import settle
from core.store.engine.migrate import migrate

ROOMS = 50
WARM_UP = 100
MESSAGES = 1000
RATE = 100
"""Messages a second while latency is measured."""

SECONDS = 8
LIMIT = 120.0

Ask = Callable[[int, int], Awaitable[None]]
"""Asks a question in a room, both by their numbers, and waits until the answer is whole."""


@asynccontextmanager
async def bot(module: str, database: Path, *arguments: str) -> AsyncIterator[psutil.Process]:
    """Run a bot in a process of its own, from when it says that it is ready until it is told to end."""
    await migrate(f"sqlite:///{database}")
    command = (sys.executable, "-m", module, *arguments, str(database))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    await asyncio.wait_for(process.stdout.readline(), LIMIT)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


async def flood(ask: Ask, messages: int) -> float:
    """Let each room ask again as soon as it is answered. Returns seconds."""
    began = perf_counter()

    async def talk(room: int) -> None:
        for number in range(messages // ROOMS):
            await ask(room, number)

    await asyncio.gather(*(talk(room) for room in range(ROOMS)))
    return perf_counter() - began


async def paced(ask: Ask) -> list[float]:
    """Ask at an even pace. Returns the milliseconds for each message."""

    async def one(number: int) -> float:
        await asyncio.sleep(number / RATE)
        began = perf_counter()
        await ask(number % ROOMS, number)
        return 1000 * (perf_counter() - began)

    return list(await asyncio.gather(*(one(number) for number in range(RATE * SECONDS))))


async def answered(name: str, process: psutil.Process, ask: Ask, requests: Callable[[], int]) -> list[Figure]:
    """Measure throughput, requests and latency of a ready bot; `requests` counts the requests to the platform."""
    await flood(ask, WARM_UP)
    settle()
    spent = await paced(ask)
    before, busy = requests(), process.cpu_times()
    wall = await flood(ask, MESSAGES)
    each, after = (requests() - before) / MESSAGES, process.cpu_times()
    cpu = after.user + after.system - busy.user - busy.system
    return [
        Figure(f"{name}: messages, event to answer", MESSAGES / wall, "1/s", least=200),
        Figure(f"{name}: a core's time for each of them", 1000 * cpu / MESSAGES, "ms"),
        Figure(f"{name}: requests for each of them", each, ""),
        Figure(f"{name}: added latency p99, {RATE} messages/s", p99(spent), "ms", most=50),
    ]
