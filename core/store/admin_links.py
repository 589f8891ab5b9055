"""The admins of the web page, and the links that make them: the owner of the machine makes a one-time link, and the
browser that opens it becomes an admin.

Neither the links nor the cookies can be read from the database: both are stored as hashes.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from core.ports.surface import AdminLinkOutcome, NewBrowser
from core.store.tables import AccountRow, KeptRow

LIFETIME = timedelta(hours=1)
"""How long a link can be opened."""

TOLD = timedelta(days=7)
"""How long a link that is no longer good is remembered, so that we can say why it is not."""

PLATFORM = "web"
LINK, BROWSER, USED = f"{PLATFORM}:admin-link:", f"{PLATFORM}:admin-browser:", "used "


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


def redeem(session: Session, secret: str, browser: NewBrowser, now: datetime) -> AdminLinkOutcome:
    """Make a browser an admin if the link is good. It is good once."""
    # If two open it at once, the second one waits and then finds that it was used.
    row = session.get(KeptRow, _name(secret), with_for_update=True)
    if row is None:
        return "unknown"
    if row.value.startswith(USED):
        return "used"
    if datetime.fromisoformat(row.value) <= now:
        return "expired"
    row.value = f"{USED}{row.value}"
    session.merge(KeptRow(name=f"{BROWSER}{browser.account}", value=now.isoformat()))
    _stays(session, browser)
    return "opened"


def _stays(session: Session, browser: NewBrowser) -> None:
    """Let the new account belong to whoever had the one before, and take its right, if it had one."""
    revoke(session, browser.before)
    found = select(AccountRow).where(AccountRow.platform == PLATFORM, AccountRow.platform_id == browser.before)
    if before := session.exec(found).first():
        session.add(
            AccountRow(
                person_id=before.person_id,
                platform=PLATFORM,
                platform_id=browser.account,
                name=before.name,
                language=before.language,
            )
        )


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
