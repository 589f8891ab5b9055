"""The cost of PostgreSQL's drivers and of a library for a work queue; `benchmarks.work_queue` prints it."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from importlib.metadata import distribution, requires
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

import asyncpg
import psycopg
from packaging.requirements import Requirement

from benchmarks.figures import Figure

MS = 1000.0


def drivers(url: str, rounds: int) -> list[Figure]:
    """Measure the time of a round trip and of a notification with each driver, taking turns."""
    trips, notices = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    statement = "SELECT pg_notify('driver', '')"

    async def measured() -> None:
        loop = asyncio.get_running_loop()
        heard = asyncio.Event()
        blocking: psycopg.Connection[Any] = await asyncio.to_thread(lambda: psycopg.connect(url, autocommit=True))
        first = await psycopg.AsyncConnection.connect(url, autocommit=True)
        second = await asyncpg.connect(url)
        await second.add_listener("driver", lambda *_: heard.set())
        listening = await psycopg.AsyncConnection.connect(url, autocommit=True)
        await listening.execute("LISTEN driver")
        told = asyncio.Event()

        async def listen() -> None:
            async for _ in listening.notifies():
                told.set()

        task = loop.create_task(listen())
        calls: Mapping[str, Callable[[], Any]] = {
            "psycopg, in a thread": lambda: asyncio.to_thread(blocking.execute, "SELECT 1"),
            "psycopg, async": lambda: first.execute("SELECT 1"),
            "asyncpg": lambda: second.fetchval("SELECT 1"),
        }
        for _ in range(rounds):
            for name, call in calls.items():
                began = monotonic()
                await call()
                trips[name].append((monotonic() - began) * MS)
            heard.clear()
            told.clear()
            began = monotonic()
            await first.execute(statement)
            async with asyncio.timeout(5), asyncio.TaskGroup() as waits:
                for name, event in (("psycopg, async", told), ("asyncpg", heard)):
                    waits.create_task(arrival(event, began, notices[name]))
        task.cancel()
        await first.close()
        await second.close()
        await listening.close()
        await asyncio.to_thread(blocking.close)

    asyncio.run(measured())
    return [
        *(Figure(f"a statement with {name}, p50", median(times), "ms") for name, times in trips.items()),
        *(Figure(f"a notification with {name}, p50", median(times), "ms") for name, times in notices.items()),
    ]


async def arrival(event: asyncio.Event, began: float, times: list[float]) -> None:
    await event.wait()
    times.append((monotonic() - began) * MS)


def weight() -> list[Figure]:
    """The size that the library, or asyncpg, would add to an installation with the extra `postgres`."""
    have = closure("parley-app", frozenset({"postgres"}))
    more = {name: size_of(name) for name in closure("procrastinate", frozenset()) - have}
    return [
        Figure("weight of Procrastinate and what comes with it", sum(more.values()), "MiB"),
        *(Figure(f"  {name}", size, "MiB") for name, size in sorted(more.items())),
        Figure("weight of psycopg, which is there", sum(map(size_of, ("psycopg", "psycopg-binary"))), "MiB"),
        Figure("weight of asyncpg", size_of("asyncpg"), "MiB"),
    ]


def closure(name: str, extras: frozenset[str]) -> set[str]:
    """A package and what it needs."""
    found = {name}
    for line in requires(name) or ():
        need = Requirement(line)
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras or {""}):
            found |= closure(need.name.lower(), frozenset(need.extras)) if need.name.lower() not in found else set()
    return found


def size_of(name: str) -> float:
    files = (Path(str(one.locate())) for one in distribution(name).files or ())
    return sum(one.stat().st_size for one in files if one.exists() and one.suffix != ".pyc") / (1 << 20)
