"""How the export asks the database: in short reads, by lists of ids that have a length."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Select, func, select
from sqlmodel import Session

from core.store.engine.database import take_time
from core.store.labeling_tables import METADATA

T = TypeVar("T")

PARAMETERS = 1000
"""Ids in one statement."""


class Fetch(Protocol):
    """Runs a unit that reads, and waits for it."""

    def __call__(self, unit: Callable[[Session], T]) -> T: ...


def count(*tables: str) -> Callable[[Session], int]:
    """A unit: the messages that there are in these tables."""

    def unit(session: Session) -> int:
        take_time(session, 60)
        found = (select(func.count()).select_from(METADATA.tables[name]) for name in tables)
        return sum(session.scalars(statement).one() for statement in found)

    return unit


def some(connection: Connection, statement: Select[Any], ids: Sequence[str]) -> Iterator[Any]:
    """The rows for these ids, by the statement's parameter `ids`.

    A list, since SQLite would go through all of a table to join it with the messages.
    """
    for start in range(0, len(ids), PARAMETERS):
        yield from connection.execute(statement, {"ids": ids[start : start + PARAMETERS]})
