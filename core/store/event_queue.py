"""The work queue of several processes on PostgreSQL: which homes have work, and the news that some has come.

The events themselves are in the inbox; whoever holds the lease of a home (core.store.leases) works on what is there.
"""

import json
from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, exists, func, select, text, update
from sqlmodel import Session, col

from core.store import leases
from core.store.engine.prepared import prepared
from core.store.engine.units import connection_of
from core.store.inbox import OPEN
from core.store.inbox_table import InboxRow, InboxState
from core.store.process_tables import LeaseRow

CHANNEL = "parley"
"""The channel of PostgreSQL's NOTIFY on which processes hear from each other."""

WORK = "work"
"""The subject of news about a home where something is to be done."""
FREED = "freed"
"""The subject of news about a home that its process has given back."""

# Numbers are given before the commit: without this lock, the second of two events could be seen before the first. The
# lane of an event follows from those before it, so the lock comes before that, too.
_ENQUEUE = prepared(
    text(
        "WITH alone AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtextextended(:home, 0)),"
        " set_config('idle_in_transaction_session_timeout', :silent, true))"
        f" SELECT nextval('inbox_number'), pg_notify('{CHANNEL}', :news) FROM alone"
    ).bindparams(bindparam("home"), bindparam("news"), bindparam("silent"))
)


def enqueue(session: Session, home: str) -> int:
    """Give the next event of a home its number, and tell all processes of it once this transaction is committed.

    Until then, no other process can do the same for this home.
    """
    given = {"home": home, "news": news(WORK, home), "silent": leases.silent()}
    rows = _ENQUEUE.rows(session, given)
    return int(rows[0][0])


def tell(session: Session, subject: str, about: str) -> None:
    """Tell all processes something once this transaction is committed."""
    connection_of(session).execute(select(func.pg_notify(CHANNEL, news(subject, about))))


def news(subject: str, about: str) -> str:
    """A message between processes, as text: a subject and its content."""
    return json.dumps([subject, about])


def unheld(session: Session, platforms: Collection[str], most: int) -> Sequence[str]:
    """The homes on these platforms where something is to be done and nobody works, the longest waiting first."""
    held = exists().where(col(LeaseRow.name) == col(InboxRow.home), col(LeaseRow.until) >= func.clock_timestamp())
    found = (
        select(col(InboxRow.home))
        .where(col(InboxRow.state).in_(OPEN), col(InboxRow.platform).in_(platforms))
        .where(col(InboxRow.home).is_not(None), ~held)
        .group_by(col(InboxRow.home))
        .order_by(func.min(col(InboxRow.received_at)))
    )
    return [str(home) for home in session.scalars(found.limit(most))]


def handed_over(session: Session, numbers: Collection[int]) -> None:
    """Record that we stop in an orderly way: what is left under these leases of ours was not the cause of a crash."""
    ours = select(col(LeaseRow.name)).where(col(LeaseRow.number).in_(numbers))
    began: InboxState = "opened"
    counted = update(InboxRow).where(
        col(InboxRow.home).in_(ours), col(InboxRow.state) == began, col(InboxRow.attempts) > 0
    )
    connection_of(session).execute(counted.values(attempts=col(InboxRow.attempts) - 1))
