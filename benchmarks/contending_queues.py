"""Two work queues on PostgreSQL behind one protocol, to be measured by `benchmarks.work_queue`.

One is Procrastinate 3.10. The other is a table with NOTIFY, SKIP LOCKED and a lease. `main` is a worker process of one
of them; it writes a line of JSON for each thing that happens.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from time import monotonic
from typing import Any, Protocol

import psycopg
from procrastinate import App, PsycopgConnector, RetryStrategy, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from sqlalchemy import Connection

LEASE, BEAT, POLL = 3.0, 1.0, 1.0
"""Seconds after which a silent worker loses its work, between its signs of life, and between looks without a NOTIFY."""

AGAIN = 5.0
"""Seconds before a job that failed is tried again."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job takes some seconds, and then writes its number into the table `effect`. It may fail the first time."""

    number: int
    lane: str
    takes: float = 0.0
    fails: bool = False


class JobFailed(Exception):
    """A job that is to be tried again after AGAIN seconds."""


Effect = Callable[[], Awaitable[bool]]
"""Writes what a job does; returns False if the worker has lost the job meanwhile."""

Run = Callable[[Job, Effect, int], Awaitable[None]]
"""Does a job. The number says how often it was begun before."""


class ContendingQueue(Protocol):
    """A queue in which jobs of one lane are done one after another."""

    def create(self, url: str) -> None: ...

    def enqueue(self, connection: Connection, job: Job) -> None: ...

    async def work(self, url: str, run: Run, slots: int) -> None: ...


class OwnTable:
    """The queue as a table of ours. A job is a row, and is deleted once it is done; the lease is a part of it."""

    SCHEMA = """
        CREATE TABLE work (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, lane text NOT NULL, job jsonb NOT NULL,
            due timestamptz NOT NULL DEFAULT now(), until timestamptz, lease bigint, begun int NOT NULL DEFAULT 0);
        CREATE INDEX work_by_lane ON work (lane, id);
        CREATE UNIQUE INDEX one_of_a_lane ON work (lane) WHERE until IS NOT NULL;
        CREATE SEQUENCE lease"""
    # Numbers are given before the commit: without this lock, two events of one lane could be done in the wrong order.
    ENQUEUE = """
        WITH ordered AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtextextended(%(lane)s, 0))),
            added AS (INSERT INTO work (lane, job) SELECT %(lane)s, %(job)s FROM ordered)
        SELECT pg_notify('work', '')"""
    CLAIM = """
        UPDATE work SET lease = nextval('lease'), until = now() + %(lease)s * interval '1 second', begun = begun + 1
        WHERE id = (SELECT id FROM work AS one
            WHERE (until IS NULL OR until < now()) AND due <= now() AND NOT EXISTS (SELECT FROM work AS other
                WHERE other.lane = one.lane AND other.id <> one.id
                AND (other.until >= now() OR (other.id < one.id AND other.due <= now())))
            ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, job, lease, begun"""
    HELD = "id = %(id)s AND lease = %(lease)s"
    EFFECT = f"INSERT INTO effect SELECT %(number)s, %(worker)s FROM work WHERE {HELD} FOR SHARE"
    DONE = f"DELETE FROM work WHERE {HELD}"
    LATER = f"UPDATE work SET until = NULL, due = now() + %(pause)s * interval '1 second' WHERE {HELD}"
    RENEW = "UPDATE work SET until = now() + %(lease)s * interval '1 second' WHERE lease = ANY(%(held)s)"

    def create(self, url: str) -> None:
        with psycopg.connect(url) as connection:
            connection.execute(self.SCHEMA)

    def enqueue(self, connection: Connection, job: Job) -> None:
        driver(connection).execute(self.ENQUEUE, {"lane": job.lane, "job": Jsonb(asdict(job))})

    async def work(self, url: str, run: Run, slots: int) -> None:
        wake, held = asyncio.Event(), dict[int, asyncio.Task[None]]()
        async with connected(url) as claims, connected(url) as listening, asyncio.TaskGroup() as tasks:

            async def listen() -> None:
                await listening.execute("LISTEN work")
                async for _ in listening.notifies():
                    wake.set()

            async def renew() -> None:
                while await asyncio.sleep(BEAT, result=True):
                    await claims.execute(self.RENEW, {"lease": LEASE, "held": list(held)})

            async def do(row: Mapping[str, Any]) -> None:
                job, key = Job(**row["job"]), {"id": row["id"], "lease": row["lease"], "worker": os.getpid()}

                async def effect() -> bool:
                    return (await claims.execute(self.EFFECT, {**key, "number": job.number})).rowcount == 1

                try:
                    await run(job, effect, row["begun"] - 1)
                    await claims.execute(self.DONE, key)
                except JobFailed:
                    await claims.execute(self.LATER, {**key, "pause": AGAIN})
                del held[row["lease"]]
                wake.set()

            tasks.create_task(listen())
            tasks.create_task(renew())
            while True:
                wake.clear()
                while len(held) < slots and (row := await self._claimed(claims)):
                    held[row["lease"]] = tasks.create_task(do(row))
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL):
                        await wake.wait()

    async def _claimed(self, claims: "AsyncConnection[dict[str, Any]]") -> Mapping[str, Any] | None:
        try:
            return await (await claims.execute(self.CLAIM, {"lease": LEASE})).fetchone()
        except psycopg.errors.UniqueViolation:
            # Another worker took a job of the same lane at the same time; it says when it is done.
            return None


