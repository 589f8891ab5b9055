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


def run_unit(connection: Connection, unit: Unit[T], keyring: SecretKeyring) -> T:
    """Run a unit in the connection's transaction, and leave that transaction open."""
    try:
        with Session(bind=connection, expire_on_commit=False, info={IN_SESSION: keyring}) as session:
            result = unit(session)
            session.flush()
    except StopIteration as error:
        # A future cannot carry a StopIteration: asyncio reserves it for its own use.
        raise RuntimeError("a unit of the store raised StopIteration") from error
    if not connection.in_transaction():
        raise RuntimeError("a unit of the store may not roll back: it shares its transaction")
    return result
