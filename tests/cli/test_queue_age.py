"""cli.wiring.queue_age: for how long the oldest event has been waiting."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry
from sqlmodel import Session, col, update

from cli.wiring.queue_age import QueueAge
from core.messages import Message, User
from core.metrics import Metrics
from core.store import inbox
from core.store.engine.database import Database
from core.store.inbox_table import InboxRow
from tests.dialogue import HERE

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


async def test_the_age_is_that_of_the_oldest_event_that_is_not_done(store: Database) -> None:
    question = Message(key="1", place=HERE, user=User("1", "Ana"), at=NOON, id="1", text="Hello", source="direct")
    events = [replace(question, key=f"{number}", id=f"{number}") for number in range(3)]

    def accept(session: Session) -> None:
        for number, event in enumerate(events):
            inbox.accept(session, event)
            at = update(InboxRow).where(col(InboxRow.key) == event.key)
            session.connection().execute(at.values(received_at=NOON - timedelta(minutes=10 * number)))

    metrics = Metrics(CollectorRegistry())
    age = QueueAge(store, metrics.queue_age_seconds, now=lambda: NOON)
    await age.look()
    assert age.seconds() == 0
    await store.write(accept)
    await age.look()
    assert age.seconds() == 1200
    # An answer that was begun is not done yet.
    await store.write(lambda session: inbox.opened(session, events[2]))
    await store.write(lambda session: inbox.done(session, events[1].key))
    await age.look()
    assert age.seconds() == 1200
    await store.write(lambda session: inbox.done(session, events[2].key))
    await age.look()
    assert age.seconds() == 0
    await store.write(lambda session: inbox.done(session, events[0].key))
    await age.look()
    assert age.seconds() == 0
