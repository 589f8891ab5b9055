"""Procrastinate 3.10 against a table with NOTIFY, SKIP LOCKED and a lease, as the work queue of several processes.

    .tools/bin/uv run --no-sync --with procrastinate==3.10.0 --with asyncpg python -m benchmarks.work_queue

Both run on one temporary PostgreSQL that writes to the disk as it does in use, and take turns within each measurement.
A job is added in the transaction of a unit of our store, beside a row of it, as an event would be.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, pairwise
from queue import Queue
from statistics import median
from time import monotonic, sleep
from typing import Any
from unittest.mock import patch

import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine, make_url

from benchmarks.contending_queues import AGAIN, LEASE, POLL, QUEUES, ContendingQueue, Job
from benchmarks.figures import Figure, p99, printed
from benchmarks.queue_libraries import drivers, weight
from tests import postgres

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
LANES, ROUNDS, PATIENCE = 100, 2, 120.0
MS = 1000.0


@dataclass(frozen=True, slots=True)
class QueueUnderTest:
    """One of the compared queues, with a database and workers of its own."""

    name: str
    url: str
    queue: ContendingQueue
    engine: Engine
    lines: "Queue[dict[str, Any]]" = field(default_factory=Queue)
    workers: "dict[int, subprocess.Popen[str]]" = field(default_factory=dict)
    early: list[dict[str, Any]] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=count)

    def add(self, lane: str = "", takes: float = 0.0, fails: bool = False) -> tuple[int, float]:
        """Add a job in a transaction of ours. Returns its number, and the moment before the commit."""
        job = Job(next(self.numbers), lane or f"alone-{monotonic()}", takes, fails)
        with self.engine.connect() as connection:
            connection.execute(text("INSERT INTO event VALUES (:number)"), {"number": job.number})
            self.queue.enqueue(connection, job)
            before = monotonic()
            connection.commit()
        return job.number, before

    def start(self, workers: int = 1, slots: int = 4) -> None:
        """Start workers, and wait until they listen."""
        self.begin(workers, slots)
        # Neither says when it listens; each looks by itself after POLL at the latest.
        sleep(2 * POLL)
        self.until(self.add()[0])

    def begin(self, workers: int, slots: int = 4) -> None:
        """Start workers, and wait until they have loaded what they need."""
        # Not by `-m`: Procrastinate warns of an App in the main module.
        begin = "from benchmarks.contending_queues import main; main()"
        command = [sys.executable, "-c", begin, self.name, self.url, str(slots)]
        for _ in range(workers):
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            self.workers[process.pid] = process
            threading.Thread(target=self._read, args=(process,), daemon=True).start()
        up = 0
        while up < workers:
            line = self.lines.get(timeout=PATIENCE)
            up += line["what"] == "up"
            if line["what"] != "up":
                # The first one may have begun to work.
                self.early.append(line)

    def _read(self, worker: "subprocess.Popen[str]") -> None:
        assert worker.stdout
        for line in worker.stdout:
            self.lines.put(json.loads(line))

    def until(self, *numbers: int, what: str = "end") -> list[dict[str, Any]]:
        """Everything that the workers say until these jobs have ended, each at least once."""
        open_ones, found = set(numbers), list[dict[str, Any]]()
        while open_ones:
            line = self.early.pop(0) if self.early else self.lines.get(timeout=PATIENCE)
            found.append(line)
            if line["what"] == what:
                open_ones.discard(line["number"])
        return found

    def stop(self) -> None:
        """End all workers."""
        for worker in self.workers.values():
            worker.kill()
            worker.wait()
        self.workers.clear()
        self.early.clear()
        while not self.lines.empty():
            self.lines.get_nowait()


@contextmanager
def contests() -> Iterator[list[QueueUnderTest]]:
    """Both queues, each in an empty database of one server."""
    with patch.dict(postgres.SPEED, DURABLE), postgres.cluster() as cluster:
        found = []
        for name, contender in QUEUES.items():
            url = cluster.url(cluster.create())
            contender.create(url)
            with psycopg.connect(url) as connection:
                connection.execute("CREATE TABLE event (number int); CREATE TABLE effect (number int, worker int)")
            engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
            found.append(QueueUnderTest(name, url, contender, engine))
        try:
            yield found
        finally:
            for contest in found:
                contest.stop()
                contest.engine.dispose()


def idle(both: Sequence[QueueUnderTest], rounds: int) -> list[Figure]:
    """How long after the commit a job begins when there is nothing else to do."""
    waited = defaultdict[str, list[float]](list)
    for contest in both:
        contest.start(2)
    for _ in range(rounds):
        for contest in both:
            for _ in range(10):
                number, before = contest.add()
                begun = next(one for one in contest.until(number) if one["what"] == "start" and one["number"] == number)
                waited[contest.name].append((begun["at"] - before) * MS)
    for contest in both:
        contest.stop()
    return [
        figure
        for name, times in waited.items()
        for figure in (
            Figure(f"{name}: idle, commit to start, p50", median(times), "ms"),
            Figure(f"{name}: idle, commit to start, p99", p99(times), "ms", most=30),
        )
    ]


def throughput(both: Sequence[QueueUnderTest], workers: int, jobs: int, takes: float) -> list[Figure]:
    """How many waiting jobs several workers do in a second; and that the order inside a lane holds."""
    rates, broken = defaultdict[str, list[float]](list), Counter[str]()
    for _ in range(ROUNDS):
        for contest in both:
            began = monotonic()
            added = [contest.add(f"lane-{number % LANES}", takes)[0] for number in range(jobs)]
            rates[f"{contest.name} adding"].append(jobs / (monotonic() - began))
            contest.begin(workers)
            lines = contest.until(*added)
            times = [one["at"] for one in lines if one["what"] != "up"]
            rates[contest.name].append(jobs / (max(times) - min(times)))
            broken[contest.name] += disorder(lines)
            contest.stop()
    what = f"{workers} workers with 4 slots, jobs of {takes * MS:g} ms"
    return [
        *(Figure(f"{one.name}: {what}", max(rates[one.name]), "jobs/s") for one in both),
        *(Figure(f"{one.name}: added by one process", max(rates[f"{one.name} adding"]), "jobs/s") for one in both),
        *(Figure(f"{one.name}: {what}, disorder", broken[one.name], "jobs", most=0) for one in both),
    ]


def disorder(lines: Sequence[Mapping[str, Any]]) -> int:
    """How many jobs of a lane began before an earlier one, or while another one was being done."""
    spans = defaultdict[str, list[tuple[int, float, float]]](list)
    starts: dict[tuple[int, int], float] = {}
    for line in lines:
        key = (line["number"], line["worker"])
        if line["what"] == "start":
            starts[key] = line["at"]
        elif key in starts:
            spans[line["lane"]].append((line["number"], starts[key], line["at"]))
    return sum(later[1] < former[2] for jobs in spans.values() for former, later in pairwise(sorted(jobs)))


def transaction(both: Sequence[QueueUnderTest], rounds: int) -> list[Figure]:
    """Measure what adding a job costs a transaction of ours, and check that a rollback removes the job."""
    without, costs, left = list[float](), defaultdict[str, list[float]](list), Counter[str]()
    for _ in range(rounds):
        for contest in both:
            for job in (None, Job(-1, "rolled back")):
                began = monotonic()
                with contest.engine.connect() as connection:
                    connection.execute(text("INSERT INTO event VALUES (-1)"))
                    if job:
                        contest.queue.enqueue(connection, job)
                    connection.rollback()
                (costs[contest.name] if job else without).append((monotonic() - began) * MS)
    for contest in both:
        with contest.engine.connect() as connection:
            table = "work" if contest.name == "table" else "procrastinate_jobs"
            left[contest.name] = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    return [
        Figure("a unit of ours without a job, p50", median(without), "ms"),
        *(Figure(f"{one.name}: the same unit with a job, p50", median(costs[one.name]), "ms") for one in both),
        *(Figure(f"{one.name}: jobs left by units that were undone", left[one.name], "jobs", most=0) for one in both),
    ]


def taken_over(contest: QueueUnderTest, harm: Callable[[int], None], mend: Callable[[int], None]) -> list[Figure]:
    """Measure what happens to a job whose worker falls silent, and to the next job in its lane."""
    contest.start(2)
    lane = f"lane-{monotonic()}"
    first, _ = contest.add(lane, takes=LEASE + 1)
    held = next(one for one in contest.until(first, what="start") if one["what"] == "start" and one["number"] == first)
    second, _ = contest.add(lane, takes=0.5)
    harm(held["worker"])
    silent = monotonic()
    again = next(
        one for one in contest.until(first, what="start") if one["what"] == "start" and one["worker"] != held["worker"]
    )
    sleep(1.5)
    mend(held["worker"])
    lines = [held, again, *contest.until(first, second)]
    if len([one for one in lines if one["what"] == "end" and one["number"] == first]) < 2 - (harm is killed):
        lines += contest.until(first)
    ends = [one for one in lines if one["what"] == "end"]
    with contest.engine.connect() as connection:
        kept = connection.execute(
            text("SELECT count(*) FROM effect WHERE number = :n AND worker = :w"), {"n": first, "w": held["worker"]}
        ).scalar_one()
        whole = connection.execute(text("SELECT count(*) FROM effect WHERE number = :n"), {"n": first}).scalar_one()
    other = {one["number"]: one["at"] for one in ends if one["worker"] != held["worker"] or one["number"] == second}
    began = next(one["at"] for one in lines if one["what"] == "start" and one["number"] == second)
    contest.stop()
    word = "kill -9" if harm is killed else f"SIGSTOP for {LEASE + 2:g} s"
    return [
        Figure(f"{contest.name}: {word}, until another worker goes on", again["at"] - silent, "s", most=25),
        Figure(f"{contest.name}: {word}, effects written by the lost worker", kept, "writes", most=0),
        Figure(f"{contest.name}: {word}, effects of the job", whole, "writes", least=1),
        Figure(
            f"{contest.name}: {word}, next job began before the end of this",
            max(0.0, other.get(first, began) - began),
            "s",
            most=0,
        ),
    ]


def killed(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def paused(pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)


def resumed(pid: int) -> None:
    os.kill(pid, signal.SIGCONT)


def retried(both: Sequence[QueueUnderTest]) -> list[Figure]:
    """How long a job waits behind one of its lane that failed and is to be tried again later."""
    found = []
    for contest in both:
        contest.start()
        first, _ = contest.add("retried", fails=True)
        contest.until(first, what="start")
        second, before = contest.add("retried")
        begun = next(one for one in contest.until(first, second) if one["number"] == second)
        found.append(
            Figure(f"{contest.name}: waits behind a retry in {AGAIN:g} s", begun["at"] - before, "s", most=AGAIN / 2)
        )
        contest.stop()
    return found


def main(wanted: Sequence[str], rounds: int, jobs: int) -> None:
    with contests() as both:
        measurements: Mapping[str, Callable[[], list[Figure]]] = {
            "weight": weight,
            "drivers": lambda: drivers(both[0].url, rounds * 10),
            "transaction": lambda: transaction(both, rounds * 10),
            "idle": lambda: idle(both, rounds),
            "throughput": lambda: throughput(both, 4, jobs, 0.0),
            "one worker": lambda: throughput(both, 1, jobs // 10, 0.2),
            "four workers": lambda: throughput(both, 4, jobs // 10, 0.2),
            "kill": lambda: [one for contest in both for one in taken_over(contest, killed, lambda pid: None)],
            "pause": lambda: [one for contest in both for one in taken_over(contest, paused, resumed)],
            "retry": lambda: retried(both),
        }
        for name in wanted or measurements:
            printed(measurements[name]())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50, help="turns of each queue, of ten jobs each")
    parser.add_argument("--jobs", type=int, default=1000, help="jobs of a measurement of throughput")
    parser.add_argument("measurements", nargs="*", help="only these, such as: idle retry")
    asked = parser.parse_args()
    main(asked.measurements, asked.rounds, asked.jobs)
