"""A unit of work: a plain function of a session, run in one transaction."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlmodel import Session

from core.store.secret_keyring import IN_SESSION, SecretKeyring

T = TypeVar("T")


Unit = Callable[[Session], T]


TRACES = 1
"""The value of SQLite's `user_version` while the file may still hold traces of erased rows.

It is set in the transaction that erases them, so that a crash does not lose it.
"""

DRIVER = "driver"
"""Where a session keeps the driver's connection: to ask the libraries for it takes as long as a short statement."""

ROLLED_BACK = "a unit of the store may not roll back: it shares its transaction"


def session_on(connection: Connection, keyring: SecretKeyring) -> Session:
    """A session for units that share the connection's transaction. Close it when they are done."""
    info = {IN_SESSION: keyring, DRIVER: connection.connection.driver_connection}
    return Session(bind=connection, expire_on_commit=False, info=info)


def run_unit(session: Session, unit: Unit[T]) -> T:
    """Run a unit in the transaction of the session's connection, and leave that transaction open."""
    try:
        result = unit(session)
        session.flush()
    except StopIteration as error:
        # A future cannot carry a StopIteration: asyncio reserves it for its own use.
        raise RuntimeError("a unit of the store raised StopIteration") from error
    if not connection_of(session).in_transaction():
        raise RuntimeError(ROLLED_BACK)
    # The next unit finds nothing of this one's rows, which belong to whoever waits for them.
    if session.identity_map:
        session.expunge_all()
    return result


def connection_of(session: Session) -> Connection:
    """The connection that a unit runs on. To ask the session for it takes as long as a short statement."""
    return session.bind if isinstance(session.bind, Connection) else session.connection()
