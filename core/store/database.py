"""The database behind the `Store` port: SQLite by default, PostgreSQL by URL.

A unit of work is a plain function of a session. So a transaction is one function, which can neither wait for the
network
while it holds a lock nor be torn apart by a cancelled task, and the same functions serve both databases.

SQLite gets what it likes best: one writer, in a thread of its own, which commits everything that is waiting in one
transaction (one fsync for many messages), and readers that never wait for it (WAL).
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import Session, SQLModel

from core.errors import StoreError

T = TypeVar("T")
Unit = Callable[[Session], T]

LONGEST_BATCH = 64
READERS = 2


class Database(Protocol):
    """A `Store` that is open, and can be closed."""

    url: URL

    async def write(self, unit: Unit[T]) -> T: ...

    async def read(self, unit: Unit[T]) -> T: ...

    async def close(self) -> None: ...


def connect(url: str) -> "Database":
    """The database at an SQLAlchemy URL: `sqlite:///path` or `postgresql://…`. Its tables must exist (`migrate`).

    Raises StoreError for a URL of another kind.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return SqliteDatabase(parsed)
    if parsed.get_backend_name() == "postgresql":
        return PostgresDatabase(parsed.set(drivername="postgresql+psycopg"))
    raise StoreError(f"database.url: {parsed.get_backend_name()!r} is not supported; use sqlite:/// or postgresql://")


def run_unit(connection: Connection, unit: Unit[T]) -> T:
    with Session(bind=connection, expire_on_commit=False) as session:
        result = unit(session)
        session.flush()
    return result


def insert_once(session: Session, table: type[SQLModel], **values: object) -> bool:
    """Insert a row unless one with a key of its own is there. Returns whether it was inserted.

    Values that are left out get the table's defaults.
    """
    row = table(**values).model_dump()
    target: Table = table.__table__  # type: ignore[attr-defined]
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    done: Any = session.connection().execute(dialect.insert(target).on_conflict_do_nothing(), row)
    return bool(done.rowcount == 1)


def sqlite_engine(url: URL) -> Engine:
    """An engine whose connections are set as spec/operations.md A4 says: WAL, FULL, foreign keys, IMMEDIATE writes."""
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 5.0})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: object) -> None:
        # The driver would begin transactions by itself, and late; "begin" below does it at once.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


@dataclass(frozen=True, slots=True)
class Job:
    unit: Unit[Any]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"

    def settle(self, result: object, error: BaseException | None) -> None:
        def tell() -> None:
            if self.future.done():
                return
            if error:
                self.future.set_exception(error)
            else:
                self.future.set_result(result)

        # A loop that has ended has nobody left to tell.
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(tell)


class SqliteDatabase:
    """One writer thread with group commit, and a few readers."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._engine = sqlite_engine(url)
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._writer = threading.Thread(target=self._run_writer, name="store-writer", daemon=True)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._writer.start()

    async def write(self, unit: Unit[T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(Job(unit, loop, future))
        # What was handed to the writer is written: a caller that is cancelled does not take it back.
        return await asyncio.shield(future)

    async def read(self, unit: Unit[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, unit)

    async def close(self) -> None:
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._readers.shutdown)
        await asyncio.to_thread(self._engine.dispose)

    def _read(self, unit: Unit[T]) -> T:
        try:
            with self._engine.connect() as connection:
                return run_unit(connection, unit)
        except DBAPIError as error:
            raise told(error) from error

    def _run_writer(self) -> None:
        while job := self._jobs.get():
            jobs = [job]
            stopping = False
            while len(jobs) < LONGEST_BATCH and not self._jobs.empty():
                if (more := self._jobs.get()) is None:
                    stopping = True
                    break
                jobs.append(more)
            self._commit(jobs)
            if stopping:
                return

    def _commit(self, jobs: list[Job]) -> None:
        try:
            results = self._transact([job.unit for job in jobs])
        except BaseException as error:
            if len(jobs) > 1:
                # One of them is at fault, and the others must not pay for it.
                for job in jobs:
                    self._commit([job])
                return
            jobs[0].settle(None, told(error) if isinstance(error, DBAPIError) else error)
            return
        for job, result in zip(jobs, results, strict=True):
            job.settle(result, None)

    def _transact(self, units: list[Unit[Any]]) -> list[object]:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                results = [run_unit(connection, unit) for unit in units]
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                # SQLite has already rolled back after some errors (a full disk), and then says so.
                with suppress(DBAPIError):
                    connection.exec_driver_sql("ROLLBACK")
                raise
        return results


class PostgresDatabase:
    """A pool of connections; each unit runs in a transaction of its own."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._engine: AsyncEngine = create_async_engine(
            url,
            pool_size=8,
            max_overflow=0,
            connect_args={"options": "-c statement_timeout=5000 -c idle_in_transaction_session_timeout=10000"},
        )

    async def write(self, unit: Unit[T]) -> T:
        try:
            async with self._engine.begin() as connection:
                return await connection.run_sync(run_unit, unit)
        except DBAPIError as error:
            raise told(error) from error

    async def read(self, unit: Unit[T]) -> T:
        return await self.write(unit)

    async def close(self) -> None:
        await self._engine.dispose()


def told(error: DBAPIError) -> StoreError:
    """A database's error in words for the operator, without the statement and its values."""
    cause = str(error.orig).splitlines()[0]
    if "locked" in cause:
        return StoreError("the database is locked by another program; stop that program, or wait until it is done")
    if "full" in cause:
        return StoreError("the disk of the database is full; free some space, and the work goes on by itself")
    if "readonly" in cause or "unable to open" in cause:
        return StoreError(f"the database cannot be written ({cause}); check the folder and its owner")
    return StoreError(f"the database refused ({cause}); `parley doctor` says more")
