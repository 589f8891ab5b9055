"""Items from platforms that we could not read: each is put aside for the operator, and deleted after a week."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, func, select

from core.ports.surface import UnreadableItem
from core.store.engine.database import insert_once
from core.store.tables import PutAsideRow, now

KEPT = timedelta(days=7)
"""How long an item is kept: long enough to look into it, no longer, since it may hold what people wrote."""

MOST = 1000
"""The most items kept. If a platform changes so much that we can read nothing, the newest are the useful ones."""


@dataclass(frozen=True, slots=True)
class PutAsideSummary:
    """How many items there are, and what the newest one is."""

    count: int
    platform: str
    kind: str
    reason: str
    at: datetime


def put(session: Session, platform: str, item: UnreadableItem, most: int = MOST) -> bool:
    """Keep an item, and delete those that are too old, and the oldest if there are more than `most`.

    Returns False if it was there already.
    """
    sweep(session)
    values = {"kind": item.kind, "key": item.key, "payload": item.payload, "reason": item.reason}
    if not insert_once(session, PutAsideRow, platform=platform, **values):
        return False
    oldest = session.exec(select(PutAsideRow.at).order_by(col(PutAsideRow.at).desc()).offset(most).limit(1)).first()
    if oldest:
        session.connection().execute(delete(PutAsideRow).where(col(PutAsideRow.at) <= oldest))
    return True


def sweep(session: Session, before: datetime | None = None) -> int:
    """Delete items that were put aside long ago. Returns how many there were."""
    limit = before or now() - KEPT
    return session.connection().execute(delete(PutAsideRow).where(col(PutAsideRow.at) < limit)).rowcount


def naming(session: Session, platform: str, user_id: str) -> Sequence[PutAsideRow]:
    """The items in which an account is named by its platform's id, oldest first.

    We could not read them, so the id in them is all that tells us whose they are.
    """
    said = select(PutAsideRow).where(
        PutAsideRow.platform == platform, col(PutAsideRow.payload).contains(user_id, autoescape=True)
    )
    # A longer id may have this one in it.
    alone = re.compile(rf"(?<!\w){re.escape(user_id)}(?!\w)")
    return [row for row in session.exec(said.order_by(col(PutAsideRow.at))) if alone.search(row.payload)]


def forget(session: Session, platform: str, user_id: str) -> None:
    """Erase the items in which an account is named."""
    for row in naming(session, platform, user_id):
        session.delete(row)


def summary(session: Session) -> PutAsideSummary | None:
    """A summary of the items that were put aside and are still kept; None if there are none."""
    newest = session.exec(select(PutAsideRow).order_by(col(PutAsideRow.at).desc()).limit(1)).first()
    if newest is None:
        return None
    count = session.exec(select(func.count()).select_from(PutAsideRow)).one()
    return PutAsideSummary(count, newest.platform, newest.kind, newest.reason, newest.at)
