"""The inbox: an event is stored here before we acknowledge it to its platform, and stays until it is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, update
from sqlmodel import Session, col, select

from core.messages import EVENT, AnyEvent, Place
from core.store.engine.database import insert_once
from core.store.tables import InboxRow, now

KEPT = timedelta(days=7)
"""How long the key of a finished event is remembered: longer than any platform delivers an event again."""

_OPENED = update(InboxRow).where(col(InboxRow.key) == bindparam("event_key")).values(state="opened")
_DONE = update(InboxRow).where(col(InboxRow.key) == bindparam("event_key")).values(state="done", payload="")


def accept(session: Session, event: AnyEvent) -> bool:
    """Keep the event. Returns False if an event with the same key was accepted before."""
    return insert_once(
        session,
        InboxRow,
        key=event.key,
        platform=event.place.platform,
        user_id=event.user.id,
        payload=EVENT.dump_json(event).decode(),
    )


def opened(session: Session, key: str) -> None:
    """Record that an answer to the event is under way. After a crash, work resumes with that answer."""
    session.connection().execute(_OPENED, {"event_key": key})


def done(session: Session, key: str) -> None:
    """Record that the event needs no more work, and drop its text."""
    session.connection().execute(_DONE, {"event_key": key})


@dataclass(frozen=True, slots=True)
class UnfinishedEvent:
    """An event that is not done; `opened` if it already has an answer, `attempts` counts earlier restarts with it."""

    event: AnyEvent
    opened: bool
    attempts: int


def unfinished(
    session: Session, platform: str, ours: Callable[[Place], bool] = lambda place: True
) -> Sequence[UnfinishedEvent]:
    """The events of a platform that an earlier process left unfinished at our places, in order of arrival.

    Counts an attempt for each of them.
    """
    rows = session.exec(
        select(InboxRow)
        .where(col(InboxRow.state).in_(("accepted", "opened")), InboxRow.platform == platform)
        .order_by(col(InboxRow.received_at), col(InboxRow.key))
    ).all()
    found: list[UnfinishedEvent] = []
    for row in rows:
        event = EVENT.validate_json(row.payload)
        if ours(event.place):
            found.append(UnfinishedEvent(event, row.state == "opened", row.attempts))
            row.attempts += 1
    return found


def look_up(session: Session, event: AnyEvent) -> UnfinishedEvent | None:
    """Look up how far an event of this process got; None if it is done."""
    row = session.get(InboxRow, event.key)
    if row is None or row.state == "done":
        return None
    return UnfinishedEvent(event, row.state == "opened", row.attempts)


def sweep(session: Session, before: datetime | None = None) -> int:
    """Forget the keys of events that were finished long ago. Returns how many there were."""
    limit = before or now() - KEPT
    old = delete(InboxRow).where(col(InboxRow.state) == "done", col(InboxRow.received_at) < limit)
    return session.connection().execute(old).rowcount
