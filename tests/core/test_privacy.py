"""core.commands.privacy: consent is asked, versioned and revocable; data can be seen, taken along and erased."""

import asyncio
import json
from dataclasses import replace
from functools import partial

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from core.models.scripted import ScriptedModel
from core.ports.chat import ChatCapabilities
from core.store import identities, people
from core.store.engine.database import Database
from core.store.inbox_table import InboxRow
from core.store.tables import ConsentRow, MessageRow, PersonRow, RatingRow
from tests.core.conftest import Talk
from tests.dialogue import Dialogue
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store


async def agreement(store: Database) -> str | None:
    return await store.read(lambda session: session.exec(select(PersonRow.terms)).one())


async def test_nobody_has_agreed_to_anything_before_they_say_so(talk: Talk, store: Database) -> None:
    dialogue = talk()
    await dialogue.says("Hi")
    assert await agreement(store) is None


async def test_consent_is_given_and_withdrawn_with_its_version_and_date(talk: Talk, store: Database) -> None:
    dialogue = talk()
    shown = (await dialogue.types("/privacy")).expect("We keep what you say.", "not agreed")
    (await dialogue.presses(shown, "agree")).expect("2026-01")
    assert await agreement(store) == "2026-01"
    shown = (await dialogue.types("/privacy")).expect("You agree to version 2026-01")
    await dialogue.presses(shown, "withdraw")
    assert await agreement(store) is None
    kept = await store.read(lambda session: session.exec(select(ConsentRow).order_by(ConsentRow.id)).all())
    assert [(row.terms, row.agreed) for row in kept] == [("2026-01", True), ("2026-01", False)]


async def test_mydata_is_a_file_with_everything(talk: Talk) -> None:
    dialogue = talk()
    await dialogue.says("I keep bees")
    await dialogue.types("/rate up honest")
    heard = await dialogue.types("/mydata")
    found = json.loads(heard.reply.files[0].content)
    assert "I keep bees" in str(found["conversations"])
    assert found["ratings"][0]["comment"] == "honest"


async def forget(dialogue: Dialogue) -> None:
    asked = (await dialogue.types("/forgetme")).expect("cannot be undone")
    await dialogue.send(dialogue.press_of(asked, "forget"))
    await dialogue.settled()


@pytest.mark.in_the_store
async def test_forgetme_asks_first_and_then_erases_everything(talk: Talk, store: Database) -> None:
    dialogue = talk()
    await dialogue.says("I keep bees")
    await dialogue.types("/rate up")
    asked = await dialogue.types("/forgetme")
    (await dialogue.presses(asked, "keep")).expect("Nothing was erased")
    assert await store.read(lambda session: len(session.exec(select(MessageRow)).all())) == 2
    await forget(dialogue)
    left = await store.read(
        lambda session: (session.exec(select(MessageRow)).all(), session.exec(select(RatingRow)).all())
    )
    assert left == ([], [])
    assert "messages 2, ratings 1" in list(dialogue.chat.shown.values())[-1].text


@pytest.mark.in_the_store
async def test_no_event_of_who_was_forgotten_names_their_chat(talk: Talk, store: Database) -> None:
    dialogue = talk()
    await dialogue.says("I keep bees")
    await forget(dialogue)
    rows = await store.read(lambda session: session.exec(select(InboxRow)).all())
    assert {(row.user_id, row.payload, row.lane, row.said) for row in rows} == {("", "", None, None)}


async def test_who_was_forgotten_can_begin_anew(talk: Talk) -> None:
    dialogue = talk()
    await dialogue.says("I keep bees")
    await forget(dialogue)
    (await dialogue.says("Hello")).expect("You said: Hello")


@pytest.mark.parametrize("answer", ["Bees", "word " * 40])
async def test_who_is_forgotten_while_an_answer_is_written_hears_of_no_error(
    talk: Talk, store: Database, answer: str
) -> None:
    gate = asyncio.Event()
    able = ChatCapabilities(edit_interval=0, text_limit=50, idempotent_send=True)
    dialogue = talk(ScriptedModel([answer], pace=gate.wait), chat=PaperChat(capabilities=able))
    question = replace(dialogue.message("I keep bees"), outside=True)
    await dialogue.send(question)
    await dialogue.chat.until(lambda: dialogue.place in dialogue.chat.typed)
    # Another process cannot stop what this one writes.
    scene = await store.read(partial(identities.scene, place=dialogue.place, user=dialogue.user))
    with capture_logs() as logs:
        await store.write(lambda session: people.forget(session, scene.person_id))
        gate.set()
        await dialogue.settled()
    assert [line for line in logs if line["log_level"] == "error"] == []
    assert [key for key in dialogue.chat.shown if key.endswith("#error")] == []
