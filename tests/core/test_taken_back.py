"""core.answering.turns: an event that was taken back before its turn is not answered, and leaves nothing behind."""

import asyncio
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlmodel import Session, select

from core.answering.turns import open_turn
from core.limits import AnswerLimits
from core.messages import Message, Place, User
from core.store import identities, inbox, people
from core.store.engine.database import Database, connect
from core.store.inbox_table import InboxRow
from core.store.tables import AccountRow, MessageRow

ROOM = Place("paper", "server", "room")
ANA = User("ana", "Ana")
TAKEN = {"model": "scripted", "persona": "parley", "preset": "precise"}
LIMITS = AnswerLimits()


def question(number: int = 1) -> Message:
    return Message(key=f"paper:{number}", place=ROOM, user=ANA, at=datetime.now(UTC), id=f"m{number}", text="I am Ana")


async def forget(store: Database) -> None:
    scene = await store.write(partial(identities.scene, place=ROOM, user=ANA))
    await store.write(lambda session: people.forget(session, scene.person_id))


def left(session: Session) -> tuple[list[str], list[str], list[str]]:
    """The names of accounts, the texts of messages, and the states of events with what is left of them."""
    accounts = [row.name for row in session.exec(select(AccountRow)).all()]
    texts = [row.text for row in session.exec(select(MessageRow)).all()]
    return accounts, texts, [row.state + row.payload for row in session.exec(select(InboxRow)).all()]


async def test_nobody_is_known_again_by_what_they_said_before_they_were_forgotten(store: Database) -> None:
    await store.write(partial(inbox.accept, event=question()))
    await forget(store)
    assert await store.write(lambda session: open_turn(session, question(), LIMITS, lambda chosen: TAKEN)) is None
    assert await store.read(left) == ([], [], ["done"])


async def between(url: str, interruption: str) -> object:
    """Open a turn; after it has looked up what it begins from, another process takes the event back."""
    store, other = connect(url), connect(url)
    looked_up, taken_back = threading.Event(), threading.Event()

    def settle(chosen: Mapping[str, str]) -> Mapping[str, str]:
        looked_up.set()
        assert taken_back.wait(10)
        return TAKEN

    await store.write(partial(identities.scene, place=ROOM, user=ANA))
    await store.write(partial(inbox.accept, event=question()))
    turn = asyncio.create_task(store.write(lambda session: open_turn(session, question(), LIMITS, settle)))
    assert await asyncio.to_thread(looked_up.wait, 10)
    if interruption == "forget":
        await forget(other)
    else:
        assert await other.write(lambda session: inbox.withdraw(session, ROOM, "m1"))
    taken_back.set()
    try:
        return await turn, await other.read(left), await other.write(partial(inbox.unfinished, platform="paper"))
    finally:
        await store.close()
        await other.close()


@pytest.mark.postgres
async def test_what_is_withdrawn_while_a_turn_begins_gets_no_answer(postgres_url: str) -> None:
    assert await between(postgres_url, "withdraw") == (None, (["Ana"], [], ["done"]), [])


@pytest.mark.postgres
async def test_who_is_forgotten_while_a_turn_begins_gets_no_answer(postgres_url: str) -> None:
    assert await between(postgres_url, "forget") == (None, ([], [], ["done"]), [])
