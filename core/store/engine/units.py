"""A unit of work: a plain function of a session, run in one transaction."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlmodel import Session

T = TypeVar("T")


Unit = Callable[[Session], T]


TRACES = 1
"""SQLite's `user_version` while the file may still hold remains of what was erased. It is part of the transaction that
erases, so that a crash does not forget it."""


def run_unit(connection: Connection, unit: Unit[T]) -> T:
    """Run a unit in the connection's transaction, which stays open."""
    try:
        with Session(bind=connection, expire_on_commit=False) as session:
            result = unit(session)
            session.flush()
    except StopIteration as error:
        # Nobody could await it: asyncio has a meaning of its own for this one.
        raise RuntimeError("a unit of the store raised StopIteration") from error
    if not connection.in_transaction():
        raise RuntimeError("a unit of the store may not roll back: it shares its transaction")
    return result
