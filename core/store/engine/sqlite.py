"""SQLite with a single writer thread, and readers that never wait for it (WAL).

The writer commits all waiting units in one transaction (one fsync for many messages). It also makes every checkpoint,
because SQLite before 3.51.3 may damage a file when two connections checkpoint at once (docs/reference/operations.md
A4).
"""

import asyncio
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, TypeVar

import structlog
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from core.errors import StoreError
from core.store.damaged_values import stored_json
from core.store.engine.failures import CLOSED, GONE, LOCKED, READ_ONLY, is_refused_read, told
from core.store.engine.prepared import worded
from core.store.engine.units import TRACES, Unit, connection_of, run_unit, session_on
from core.store.engine.write_batches import BEGIN, WriteBatches
from core.store.secret_keyring import SecretKeyring

T = TypeVar("T")
log = structlog.get_logger()

LONGEST_BATCH = 64
READERS = 2

CLEANING_PAUSE = 60.0
"""Seconds between two cleanings of the file. Each one rewrites the whole file, and other writes wait meanwhile."""

WRITING = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "journal_size_limit=67108864")
READING = ("query_only=ON",)
BOTH = ("foreign_keys=ON", "temp_store=MEMORY")


def sqlite_engine(url: URL, lock_timeout: float, connections: int, pragmas: Iterable[str], begin: str) -> Engine:
    """Make an engine whose connections are set up by `pragmas` and whose transactions start with the statement `begin`.

    A connection with the execution option `plain` begins none: unless we do, each statement runs on its own.
    """
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,
        json_deserializer=stored_json,
        connect_args={"check_same_thread": False, "timeout": lock_timeout},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: object) -> None:
        # By itself, the driver would begin transactions, and late. With None it begins none; `begin` does so at once.
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def at_once(connection: Connection) -> None:
        if not connection.get_execution_options().get("plain"):
            connection.exec_driver_sql(begin)

    return engine


class WriterJob(NamedTuple):
    """A unit that waits for the writer, with the event loop and the future that wait for its result."""

    unit: Unit[Any]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"


class JobOutcome(NamedTuple):
    """The result or the error of a job."""

    job: WriterJob
    result: object = None
    error: BaseException | None = None


