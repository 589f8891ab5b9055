"""The cost of sharing the work between processes: `python -m benchmarks.cluster`.

The processes are real, with the whole core in each; the platform shows nothing, and the model takes its time. They
share one temporary PostgreSQL that writes to the disk as it does in use.
"""

import argparse
import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, process_time
from typing import Any
from unittest.mock import patch

import structlog

from benchmarks.figures import Figure, of_rounds, p99, printed, ratios
from benchmarks.null_chat import NullChat
from core.messages import AnyEvent, Message, Place, Reply, User
from core.models.fair_queue import FairQueue
from core.models.scripted import ScriptedModel
from core.ports.work_queue import AcceptedEvent, EventWorker
from core.store.engine.database import connect
from core.store.engine.migrate import migrate
from core.store.tables import new_id
from core.wiring import WiredCore
from core.work_queue.fencing import FencedChat, FencedStore
from core.work_queue.held_leases import HeldLeases
from core.work_queue.leased_homes import LeasedHomes
from core.work_queue.leased_queue import LeasedQueue
from tests import postgres
from tests.core.building import core_over

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
MS = 1000.0
SLOTS, TAKES = 4, 0.5
"""Answers that a worker's model gives at once, and the seconds that each takes."""

TALKS, EACH = 40, 8
"""Conversations, and questions in each, that several workers answer."""

ROUNDS = 3
"""How often several workers are measured. Each round has homes of its own: the workers of the last one hold theirs."""

WARM = 4
"""Events that each worker has begun before it counts."""

COSTED = 300
"""Messages whose cost is measured."""


