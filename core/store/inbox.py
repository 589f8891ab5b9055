"""The inbox: an event is stored here before we acknowledge it to its platform, and stays until it is done."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Update, bindparam, delete, update
from sqlmodel import Session, col, select

from core.messages import EVENT, AnyEvent, Message, Place
from core.ports.work_queue import AcceptedEvent
from core.store import lanes
from core.store.engine.database import insert_once
from core.store.engine.prepared import prepared
from core.store.engine.units import connection_of
from core.store.inbox_table import InboxRow, InboxState
from core.store.tables import now

KEPT = timedelta(days=7)
"""How long the key of a finished event is remembered: longer than any platform delivers an event again."""

LEFT_BEHIND = timedelta(seconds=2)
"""After this time, the process that had an event before us may have shown that its person waits."""

OPEN: tuple[InboxState, ...] = ("accepted", "opened")
"""The states of an event that is not done."""


def _moved(state: InboxState) -> Update:
    return update(InboxRow).where(col(InboxRow.key) == bindparam("event_key")).values(state=state)


_ENDED: InboxState = "done"
_OPENED = prepared(_moved("opened").where(col(InboxRow.state) != _ENDED))
_DONE = prepared(_moved("done").values(payload=""))


def accept(
    session: Session, event: AnyEvent, *, together: bool = True, number: int | None = None, trace: str = ""
) -> str | None:
    """Keep the event. Returns its lane, or None if an event with the same key was accepted before.

    `together` says that the event's place is one conversation. `number` is given where several processes accept events.
    """
    lane = lanes.lane_of(session, event, together=together)
    made = insert_once(
        session,
        InboxRow,
        key=event.key,
        platform=event.place.platform,
        user_id=event.user.id,
        payload=EVENT.dump_json(event).decode(),
        lane=lane,
        said=lanes.said(event),
        home=lanes.home(event.place),
        number=number,
        trace=trace or None,
    )
    return lane if made else None


def lane(session: Session, key: str) -> str | None:
    """The lane of an event that was accepted; None if it was accepted without one, or never."""
    row = session.get(InboxRow, key)
    return row.lane if row else None


def withdraw(session: Session, place: Place, platform_id: str) -> bool:
    """Take back what somebody said in a message that they have deleted and that nobody has begun to answer.

    Returns whether there was anything to take back.
    """
    accepted: InboxState = "accepted"
    waiting = update(InboxRow).where(
        col(InboxRow.said) == lanes.named(place, platform_id), col(InboxRow.state) == accepted
    )
    done: InboxState = "done"
    return connection_of(session).execute(waiting.values(state=done, payload="")).rowcount > 0


def waits(session: Session, place: Place, platform_id: str) -> bool:
    """Whether something that somebody said in a message is not done."""
    found = select(InboxRow.key).where(InboxRow.said == lanes.named(place, platform_id), col(InboxRow.state).in_(OPEN))
    return session.exec(found.limit(1)).first() is not None


def said_at(session: Session, place: Place) -> bool:
    """Whether something that somebody said in a place is not done."""
    here = select(InboxRow.key).where(InboxRow.home == lanes.home(place), InboxRow.lane == lanes.place_lane(place))
    waiting = here.where(col(InboxRow.said).is_not(None), col(InboxRow.state).in_(OPEN))
    return session.exec(waiting.limit(1)).first() is not None


def opened(session: Session, event: AnyEvent) -> bool:
    """Record that an answer to the event is under way. After a crash, work resumes with that answer.

    The events that it has taken in are done: the answer is to them, too. Returns False if the event was taken back,
    perhaps just now in another process, by its person or because they are forgotten.
    """
    key, *joined = keys_of(event)
    # What never came in, such as a question that the program asks by itself, cannot have been taken back.
    if not _OPENED.run(session, {"event_key": key}) and session.get(InboxRow, key) is not None:
        return False
    done(session, *joined)
    return True


def moved(session: Session, message: Message) -> None:
    """Record that a question has got a place of its own, before anybody begins to answer it.

    After a crash it is answered there. The events that it has taken in are done.
    """
    accepted: InboxState = "accepted"
    waiting = update(InboxRow).where(col(InboxRow.key) == message.key, col(InboxRow.state) == accepted)
    there = {"payload": EVENT.dump_json(message).decode(), "lane": lanes.place_lane(message.place)}
    if connection_of(session).execute(waiting.values(there)).rowcount:
        done(session, *message.joined)


def done(session: Session, *keys: str) -> None:
    """Record that these events need no more work, and drop their texts."""
    for key in keys:
        _DONE.run(session, {"event_key": key})


def keys_of(event: AnyEvent) -> tuple[str, ...]:
    """The keys under which an event was accepted: one, or one for each part of an album."""
    return (event.key, *event.joined) if isinstance(event, Message) else (event.key,)


_WAITING = select(InboxRow).where(col(InboxRow.state).in_(OPEN))
# What came in before there were numbers comes first.
_IN_ORDER = _WAITING.order_by(col(InboxRow.number).nulls_first(), col(InboxRow.received_at), col(InboxRow.key))


def _as_accepted(row: InboxRow, event: AnyEvent, *, left_behind: bool) -> AcceptedEvent:
    return AcceptedEvent(
        event,
        row.lane or lanes.place_lane(event.place),
        opened=row.state == "opened",
        attempts=row.attempts,
        number=row.number,
        trace=row.trace or "",
        since=row.received_at.timestamp(),
        left_behind=left_behind,
        home=row.home or lanes.home(event.place),
    )


def unfinished(
    session: Session, platform: str, ours: Callable[[Place], bool] = lambda place: True
) -> Sequence[AcceptedEvent]:
    """The events of a platform that an earlier process left unfinished at our places, in order of arrival.

    Counts an attempt for each of them.
    """
    found: list[AcceptedEvent] = []
    for row in session.exec(_IN_ORDER.where(InboxRow.platform == platform)).all():
        event = EVENT.validate_json(row.payload)
        if ours(event.place):
            found.append(_as_accepted(row, event, left_behind=True))
            row.attempts += 1
    return found


def at_home(session: Session, home: str) -> Sequence[AcceptedEvent]:
    """All that is to be done at a home which we have just leased.

    Counts an attempt for each answer that was begun, until it is handed over (core.store.event_queue).
    """
    found: list[AcceptedEvent] = []
    for row in session.exec(_IN_ORDER.where(InboxRow.home == home)).all():
        began = row.state == "opened" or now() - row.received_at > LEFT_BEHIND
        found.append(_as_accepted(row, EVENT.validate_json(row.payload), left_behind=began))
        row.attempts += row.state == "opened"
    return found


def come_since(session: Session, home: str, number: int) -> Sequence[AcceptedEvent]:
    """The events that came to a home after the event with this number."""
    rows = session.exec(_IN_ORDER.where(InboxRow.home == home, col(InboxRow.number) > number)).all()
    return [_as_accepted(row, EVENT.validate_json(row.payload), left_behind=False) for row in rows]


def look_up(session: Session, event: AnyEvent) -> AcceptedEvent | None:
    """Look up how far an event of this process got; None if it is done.

    That this process took it up counts as no earlier attempt.
    """
    row = session.get(InboxRow, event.key)
    if row is None or row.state == "done":
        return None
    stored = EVENT.validate_json(row.payload)
    # It may have got another place since. What was put together of several events is not stored as one.
    found = _as_accepted(row, stored if stored.place != event.place else event, left_behind=False)
    return replace(found, attempts=max(0, found.attempts - 1))


def oldest(session: Session) -> datetime | None:
    """When the oldest event came that is not done; None if all are."""
    # One look for each state: together they would need the times of all events.
    first = [
        session.exec(
            select(InboxRow.received_at).where(InboxRow.state == state).order_by(col(InboxRow.received_at)).limit(1)
        ).first()
        for state in OPEN
    ]
    return min(filter(None, first), default=None)


def sweep(session: Session, before: datetime | None = None) -> int:
    """Forget the keys of events that were finished long ago. Returns how many there were."""
    limit = before or now() - KEPT
    old = delete(InboxRow).where(col(InboxRow.state) == "done", col(InboxRow.received_at) < limit)
    return connection_of(session).execute(old).rowcount
