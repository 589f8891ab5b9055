"""The processes that share a database: who is alive, and whether they can work together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlmodel import Session, col

from core.errors import OperatorError
from core.store.engine.units import connection_of
from core.store.process_tables import ProcessRow

CONTRACT = 1
"""The version of the contract between processes: the contents of the rows that they share, and their messages.

A program version that changes the contract raises this by one, and still understands the one before, so that a new
version can be started beside the old one.
"""

ALIVE = timedelta(seconds=20)
"""A process that was not seen for this long is considered dead."""

_LOCK = 7_261_539_002
"""The key of the PostgreSQL advisory lock under which processes enter and leave, so that no two do so at once."""

ALONE = "run"
"""The role of a process that does everything by itself."""


@dataclass(frozen=True, slots=True)
class ThisProcess:
    """Who we are: `role` is "run", "ingress" or "worker"; `id` is new at each start."""

    id: str
    role: str
    version: str
    host: str
    pid: int


def enter(session: Session, process: ThisProcess) -> None:
    """Add ourselves to the processes. Raises OperatorError if we cannot work together with those that are there."""
    connection_of(session).execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    others = alive(session)
    if clash := conflict(process, others):
        raise OperatorError(clash)
    connection_of(session).execute(delete(ProcessRow).where(col(ProcessRow.seen_at) < _clock() - ALIVE))
    session.add(
        ProcessRow(
            id=process.id,
            role=process.role,
            contract=CONTRACT,
            version=process.version,
            host=process.host,
            pid=process.pid,
        )
    )
    session.flush()
    seen(session, process.id)


def conflict(process: ThisProcess, others: Sequence[ProcessRow]) -> str:
    """Why a process cannot work together with others, and what to do; empty if it can."""
    for other in others:
        who = f"`parley {other.role}` (process {other.pid} on {other.host}, version {other.version})"
        if ALONE in (other.role, process.role):
            return (
                f"{who} uses this database, and `parley run` and `parley chat` do everything by themselves: stop that"
                " one first, or leave the database to `parley ingress` and `parley worker`, on whose page one can talk"
            )
        if abs(other.contract - CONTRACT) > 1:
            return f"{who} is more than one version away from this one: update both to versions that follow each other"
    return ""


def seen(session: Session, id: str) -> bool:
    """Note that we are alive. Returns False if we are not among the processes any more."""
    ours = update(ProcessRow).where(col(ProcessRow.id) == id).values(seen_at=_clock())
    return connection_of(session).execute(ours).rowcount > 0


def leave(session: Session, id: str) -> None:
    """Take ourselves off the processes."""
    connection_of(session).execute(delete(ProcessRow).where(col(ProcessRow.id) == id))


def alive(session: Session) -> Sequence[ProcessRow]:
    """The processes that were seen lately, the oldest first."""
    found = select(ProcessRow).where(col(ProcessRow.seen_at) >= _clock() - ALIVE).order_by(col(ProcessRow.started_at))
    return session.scalars(found).all()


def _clock() -> Any:
    # The database's time is the same for all.
    return func.clock_timestamp()
