"""The admins of the web page: browsers in which a one-time link was opened that the machine's owner had made.

Neither the links nor the cookies can be read from the database: both are stored as hashes.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, update
from sqlmodel import Session, col, select

from core.ports.surface import AdminLinkOutcome
from core.store.tables import KeptRow

LIFETIME = timedelta(hours=1)
"""How long a link can be opened."""

TOLD = timedelta(days=7)
"""How long a link that is no longer good is remembered, so that we can say why it is not."""

LINK, BROWSER, USED = "web:admin-link:", "web:admin-browser:", "used "


@dataclass(frozen=True, slots=True)
class AdminBrowser:
    """A browser that is an admin, by its account on the page, and since when."""

    account: str
    since: datetime


def offer(session: Session, now: datetime) -> str:
    """Make the secret of a new link. Links from long ago are forgotten."""
    for row in _named(session, LINK):
        if datetime.fromisoformat(row.value.removeprefix(USED)) < now - TOLD:
            session.delete(row)
    secret = secrets.token_urlsafe(32)
    session.add(KeptRow(name=_name(secret), value=(now + LIFETIME).isoformat()))
    return secret


def redeem(session: Session, secret: str, account: str, now: datetime) -> AdminLinkOutcome:
    """Make a browser an admin if the link is good. It is good once, also if two open it at the same time."""
    row = session.get(KeptRow, _name(secret))
    if row is None:
        return "unknown"
    if row.value.startswith(USED):
        return "used"
    if datetime.fromisoformat(row.value) <= now:
        return "expired"
    mine = update(KeptRow).where(col(KeptRow.name) == row.name, col(KeptRow.value) == row.value)
    taken = session.connection().execute(mine.values(value=f"{USED}{row.value}"))
    if not (isinstance(taken, CursorResult) and taken.rowcount == 1):
        return "used"
    session.merge(KeptRow(name=f"{BROWSER}{account}", value=now.isoformat()))
    return "opened"


def includes(session: Session, account: str) -> bool:
    """Whether a browser is an admin."""
    return session.get(KeptRow, f"{BROWSER}{account}") is not None


def browsers(session: Session) -> Sequence[AdminBrowser]:
    """All browsers that are admins, the longest first."""
    found = [
        AdminBrowser(row.name.removeprefix(BROWSER), datetime.fromisoformat(row.value))
        for row in _named(session, BROWSER)
    ]
    return sorted(found, key=lambda one: one.since)


def revoke(session: Session, account: str) -> None:
    """Take the right from a browser."""
    session.connection().execute(delete(KeptRow).where(col(KeptRow.name) == f"{BROWSER}{account}"))


def revoke_all(session: Session) -> None:
    """Take the right from every browser; links that nobody has opened yet are no longer good either."""
    for row in (*_named(session, BROWSER), *_named(session, LINK)):
        session.delete(row)


def _named(session: Session, beginning: str) -> Sequence[KeptRow]:
    return session.exec(select(KeptRow).where(col(KeptRow.name).startswith(beginning, autoescape=True))).all()


def _name(secret: str) -> str:
    return f"{LINK}{hashlib.sha256(secret.encode()).hexdigest()}"
