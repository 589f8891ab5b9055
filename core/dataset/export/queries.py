"""Queries the database for the export: in short reads, by lists of ids of limited length."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, exists, func, select
from sqlmodel import Session

from core.store.engine.database import take_time
from core.store.labeling_tables import METADATA

T = TypeVar("T")

PARAMETERS = 1000
"""The most ids in one statement."""


class FetchUnit(Protocol):
    """A function that runs a reading unit and waits for its result."""

    def __call__(self, unit: Callable[[Session], T]) -> T: ...


def count(*tables: str) -> Callable[[Session], int]:
    """Make a unit that counts the messages in these tables."""

    def unit(session: Session) -> int:
        take_time(session, 60)
        found = (select(func.count()).select_from(METADATA.tables[name]) for name in tables)
        return sum(session.scalars(statement).one() for statement in found)

    return unit


def kept_out(person_id: Any, conversation_id: Any) -> ColumnElement[bool]:
    """Whether a person keeps a conversation out of training, as a column of a query."""
    kept = METADATA.tables["private_conversation"].c
    return exists().where(kept.person_id == person_id, kept.conversation_id == conversation_id)


def some(connection: Connection, statement: Select[Any], ids: Sequence[str]) -> Iterator[Any]:
    """Yield the rows for these ids, which are passed as the statement's parameter `ids`.

    The ids are passed as a list, because for a join with the messages SQLite would read the whole table.
    """
    for start in range(0, len(ids), PARAMETERS):
        yield from connection.execute(statement, {"ids": ids[start : start + PARAMETERS]})
