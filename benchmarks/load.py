"""The engine under load, with a model that answers at once, on one core: `python -m benchmarks.load NAME FOLDER`."""

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from time import perf_counter, process_time

from sqlmodel import col, func, select

from benchmarks.bench_core import Bench, bench
from benchmarks.figures import Figure, of_rounds, p99, printed, ratios, turns
from benchmarks.fill import fill
from core.models.scripted import ScriptedModel
from core.store.engine.migrate import migrate
from core.store.inbox_table import InboxRow

ANSWER = "A short answer of a few words."
COMMANDS = 300
PLACES = 100
ROUNDS = 5
FLOOD = 500
"""Messages of a round."""

WARM_UP = 200
RATE = 100
"""Messages a second while latency is measured: each of a hundred conversations sends one."""

SECONDS = 10
REPEATED = 3
"""How often each event comes while duplicates are measured."""

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
        Figure(f"added latency p99, {PLACES} conversations, {RATE} messages/s", p99(spent), "ms", most=15),
        Figure("event-loop lag p99 meanwhile", p99(lags), "ms", most=20),
    ]


async def duplicates(folder: Path) -> list[Figure]:
    """Measure how long an event takes that comes again while others are answered, in a storm of repetitions."""
    spent: list[float] = []
    async with bench(folder / "duplicates.sqlite3", instant()) as running:
        events = [running.message(f"place {number % PLACES}", "Hello there") for number in range(RATE * SECONDS)]
        answers = [running.chat.watch(f"{event.key}#answer") for event in events]

        async def told(number: int, again: int) -> None:
            # The first comes at its time, and each repetition some seconds later, mixed with those of others.
            await asyncio.sleep(number / RATE + again * Random(number).uniform(0.5, 2))
            began = perf_counter()
            await running.core.router.handle(events[number])
            if again:
                spent.append((perf_counter() - began) * 1000)

        await asyncio.gather(*(told(number, again) for number in range(len(events)) for again in range(REPEATED)))
        await asyncio.gather(*(seen.done.wait() for seen in answers))
        accepted = await running.core.store.read(
            lambda session: session.exec(select(func.count(col(InboxRow.key)))).one()
        )
    if accepted != len(events):
        raise RuntimeError(f"{accepted} events were accepted of {len(events)}")
    name = f"a duplicate's time p99, each event {REPEATED} times, {RATE} new ones a second"
    return [Figure(name, p99(spent), "ms", most=20)]


async def curve(label: str, cores: Mapping[int, Bench]) -> list[Figure]:
    """Measure one message's processor time in each of these cores, by turns; from first to last it should not grow."""
    costs: dict[int, list[float]] = {point: [] for point in cores}
    for running in cores.values():
        await flood(running, WARM_UP)
    for _, point in turns(list(cores), ROUNDS):
        _, used = await flood(cores[point], FLOOD)
        costs[point].append(1000 * used / FLOOD)
    first, *_, last = cores
    growth = ratios(costs[last], costs[first])
    return [
        *(of_rounds(f"processor time a message, {point:,} {label}", spent, "ms") for point, spent in costs.items()),
        of_rounds(f"growth from {first:,} to {last:,} {label}", growth, "x", most=1.25),
    ]


async def by_stored(folder: Path) -> list[Figure]:
    """Measure the cost of a message in databases of growing size."""
    async with AsyncExitStack() as stack:
        cores: dict[int, Bench] = {}
        for stored in STORED:
            file = folder / f"stored-{stored}.sqlite3"
            await migrate(f"sqlite:///{file}")
            await asyncio.to_thread(fill, file, stored)
            cores[stored] = await stack.enter_async_context(bench(file, instant()))
        return await curve("stored messages", cores)


async def by_commands(folder: Path) -> list[Figure]:
    """Measure the cost of a message with more and more commands."""
    async with AsyncExitStack() as stack:
        cores: dict[int, Bench] = {}
        for number in (14, 50, 100, COMMANDS):
            file = folder / f"commands-{number}.sqlite3"
            cores[number] = await stack.enter_async_context(bench(file, instant(), number))
        return await curve("commands", cores)


MEASUREMENTS = {"latency": latency, "duplicates": duplicates, "stored": by_stored, "commands": by_commands}

HOW = {
    "latency": "The core with a model in its own process that answers at once, messages at an even pace.",
    "duplicates": "The core, with a model that answers at once: all events come again and again while new ones come.",
    "stored": f"Median of {ROUNDS} rounds by turns, {FLOOD} messages each, over all threads; conversations are new.",
    "commands": f"Median of {ROUNDS} rounds by turns, {FLOOD} messages each, over all threads; conversations are new.",
}

if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    sys.exit(printed(asyncio.run(MEASUREMENTS[sys.argv[1]](Path(sys.argv[2]))), HOW[sys.argv[1]]))
