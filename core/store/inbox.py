"""The inbox: an event is stored here before we acknowledge it to its platform, and stays until it is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Update, bindparam, delete, update
from sqlmodel import Session, col, select

from core.messages import EVENT, AnyEvent, Message, Place
from core.store.engine.database import insert_once
from core.store.tables import InboxRow, InboxState, now

KEPT = timedelta(days=7)
"""How long the key of a finished event is remembered: longer than any platform delivers an event again."""

OPEN: tuple[InboxState, ...] = ("accepted", "opened")
"""The states of an event that is not done."""


def _moved(state: InboxState) -> Update:
    return update(InboxRow).where(col(InboxRow.key) == bindparam("event_key")).values(state=state)


_OPENED, _DONE = _moved("opened"), _moved("done").values(payload="")


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


def opened(session: Session, event: AnyEvent) -> None:
    """Record that an answer to the event is under way. After a crash, work resumes with that answer.

    The events that it has taken in are done: the answer is to them, too.
    """
    key, *joined = keys_of(event)
    session.connection().execute(_OPENED, {"event_key": key})
    done(session, *joined)


def done(session: Session, *keys: str) -> None:
    """Record that these events need no more work, and drop their texts."""
    for key in keys:
        session.connection().execute(_DONE, {"event_key": key})


def keys_of(event: AnyEvent) -> tuple[str, ...]:
    """The keys under which an event was accepted: one, or one for each part of an album."""
    return (event.key, *event.joined) if isinstance(event, Message) else (event.key,)


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
        .where(col(InboxRow.state).in_(OPEN), InboxRow.platform == platform)
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
