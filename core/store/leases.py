"""Leases on PostgreSQL: who may work on what. Their times are those of the database, whatever our clocks say."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, select, text, update
from sqlmodel import Session, col

from core.store.engine.prepared import prepared
from core.store.engine.units import connection_of
from core.store.process_tables import LeaseRow

SILENT = 3.0
"""Seconds after which the database ends the transaction of a process that has fallen silent in the middle of it.

Whoever holds a lock under which others wait must not keep them for longer, whether it is paused or cut off.
"""

_CLAIM = prepared(
    text(
        # Nobody waits here: neither for a write under the lease, nor for another one who takes it.
        "WITH ended AS MATERIALIZED (SELECT name FROM lease WHERE name = :name AND until < clock_timestamp()"
        " FOR UPDATE SKIP LOCKED),"
        " given AS MATERIALIZED (SELECT CAST(:name AS varchar) AS name, CAST(:holder AS varchar) AS holder,"
        " make_interval(secs => :seconds) AS lasts),"
        " taken AS (UPDATE lease SET number = nextval('lease_number'), holder = given.holder,"
        " until = clock_timestamp() + given.lasts FROM ended, given WHERE lease.name = ended.name"
        " RETURNING lease.number),"
        " made AS (INSERT INTO lease (name, number, holder, until)"
        " SELECT name, nextval('lease_number'), holder, clock_timestamp() + lasts FROM given"
        " WHERE NOT EXISTS (SELECT FROM lease WHERE lease.name = given.name)"
        " ON CONFLICT DO NOTHING RETURNING number)"
        " SELECT number, set_config('idle_in_transaction_session_timeout', :silent, true)"
        " FROM (SELECT number FROM taken UNION ALL SELECT number FROM made) AS ours"
    ).bindparams(bindparam("name"), bindparam("holder"), bindparam("seconds"), bindparam("silent"))
)
# Whoever takes the lease over locks its row for good: not before this transaction is through, and its writes are seen.
# To renew it is no reason to wait.
_KEEP = prepared(
    text(
        "SELECT number, set_config('idle_in_transaction_session_timeout', :silent, true) FROM lease"
        " WHERE name = :name AND number = :number FOR KEY SHARE"
    ).bindparams(bindparam("name"), bindparam("number"), bindparam("silent"))
)


def silent() -> str:
    """For how long a transaction may be silent once it has taken a lock, as PostgreSQL's settings say it."""
    return f"{int(SILENT * 1000)}ms"


def claim(session: Session, name: str, holder: str, seconds: float) -> int | None:
    """Take a lease that nobody holds, or whose holder has fallen silent.

    Returns its number; None if it is held, or if somebody is just taking it or giving it back.
    """
    given = {"name": name, "holder": holder, "seconds": seconds, "silent": silent()}
    return next((int(number) for number, _ in _CLAIM.rows(session, given)), None)


def renew(session: Session, numbers: Collection[int], seconds: float) -> Sequence[int]:
    """Hold leases for longer. Returns the numbers of those that are ours still."""
    until = func.clock_timestamp() + timedelta(seconds=seconds)
    ours = update(LeaseRow).where(col(LeaseRow.number).in_(numbers)).values(until=until)
    return connection_of(session).execute(ours.returning(col(LeaseRow.number), _silenced())).scalars().all()


def release(session: Session, numbers: Collection[int]) -> None:
    """Give leases back."""
    ours = delete(LeaseRow).where(col(LeaseRow.number).in_(numbers))
    connection_of(session).execute(ours.returning(_silenced()))


def keep(session: Session, name: str, number: int) -> bool:
    """Make sure that nobody else takes a lease as long as this transaction lasts. Returns False if it is lost."""
    return bool(_KEEP.rows(session, {"name": name, "number": number, "silent": silent()}))


def held_of(session: Session, prefix: str) -> Mapping[str, str]:
    """The leases held now whose names begin like this, each with its holder."""
    begins = col(LeaseRow.name).startswith(prefix, autoescape=True)
    found = select(col(LeaseRow.name), col(LeaseRow.holder)).where(begins, _now_held())
    return {row.name: row.holder for row in connection_of(session).execute(found)}


def _silenced() -> Any:
    return func.set_config("idle_in_transaction_session_timeout", silent(), True)


def _now_held() -> Any:
    return col(LeaseRow.until) >= func.clock_timestamp()