def told(what: str, key: str) -> None:
    sys.stdout.write(json.dumps({"what": what, "key": key, "at": monotonic()}) + "\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class WatchedWork:
    """The real work on events, which tells when each begins."""

    worker: EventWorker

    def take(self, accepted: AcceptedEvent) -> None:
        told("begun", accepted.event.key)
        self.worker.take(accepted)

    def busy(self, home: str) -> bool:
        return self.worker.busy(home)

    def drop(self, home: str) -> None:
        self.worker.drop(home)


class TellingChat(NullChat):
    """Tells when an answer is whole."""

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        if not reply.underway:
            told("shown", key)
        return key

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        if not reply.underway:
            told("shown", message_id)


def room_for_all(name: str, slots: int, waiting: int) -> FairQueue:
    """A line before the model of one worker in which all conversations may wait."""
    return FairQueue(slots, TALKS)


@asynccontextmanager
async def sharing(url: str, platforms: Sequence[str], takes: float) -> AsyncIterator[WiredCore]:
    """A process that shares its work, for as long as the block runs."""

    async def pace() -> None:
        await asyncio.sleep(takes)

    store = connect(url)
    homes = LeasedHomes(store, HeldLeases(store, new_id()), platforms)
    queue = LeasedQueue(store, store.url, homes)
    model = ScriptedModel(["yes"], slots=SLOTS, pace=pace if takes else None)
    core = core_over(FencedStore(store), model, queue=queue, model_queue=room_for_all)
    core.router.attach("paper", FencedChat(TellingChat()))
    queue.serve(WatchedWork(core.router.work))
    running = asyncio.create_task(queue.run())
    try:
        yield core
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await store.close()


async def work(url: str, takes: float) -> None:
    """Be a worker until the parent ends us."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    async with sharing(url, ("paper",), takes):
        told("up", "")
        await asyncio.Event().wait()


@dataclass(slots=True)
class Workers:
    """Worker processes, and what they tell. `seen` has the times by what happened and the event's key."""

    url: str
    processes: list[Process] = field(default_factory=list)
    seen: dict[str, dict[str, list[float]]] = field(default_factory=lambda: {"begun": {}, "shown": {}, "up": {}})
    begun: "Counter[int]" = field(default_factory=Counter)
    _readers: "list[asyncio.Task[None]]" = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def start(self, number: int, takes: float) -> None:
        for _ in range(number):
            command = [sys.executable, "-m", "benchmarks.cluster", "--work", self.url, "--takes", str(takes)]
            process = await create_subprocess_exec(*command, stdout=PIPE)
            self.processes.append(process)
            self._readers.append(asyncio.create_task(self._read(process)))
        await self.until(lambda: sum(map(len, self.seen["up"].values())) >= len(self.processes))

    async def until(self, true: Any) -> None:
        async with asyncio.timeout(120), self._changed:
            await self._changed.wait_for(true)

    async def answered(self, *keys: str) -> None:
        await self.until(lambda: all(f"{key}#answer" in self.seen["shown"] for key in keys))

    async def stop(self) -> None:
        for process in self.processes:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        await asyncio.gather(*self._readers)

    async def _read(self, process: Process) -> None:
        assert process.stdout
        async for line in process.stdout:
            one = json.loads(line)
            async with self._changed:
                self.begun[process.pid] += one["what"] == "begun"
                self.seen[one["what"]].setdefault(one["key"], []).append(one["at"])
                self._changed.notify_all()


@asynccontextmanager
async def workers(url: str, number: int, takes: float) -> AsyncIterator[Workers]:
    """So many workers over an empty queue."""
    found = Workers(url)
    try:
        await found.start(number, takes)
        yield found
    finally:
        await found.stop()


NUMBERS = count(1)


def question(channel: str) -> Message:
    number = next(NUMBERS)
    return Message(
        key=f"paper:{number}",
        place=Place("paper", "server", channel, private=True),
        user=User(channel, channel),
        at=datetime.now(UTC),
        id=str(number),
        text="Is it so?",
        source="direct",
    )


async def idle(core: WiredCore, url: str, rounds: int) -> list[Figure]:
    """How long after its acceptance begins an event's work begins, if nothing else is to be done."""
    new, held = IdleTimes(), IdleTimes()
    async with workers(url, 2, 0.0) as there:
        for number in range(rounds):
            for times in (new, held):
                asked = question(f"idle {number}")
                before = monotonic()
                await core.router.handle(asked)
                committed = monotonic()
                await there.answered(asked.key)
                begun = there.seen["begun"][asked.key][0]
                times.whole.append((begun - before) * MS)
                # Others hear of a commit before we do.
                times.waited.append(max(0.0, begun - committed) * MS)
    return [
        *new.figures("idle, a new place", "commit, lease, start"),
        *held.figures("idle, a place that is leased", "commit, start"),
    ]


@dataclass(slots=True)
class IdleTimes:
    """The milliseconds from an event's arrival, and from its commit, to the start of the work on it."""

    whole: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def figures(self, place: str, steps: str) -> list[Figure]:
        return [
            Figure(f"{place}: accepting, {steps}; p50", median(self.whole), "ms"),
            Figure(f"{place}: accepting, {steps}; p99", p99(self.whole), "ms"),
            Figure(f"{place}: from the commit to the start; p99", p99(self.waited), "ms", most=30),
        ]


async def warmed(core: WiredCore, there: Workers) -> None:
    """Let each worker have done some work: a process that has just begun leaves everything to those that are ready."""
    while min(there.begun[one.pid] for one in there.processes) < WARM:
        asked = [question(f"warm {next(NUMBERS)}") for _ in range(SLOTS * len(there.processes))]
        for one in asked:
            await core.router.handle(one)
        await there.answered(*(one.key for one in asked))


async def rate(core: WiredCore, url: str, number: int) -> tuple[float, int, int]:
    """Answers a second of `number` workers, and how many were shown twice or began before an earlier one was shown."""
    async with workers(url, number, TAKES) as there:
        await warmed(core, there)
        round = next(NUMBERS)
        talks = [[question(f"round {round}, {talk}") for _ in range(EACH)] for talk in range(TALKS)]
        for asked in zip(*talks, strict=True):
            await asyncio.gather(*map(core.router.handle, asked))
        keys = [one.key for talk in talks for one in talk]
        await there.answered(*keys)
        shown = {key: there.seen["shown"][f"{key}#answer"] for key in keys}
        took = max(map(max, shown.values())) - min(there.seen["begun"][key][0] for key in keys)
        twice = sum(len(times) > 1 for times in shown.values())
        wrong = sum(
            shown[earlier.key][0] > shown[later.key][0]
            for talk in talks
            for earlier, later in zip(talk, talk[1:], strict=False)
        )
    return len(keys) / took, twice, wrong


async def scaling(core: WiredCore, url: str) -> list[Figure]:
    one, *_ = await rate(core, url, 1)
    rounds = [await rate(core, url, 4) for _ in range(ROUNDS)]
    fours = [four for four, *_ in rounds]
    return [
        Figure(f"1 worker, {SLOTS} answers of {TAKES:g} s at once", one, "/s"),
        Figure("4 workers", median(fours), "/s"),
        of_rounds("4 workers over 1", [four / one for four in fours], "x", least=3.4),
        Figure("answers shown twice", sum(twice for _, twice, _ in rounds), "", most=0),
        Figure("answers out of order in their conversation", sum(wrong for *_, wrong in rounds), "", most=0),
    ]


async def local_cost(url: str) -> float:
    """The milliseconds of a processor, all threads of this process, for a message to a process that does everything."""
    store, chat = connect(url), NullChat()
    core = core_over(store, ScriptedModel(["yes"]))
    core.router.attach("paper", chat)
    began = 0.0
    for number in range(COSTED + 20):
        if number == 20:
            # The first ones compile statements and fill what is remembered.
            began = process_time()
        asked = question(f"cost {number % 20}")
        await core.router.handle(asked)
        await chat.watch(f"{asked.key}#answer").done.wait()
    spent = process_time() - began
    await core.router.drain(10)
    await store.close()
    return spent * MS / COSTED


async def costs(url: str) -> list[Figure]:
    sqlite, postgresql = [], []
    with TemporaryDirectory() as folder:
        file = f"sqlite:///{Path(folder) / 'parley.sqlite3'}"
        await migrate(file)
        for _ in range(5):
            sqlite.append(await local_cost(file))
            postgresql.append(await local_cost(url))
    return [
        Figure("`parley run` on SQLite, our process, a message", median(sqlite), "ms"),
        Figure("`parley run` on PostgreSQL, our process, a message", median(postgresql), "ms"),
        of_rounds("`parley run` on PostgreSQL over SQLite", ratios(postgresql, sqlite), "x", most=2.0),
    ]


async def measured(rounds: int) -> None:
    with patch.dict(postgres.SPEED, DURABLE), postgres.cluster() as cluster:
        url = cluster.url(cluster.create())
        await migrate(url)
        async with sharing(url, (), 0.0) as core:
            printed(await idle(core, url, rounds))
            printed(await scaling(core, url))
        printed(await costs(url))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200, help="places for which the start of the work is timed")
    parser.add_argument("--work", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--takes", type=float, default=0.0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    asyncio.run(work(asked.work, asked.takes) if asked.work else measured(asked.rounds))
