"""PostgreSQL: a pool of connections with one thread for each; every unit runs in its own transaction."""

import asyncio
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from core.errors import StoreError
from core.store.engine.failures import CLOSED, READ_ONLY, is_passing, is_refused_read, told
from core.store.engine.units import Unit, run_unit, session_on
from core.store.secret_keyring import SecretKeyring

T = TypeVar("T")

CONNECTIONS = 8
IDLE_TIMEOUT = 10.0
"""Seconds that a transaction may stay open without doing anything (docs/reference/operations.md A4)."""

ALIVE: Mapping[str, int] = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""A server that is silent for about ten seconds is given up; TCP alone would wait for a quarter of an hour (libpq,
"Parameter Key Words"; seconds, and milliseconds in the last)."""


def postgres_engine(url: URL, lock_timeout: float) -> Engine:
    """Make an engine whose statements end after `lock_timeout` seconds. Raises StoreError if the driver is missing."""
    limit = int(lock_timeout * 1000)
    idle = int(IDLE_TIMEOUT * 1000)
    try:
        engine = create_engine(
            url,
            pool_size=CONNECTIONS,
            max_overflow=0,
            hide_parameters=True,
            pool_timeout=lock_timeout,
            connect_args={
                **ALIVE,
                "connect_timeout": max(1, round(lock_timeout)),
                "options": f"-c statement_timeout={limit} -c idle_in_transaction_session_timeout={idle}",
            },
        )
    except ModuleNotFoundError:
        raise StoreError("PostgreSQL needs its driver: install Parley with the extra `postgres`") from None
    event.listen(engine, "handle_error", _leave_standby)
    return engine


def _leave_standby(context: ExceptionContext) -> None:
    """Give up all connections once one takes no changes: after a fail-over they may lead to a standby for ever."""
    if isinstance(context.sqlalchemy_exception, DBAPIError) and is_refused_read(context.sqlalchemy_exception):
        context.is_disconnect = True


class PostgresDatabase:
    """A PostgreSQL database behind the `Store` port.

    It uses threads instead of the driver's asyncio support, because the work of a unit would block the event loop.
    """

    def __init__(self, url: URL, lock_timeout: float, keyring: SecretKeyring) -> None:
        self.url = url
        self._keyring = keyring
        self._engine = postgres_engine(url, lock_timeout)
        # All statements of a reading unit see the same snapshot, and none of them may write.
        self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="store")
        self._lock = threading.Lock()
        self._closed = False

    async def write(self, unit: Unit[T]) -> T:
        # A unit that was handed over is written even if its caller is cancelled.
        return await asyncio.shield(self._run(self._engine, unit))

    async def read(self, unit: Unit[T]) -> T:
        return await self._run(self._reading, unit)

    async def close(self) -> None:
        """Finish the waiting units, then close the connections. A second call does nothing."""
        with self._lock:
            self._closed = True
        await asyncio.to_thread(self._threads.shutdown)
        await asyncio.to_thread(self._engine.dispose)

    def _run(self, engine: Engine, unit: Unit[T]) -> "asyncio.Future[T]":
        with self._lock:
            if self._closed:
                raise StoreError(CLOSED)
            return asyncio.get_running_loop().run_in_executor(self._threads, self._transact, engine, unit)

    def _transact(self, engine: Engine, unit: Unit[T]) -> T:
        try:
            try:
                return _transact(engine, unit, self._keyring)
            except DBAPIError as error:
                if not is_passing(error):
                    raise
            return _transact(engine, unit, self._keyring)
        except SQLAlchemyError as error:
            if engine is self._reading and isinstance(error, DBAPIError) and is_refused_read(error):
                raise StoreError(READ_ONLY) from error
            if said := told(error):
                raise said from error
            raise


def _transact(engine: Engine, unit: Unit[T], keyring: SecretKeyring) -> T:
    with engine.begin() as connection, session_on(connection, keyring) as session:
        return run_unit(session, unit)
