"""The engine under load, with a model that answers at once, on one core: `python -m benchmarks.load NAME FOLDER`."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.bench_core import Bench, bench
from benchmarks.figures import Figure, p99, printed
from benchmarks.fill import fill
from core.models.scripted import ScriptedModel
from core.store.engine.migrate import migrate

ANSWER = "A short answer of a few words."
COMMANDS = 300
PLACES = 100
MESSAGES = 3000
WARM_UP = 200
RATE = 100
"""Messages a second while latency is measured: each of a hundred conversations sends one."""

SECONDS = 10
STORED = (1_000, 10_000, 100_000, 1_000_000)


def instant() -> ScriptedModel:
    return ScriptedModel([ANSWER], slots=PLACES)


async def flood(running: Bench, messages: int) -> tuple[float, float]:
    """Let each place ask again as soon as it is answered. Returns wall-clock and processor seconds."""
    began, used = perf_counter(), process_time()

    async def talk(place: int) -> None:
        for _ in range(messages // PLACES):
            seen = await running.ask(f"place {place}", "Hello there")
            await seen.done.wait()

    await asyncio.gather(*(talk(place) for place in range(PLACES)))
    return perf_counter() - began, process_time() - used


async def throughput(folder: Path) -> list[Figure]:
    """Measure messages a second through router, store and reply."""
    async with bench(folder / "throughput.sqlite3", instant(), COMMANDS) as running:
        await flood(running, WARM_UP)
        wall, _ = await flood(running, MESSAGES)
    return [Figure("messages through router, store and reply, one core", MESSAGES / wall, "1/s", least=300)]


async def latency(folder: Path) -> list[Figure]:
    """Measure added latency with a hundred conversations at a message a second each, and the event loop's lag."""
    lags: list[float] = []
    spent: list[float] = []

    async def measure_lag() -> None:
        while True:
            due = perf_counter() + 0.005
            await asyncio.sleep(0.005)
            lags.append((perf_counter() - due) * 1000)

    async with bench(folder / "latency.sqlite3", instant(), COMMANDS) as running:
        await flood(running, WARM_UP)
        watching = asyncio.create_task(measure_lag())

        async def one(number: int) -> None:
            await asyncio.sleep(number / RATE)
            began = perf_counter()
            seen = await running.ask(f"place {number % PLACES}", "Hello there")
            await seen.done.wait()
            spent.append((perf_counter() - began) * 1000)

        await asyncio.gather(*(one(number) for number in range(RATE * SECONDS)))
        watching.cancel()
    return [
        Figure(f"added latency p99, {PLACES} conversations, {RATE} messages/s", p99(spent), "ms", most=25),
        Figure("event-loop lag p99 meanwhile", p99(lags), "ms", most=20),
    ]


async def curve(label: str, points: Sequence[int], cost: Callable[[int], Awaitable[float]]) -> list[Figure]:
    """Measure one message's processor time at each point; the ratio of last to first should be near 1."""
    costs = {point: await cost(point) for point in points}
    found = [Figure(f"processor time a message, {point:,} {label}", spent, "ms") for point, spent in costs.items()]
    growth = costs[points[-1]] / costs[points[0]]
    return [*found, Figure(f"growth from {points[0]:,} to {points[-1]:,} {label}", growth, "x", most=1.25)]


async def by_stored(folder: Path) -> list[Figure]:
    """Measure the cost of a message in databases of growing size."""

    async def cost(stored: int) -> float:
        file = folder / f"stored-{stored}.sqlite3"
        await migrate(f"sqlite:///{file}")
        await asyncio.to_thread(fill, file, stored)
        async with bench(file, instant()) as running:
            await flood(running, WARM_UP)
            spent = min([(await flood(running, 1000))[1] for _ in range(3)])
        file.unlink()
        return spent

    return await curve("stored messages", STORED, cost)


async def by_commands(folder: Path) -> list[Figure]:
    """Measure the cost of a message with more and more commands."""

    async def cost(commands: int) -> float:
        async with bench(folder / f"commands-{commands}.sqlite3", instant(), commands) as running:
            await flood(running, WARM_UP)
            return min([(await flood(running, 1000))[1] for _ in range(3)])

    return await curve("commands", (14, 50, 100, 300), cost)


MEASUREMENTS = {"throughput": throughput, "latency": latency, "stored": by_stored, "commands": by_commands}

if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    printed(asyncio.run(MEASUREMENTS[sys.argv[1]](Path(sys.argv[2]))))
