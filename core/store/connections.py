"""Stores the accounts that people have connected with plugins, and the sign-ins still under way."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from core.store.plugin_tables import ConnectionRow, SignInRow
from core.store.stored_secrets import encrypted, readable
from core.store.tables import now

LIFE = timedelta(minutes=10)
"""How long a link is valid, and after that how long the code on its page is valid."""

BUSY = timedelta(seconds=30)
"""How long other processes wait for one that is fetching new tokens, in case it has died."""

MOST_TRIES = 5
"""The number of wrong codes after which a sign-in is over."""


def begin(session: Session, sign_in: SignInRow) -> Sequence[SignInRow]:
    """Keep a new sign-in. Returns the sign-ins that it ends: the person's earlier ones, and all that are too old."""
    earlier = (col(SignInRow.person_id) == sign_in.person_id) & (col(SignInRow.plugin) == sign_in.plugin)
    ended = session.exec(select(SignInRow).where(earlier | (col(SignInRow.changed_at) < now() - LIFE))).all()
    copies = [readable(session, one) for one in ended]
    for one in ended:
        session.delete(one)
    session.flush()
    session.add(encrypted(session, sign_in))
    return copies


def come_back(session: Session, state_hash: str) -> SignInRow | None:
    """Find the sign-in for a state and use the state up. None if the state is unknown, used or too old."""
    fresh = col(SignInRow.changed_at) > now() - LIFE
    found = session.exec(select(SignInRow).where(SignInRow.state_hash == state_hash, fresh)).first()
    if found is None:
        return None
    # If two requests come at once, the database lets only one of them through.
    taken = update(SignInRow).where(col(SignInRow.id) == found.id, col(SignInRow.state_hash) == state_hash)
    if not session.connection().execute(taken.values(state_hash=None, changed_at=now())).rowcount:
        return None
    return readable(session, found)


def signed_in(session: Session, id: str, tokens: dict[str, Any], account: str, code_hash: str) -> bool:
    """Keep what an authorisation server returned. Returns False if the sign-in has ended meanwhile."""
    row = session.get(SignInRow, id)
    if row is None:
        return False
    row.tokens = encrypted(session, SignInRow(**{**row.model_dump(), "tokens": tokens})).tokens
    row.account, row.code_hash, row.changed_at = account, code_hash, now()
    return True


def prove(session: Session, person_id: str, plugin: str, code_hash: str) -> SignInRow | None:
    """Check a code that a person has written. Returns their sign-in if it is the code that its page showed."""
    fresh = col(SignInRow.changed_at) > now() - LIFE
    mine = select(SignInRow).where(SignInRow.person_id == person_id, SignInRow.plugin == plugin, fresh)
    # The lock makes sure that every try is counted, even if several come at once.
    row = session.exec(mine.with_for_update()).first()
    if row is None or row.code_hash is None:
        return None
    if row.code_hash != code_hash:
        row.tries += 1
        if row.tries >= MOST_TRIES:
            row.code_hash = None
        return None
    row.code_hash, row.proven = None, True
    return readable(session, row)


def take(session: Session, id: str, person_id: str) -> SignInRow | str:
    """Take a proven sign-in out of the table, to connect or drop it.

    If it cannot be taken, returns the key of a text that says why.
    """
    # If two requests come at once, the second one waits and then finds nothing.
    row = session.get(SignInRow, id, with_for_update=True)
    if row is None or not row.proven or row.changed_at < now() - LIFE:
        return "button-outdated"
    if row.person_id != person_id:
        return "button-not-yours"
    copy = readable(session, row)
    session.delete(row)
    # The key of the tokens may have been lost in the meantime.
    return copy if copy.tokens else "button-outdated"


def drop(session: Session, id: str) -> None:
    """Delete a sign-in that has ended without a connection."""
    session.connection().execute(delete(SignInRow).where(col(SignInRow.id) == id))


def connect(session: Session, connection: ConnectionRow) -> ConnectionRow | None:
    """Keep a connection. Returns a copy of the one that it replaces, or None."""
    before = find(session, connection.person_id, connection.plugin)
    session.merge(encrypted(session, connection))
    return before