class SqliteDatabase:
    """An SQLite database behind the `Store` port: one writer thread with group commit, and a few readers."""

    def __init__(self, url: URL, lock_timeout: float, keyring: SecretKeyring) -> None:
        self.url = url
        self._keyring = keyring
        plain = sqlite_engine(url, lock_timeout, 1, (*BOTH, *WRITING), BEGIN)
        self._writing = plain.execution_options(plain=True)
        self._reading = sqlite_engine(url, lock_timeout, READERS, (*BOTH, *READING), "BEGIN")
        self._batches = WriteBatches(self._writing, keyring)
        self._jobs: SimpleQueue[WriterJob | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._cleaned_at = -CLEANING_PAUSE
        self._traces = False
        self._file: tuple[int, int] | None = None
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._writer = threading.Thread(target=self._run_writer, name="store-writer", daemon=True)
        self._writer.start()

    async def write(self, unit: Unit[T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        with self._lock:
            if self._closed:
                raise StoreError(CLOSED)
            self._jobs.put(WriterJob(unit, loop, future))
        # A unit that was handed to the writer is written even if its caller is cancelled: then nobody hears of it.
        return await future

    async def read(self, unit: Unit[T]) -> T:
        if self._closed:
            raise StoreError(CLOSED)
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, unit)

    async def close(self) -> None:
        """Finish the waiting units, then close the file. A second call does nothing."""
        with self._lock:
            if not self._closed:
                self._jobs.put(None)
            self._closed = True
        await asyncio.to_thread(self._shut)

    def _shut(self) -> None:
        self._writer.join()
        self._readers.shutdown()
        self._reading.dispose()
        # The last connection to close makes a checkpoint, so the writer's is closed last.
        self._writing.dispose()

    def _require_file(self) -> None:
        """Raise StoreError if the file is no longer the one that was opened: what is written would be lost with it."""
        found = file_id(self.url.database or "")
        if self._file is None:
            self._file = found
        elif self._file != found:
            raise StoreError(GONE)

    def _read(self, unit: Unit[T]) -> T:
        self._require_file()
        try:
            with self._reading.begin() as connection, session_on(connection, self._keyring) as session:
                return run_unit(session, unit)
        except SQLAlchemyError as error:
            if isinstance(error, DBAPIError) and is_refused_read(error):
                raise StoreError(READ_ONLY) from error
            if said := told(error):
                raise said from error
            raise

    def _run_writer(self) -> None:
        self._traces = self._finds_traces()
        going = True
        while going:
            jobs, going = self._gather()
            if jobs:
                settle(self._commit(jobs))
            if self._traces and (not going or time.monotonic() >= self._cleaned_at + CLEANING_PAUSE):
                self._clean()
        self._batches.release()

    def _gather(self) -> tuple[list[WriterJob], bool]:
        """Collect the waiting jobs, up to one batch. Also returns whether more may come."""
        jobs: list[WriterJob] = []
        patience = max(0.0, self._cleaned_at + CLEANING_PAUSE - time.monotonic()) if self._traces else None
        try:
            while len(jobs) < LONGEST_BATCH and (not jobs or not self._jobs.empty()):
                job = self._jobs.get(timeout=patience)
                if job is None:
                    return jobs, False
                jobs.append(job)
        except Empty:
            return jobs, True
        return jobs, True

    def _commit(self, jobs: Sequence[WriterJob]) -> list[JobOutcome]:
        begun = False
        try:
            self._require_file()
            with self._batches.begun() as session:
                begun = True
                results = [run_unit(session, job.unit) for job in jobs]
                traces = has_traces(connection_of(session))
        except BaseException as error:
            # Whatever a unit raises belongs to those who wait for it. It must not end the thread that serves them all.
            if begun and len(jobs) > 1:
                return self._commit_each(jobs)
            return [JobOutcome(job, error=_worded(error)) for job in jobs]
        self._traces = traces
        return [JobOutcome(job, result) for job, result in zip(jobs, results, strict=True)]

    def _commit_each(self, jobs: Sequence[WriterJob]) -> list[JobOutcome]:
        """Commit each job on its own, after a batch has failed, so that one bad job does not harm the others."""
        outcomes: list[JobOutcome] = []
        for job in jobs:
            outcomes += self._commit([job])
            error = outcomes[-1].error
            if isinstance(error, StoreError) and str(error) == LOCKED:
                # Each of the remaining jobs would wait just as long and fail in the same way.
                return outcomes + [JobOutcome(late, error=StoreError(LOCKED)) for late in jobs[len(outcomes) :]]
        return outcomes

    def _finds_traces(self) -> bool:
        if not Path(self.url.database or "").exists():
            return False
        try:
            with self._writing.connect() as connection:
                return has_traces(connection)
        except SQLAlchemyError:
            # The first unit that writes will get the same error and report it.
            return False

    def _clean(self) -> None:
        """Rewrite the file without traces of erased rows."""
        self._cleaned_at = time.monotonic()
        self._batches.release()
        try:
            with self._writing.connect() as connection:
                clean(connection)
                self._traces = has_traces(connection)
        except SQLAlchemyError as error:
            log.warning("store_not_cleaned", error=_worded(error), again_in=CLEANING_PAUSE)


def file_id(path: str) -> tuple[int, int] | None:
    """What tells a file from every other one that may have its name: its device and number. None if there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def clean(connection: Connection) -> None:
    """Rewrite the whole database and empty its log. The mark stays if a reader still holds old pages."""
    # VACUUM builds its copy where temporary tables are kept, and memory is too small for that.
    connection.exec_driver_sql("PRAGMA temp_store=FILE")
    connection.exec_driver_sql("VACUUM")
    connection.exec_driver_sql("PRAGMA temp_store=MEMORY")
    busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    if not busy:
        connection.exec_driver_sql("PRAGMA user_version = 0")


def has_traces(connection: Connection) -> bool:
    """Whether a unit has called `leave_no_traces` since the file was last cleaned."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    with worded():
        [version] = driver.execute("PRAGMA user_version").fetchone()
    return bool(version == TRACES)


def settle(outcomes: Iterable[JobOutcome]) -> None:
    """Report the outcomes to those who wait for them, with one wake-up for each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[JobOutcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome.job.loop, []).append(outcome)
    for loop, mine in by_loop.items():
        # In a loop that has ended, nobody is waiting any more.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(tell, mine)


def tell(outcomes: Iterable[JobOutcome]) -> None:
    """Hand the outcomes to their futures. Must run in the loop that the futures belong to."""
    for outcome in outcomes:
        future = outcome.job.future
        if future.done():
            continue
        if outcome.error:
            future.set_exception(outcome.error)
        else:
            future.set_result(outcome.result)


def _worded(error: BaseException) -> BaseException:
    said = told(error)
    if said is None:
        return error
    said.__cause__ = error
    return said