class Library:
    """Procrastinate. Its jobs have no lease number, so we keep one for each lane, and raise it when a job begins."""

    SCHEMA = "CREATE TABLE lane (name text PRIMARY KEY, lease bigint NOT NULL)"
    BEGIN = "INSERT INTO lane VALUES (%s, 1) ON CONFLICT (name) DO UPDATE SET lease = lane.lease + 1 RETURNING lease"
    EFFECT = "INSERT INTO effect SELECT %s, %s FROM lane WHERE name = %s AND lease = %s FOR SHARE"

    @cached_property
    def _sending(self) -> App:
        # It is never opened, so it has no pool: each job goes into a connection that is given.
        return App(connector=SyncPsycopgConnector())

    def create(self, url: str) -> None:
        with psycopg.connect(url) as connection:
            connection.execute(self.SCHEMA)
        with App(connector=SyncPsycopgConnector(conninfo=url)).open() as app:
            app.schema_manager.apply_schema()

    def enqueue(self, connection: Connection, job: Job) -> None:
        task = self._sending.configure_task("job", lock=job.lane, queue="work", connection=driver(connection))
        task.defer(job=asdict(job))

    async def work(self, url: str, run: Run, slots: int) -> None:
        app = App(connector=PsycopgConnector(conninfo=url, min_size=2, max_size=4))
        async with connected(url) as effects:

            async def perform(context: Any, job: Mapping[str, Any]) -> None:
                known = Job(**job)
                begun = await (await effects.execute(self.BEGIN, [known.lane])).fetchone()
                assert begun

                async def effect() -> bool:
                    values = [known.number, os.getpid(), known.lane, begun["lease"]]
                    return (await effects.execute(self.EFFECT, values)).rowcount == 1

                await run(known, effect, context.job.attempts)

            again = RetryStrategy(max_attempts=2, wait=int(AGAIN), retry_exceptions={JobFailed})
            app.task(name="job", queue="work", pass_context=True, retry=again)(perform)
            async with app.open_async(), asyncio.TaskGroup() as tasks:
                tasks.create_task(self._sweep(app))
                await app.run_worker_async(
                    queues=["work"],
                    concurrency=slots,
                    fetch_job_polling_interval=POLL,
                    update_heartbeat_interval=BEAT,
                    stalled_worker_timeout=LEASE,
                    delete_jobs="always",
                    install_signal_handlers=False,
                )

    async def _sweep(self, app: App) -> None:
        """Give jobs of silent workers to others, which the library leaves to its users."""
        while await asyncio.sleep(BEAT, result=True):
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=LEASE):
                # Several workers look; who comes second is told that the job is not to be retried.
                with suppress(ConnectorException):
                    await app.job_manager.retry_job(job)


QUEUES: Mapping[str, ContendingQueue] = {"library": Library(), "table": OwnTable()}


def driver(connection: Connection) -> "psycopg.Connection[Any]":
    """The driver's connection beneath SQLAlchemy's, with its open transaction."""
    return connection.connection.driver_connection  # type: ignore[return-value]


@asynccontextmanager
async def connected(url: str) -> "AsyncIterator[AsyncConnection[dict[str, Any]]]":
    connection = await AsyncConnection.connect(url, autocommit=True, row_factory=dict_row)
    async with connection:
        yield connection


def told(what: str, **more: object) -> None:
    sys.stdout.write(json.dumps({"what": what, "at": monotonic(), "worker": os.getpid(), **more}) + "\n")
    sys.stdout.flush()


async def perform(job: Job, effect: Effect, begun: int) -> None:
    """Do a job, and tell when it begins, whether it could write, and when it ends."""
    told("start", number=job.number, lane=job.lane, begun=begun)
    if job.takes:
        await asyncio.sleep(job.takes)
    if job.fails and not begun:
        raise JobFailed
    told("end", number=job.number, lane=job.lane, kept=await effect())


def main() -> None:
    """Work for the named queue in a database, with this many jobs at once."""
    name, url, slots = sys.argv[1:]
    told("up")
    asyncio.run(QUEUES[name].work(url, perform, int(slots)))
