"""Leases on PostgreSQL: who may work on what. Their times are those of the database, whatever our clocks say."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, select, text, update
from sqlmodel import Session, col

from core.store.engine.database import insert_into
from core.store.engine.prepared import prepared
from core.store.engine.units import connection_of
from core.store.process_tables import LeaseRow

_NEXT = text("nextval('lease_number')")
_HELD = prepared(
    select(col(LeaseRow.number))
    .where(col(LeaseRow.name) == bindparam("name"), col(LeaseRow.number) == bindparam("number"))
    # Whoever takes the lease over waits until this transaction is through, and sees what it has written.
    .with_for_update(read=True)
)


def _until(seconds: float) -> Any:
    return func.clock_timestamp() + timedelta(seconds=seconds)


def claim(session: Session, name: str, holder: str, seconds: float) -> int | None:
    """Take a lease that nobody holds, or whose holder has fallen silent. Returns its number; None if it is held."""
    row = insert_into(LeaseRow, "postgresql").values(name=name, number=_NEXT, holder=holder, until=_until(seconds))
    taken = row.on_conflict_do_update(
        index_elements=["name"],
        set_={"number": _NEXT, "holder": holder, "until": _until(seconds)},
        where=col(LeaseRow.until) < func.clock_timestamp(),
    )
    return connection_of(session).execute(taken.returning(col(LeaseRow.number))).scalar_one_or_none()


def renew(session: Session, numbers: Collection[int], seconds: float) -> Sequence[int]:
    """Hold leases for longer. Returns the numbers of those that are ours still."""
    ours = update(LeaseRow).where(col(LeaseRow.number).in_(numbers)).values(until=_until(seconds))
    return connection_of(session).execute(ours.returning(col(LeaseRow.number))).scalars().all()


def release(session: Session, numbers: Collection[int]) -> None:
    """Give leases back."""
    connection_of(session).execute(delete(LeaseRow).where(col(LeaseRow.number).in_(numbers)))


def keep(session: Session, name: str, number: int) -> bool:
    """Make sure that nobody else takes a lease as long as this transaction lasts. Returns False if it is lost."""
    return bool(_HELD.rows(session, {"name": name, "number": number}))


def held_of(session: Session, prefix: str) -> Mapping[str, str]:
    """The leases held now whose names begin like this, each with its holder."""
    begins = col(LeaseRow.name).startswith(prefix, autoescape=True)
    found = select(col(LeaseRow.name), col(LeaseRow.holder)).where(begins, _now_held())
    return {row.name: row.holder for row in connection_of(session).execute(found)}


def _now_held() -> Any:
    return col(LeaseRow.until) >= func.clock_timestamp()
