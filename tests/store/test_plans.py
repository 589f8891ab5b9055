"""The cost of a message does not grow with the stored data: none of its statements reads a whole table."""

from dataclasses import replace
from typing import Any

from sqlmodel import Session, select

from core.messages import Edit, Invocation, Message, Press, User
from core.store import choices, conversations, hot_path, identities, inbox, people, ratings, transcripts
from core.store import outbox as posts
from core.store.engine.database import connect
from core.store.schema import METADATA
from core.store.tables import MessageRow, now
from tests.store.ana_and_ben import ANA, DESK, ROOM, AnaAndBen, populate


def heard(number: int) -> dict[str, Any]:
    """What every event has, in a room where several conversations go on."""
    return {"key": f"paper:{number}", "place": replace(ROOM, thread=""), "user": ANA, "at": now()}


def journey(session: Session) -> None:
    """Everything that is asked of the store from a message's arrival to its rating."""
    ids: AnaAndBen = populate(session)
    for place in (ROOM, DESK):
        scene = identities.scene(session, place, ANA)
        hot_path.turn_context(session, "paper:one", place, ANA)
        choices.choices(session, scene.community_id, scene.conversation_id, scene.person_id)
        conversation = identities.find_conversation(session, scene.community_id, place)
        assert conversation
        path = conversations.path(session, conversation.tail_id or "")
        transcripts.versions(session, conversation.id, path)
        hot_path.path(session, path[-1].id)
        conversations.newest_below(session, path[0].id)
        conversations.place_message(session, place, scene, "some id")
        transcripts.ratings_of(session, ids.ana, [message.id for message in path])
        transcripts.shown_as(session, [message.id for message in path])
        transcripts.names(session, place.platform, {ids.ana, ids.ben})
        conversations.drafts_since(session, now(), person_id=ids.ana)
        conversations.drafts_since(session, now(), community_id=scene.community_id)
        posts.of_answer(session, path[-1].id)
        ratings.opinion(session, ids.ana, path[-1].id)
    conversations.mine(session, "paper", ids.ana, 50)
    identities.known_person(session, "paper", User("nobody", ""))
    asked = path[-1]
    inbox.accept(session, Message(**heard(1), id="m1", text="Hi", reply_to="m0", fresh=True), together=False)
    inbox.accept(session, Edit(**heard(2), id="m0", text="Hi"), together=False)
    inbox.accept(session, Press(**heard(3), action=f"retry:{asked.id}"), together=False)
    inbox.accept(session, Invocation(**heard(4), command="retry"), together=False)
    inbox.waits(session, ROOM, "m0")
    inbox.withdraw(session, ROOM, "m0")
    transcripts.reasoning_of(session, [asked.id])
    inbox.unfinished(session, "paper")
    inbox.opened(session, Message(key="paper:one", place=place, user=User("nobody", ""), at=now(), id="1", text=""))
    inbox.done(session, "paper:one")


def plans(session: Session, unit: Any) -> list[str]:
    """SQLite's plans for the statements of a unit."""
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    asked: dict[str, None] = {}
    # The driver sees them all, with their values: those of the hot path pass SQLAlchemy by.
    driver.set_trace_callback(lambda statement: asked.setdefault(statement))
    unit(session)
    session.flush()
    driver.set_trace_callback(None)
    return [
        f"{row[3]} <- {statement}"
        for statement in asked
        if statement.startswith(("SELECT", "WITH", "UPDATE", "DELETE"))
        for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}")
    ]


def slow(plan: list[str]) -> list[str]:
    return [line for line in plan if line.startswith("SCAN") and line.split()[1] in METADATA.tables]


async def test_no_step_of_a_messages_journey_goes_through_a_table(sqlite_url: str) -> None:
    store = connect(sqlite_url)
    plan = await store.write(lambda session: plans(session, journey))
    await store.close()
    assert len(plan) > 20
    assert any("UPDATE inbox SET state='opened'" in line for line in plan)
    assert not slow(plan)


async def test_the_roots_of_a_conversation_are_found_without_those_of_others(sqlite_url: str) -> None:
    def roots(session: Session) -> None:
        scene = identities.scene(session, ROOM, ANA)
        root = session.exec(select(MessageRow).where(MessageRow.text == "How are you?")).one()
        transcripts.versions(session, scene.conversation_id, [root])

    store = connect(sqlite_url)
    await store.write(populate)
    plan = await store.read(lambda session: plans(session, roots))
    await store.close()
    assert any("conversation_id=? AND parent_id=?" in line for line in plan)


async def test_forgetting_one_person_does_not_go_through_what_others_said(sqlite_url: str) -> None:
    store = connect(sqlite_url)
    ids = await store.write(populate)
    plan = await store.write(lambda session: plans(session, lambda inner: people.forget(inner, ids.ana)))
    await store.close()
    assert not [line for line in slow(plan) if line.split()[1] in ("message", "rating", "rating_event")]