def find(session: Session, person_id: str, plugin: str) -> ConnectionRow | None:
    """A copy of a person's connection with a plugin. None if there is none, or if no key of ours opens its tokens.

    Without their tokens, the person has to sign in again, just as if they never had.
    """
    row = session.get(ConnectionRow, (person_id, plugin))
    copy = readable(session, row) if row else None
    return copy if copy and copy.access else None


def _unchanged(session: Session, before: ConnectionRow) -> ConnectionRow | None:
    """The stored row, locked, if its tokens are still those of `before`."""
    row = session.get(ConnectionRow, (before.person_id, before.plugin), with_for_update=True)
    return row if row and readable(session, row).access == before.access else None


def claim(session: Session, before: ConnectionRow) -> bool:
    """Claim the right to fetch new tokens in place of those of `before`.

    Returns False if another process is fetching them or has already done so.
    """
    row = _unchanged(session, before)
    if row is None or (row.busy_until and row.busy_until >= now()):
        return False
    row.busy_until = now() + BUSY
    return True


def release(session: Session, before: ConnectionRow) -> None:
    """Give up a claim without new tokens, so that the next process may try."""
    same = (col(ConnectionRow.person_id) == before.person_id) & (col(ConnectionRow.plugin) == before.plugin)
    session.connection().execute(update(ConnectionRow).where(same).values(busy_until=None))


def renew(session: Session, before: ConnectionRow, access: str, refresh: str, expires_at: datetime | None) -> bool:
    """Keep new tokens in place of those of `before`. Returns False if it was renewed or disconnected meanwhile."""
    row = _unchanged(session, before)
    if row is None:
        return False
    fresh = encrypted(session, ConnectionRow(**{**row.model_dump(), "access": access, "refresh": refresh}))
    row.access, row.refresh, row.expires_at, row.busy_until = fresh.access, fresh.refresh, expires_at, None
    return True


def disconnect(session: Session, person_id: str, plugin: str) -> ConnectionRow | None:
    """Delete a connection. Returns a copy of it, or None if there was none."""
    row = session.get(ConnectionRow, (person_id, plugin))
    copy = readable(session, row) if row else None
    if row:
        session.delete(row)
    return copy


def disconnect_revoked(session: Session, before: ConnectionRow) -> None:
    """Delete a connection whose tokens the service no longer accepts, unless it has got new tokens meanwhile."""
    if row := _unchanged(session, before):
        session.delete(row)


def connected(session: Session, person_id: str) -> Sequence[ConnectionRow]:
    """Copies of all connections of a person, sorted by plugin name."""
    found = select(ConnectionRow).where(ConnectionRow.person_id == person_id).order_by(ConnectionRow.plugin)
    return [readable(session, row) for row in session.exec(found).all()]


def waiting(session: Session, person_id: str) -> Sequence[SignInRow]:
    """Copies of the sign-ins that a person has under way."""
    found = session.exec(select(SignInRow).where(SignInRow.person_id == person_id)).all()
    return [readable(session, row) for row in found]


def of_plugin(session: Session, plugin: str) -> Sequence[ConnectionRow]:
    """Copies of all connections with a plugin."""
    found = session.exec(select(ConnectionRow).where(ConnectionRow.plugin == plugin)).all()
    return [readable(session, row) for row in found]


def forget_person(session: Session, person_id: str) -> None:
    """Delete all connections and sign-ins of a person."""
    for table in (SignInRow, ConnectionRow):
        session.connection().execute(delete(table).where(col(table.person_id) == person_id))


def merge(session: Session, into: str, other: str) -> None:
    """Give the connections of `other` to `into`, who is the same person. Those that `into` already has stay."""
    theirs = {row.plugin for row in connected(session, into)}
    for row in connected(session, other):
        # Tokens that cannot be read cannot be given to another row either: its owner signs in again.
        if row.plugin not in theirs and row.access:
            session.add(encrypted(session, ConnectionRow(**{**row.model_dump(), "person_id": into})))
    forget_person(session, other)


def about(session: Session, person_id: str) -> dict[str, list[dict[str, Any]]]:
    """A person's connections and sign-ins, ready for JSON, without any tokens."""
    shown, begun = {"plugin", "account", "created_at"}, {"id", "plugin", "platform", "name", "account", "changed_at"}
    return {
        "connections": [row.model_dump(mode="json", include=shown) for row in connected(session, person_id)],
        "sign_ins": [row.model_dump(mode="json", include=begun) for row in waiting(session, person_id)],
    }
