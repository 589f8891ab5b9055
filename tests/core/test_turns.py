"""Which question an event is, and in which branch."""

from dataclasses import replace
from typing import Any

import pytest

from core.messages import Edit, Message, Place, Quote, User
from core.models.scripted import ScriptedModel
from tests.core.conftest import Talk
from tests.dialogue import Dialogue, Heard

pytestmark = pytest.mark.above_the_store

ROOM = Place("paper", "server", "room")
BEN, CLEO = User("ben", "Ben"), User("cleo", "Cleo")


def reader() -> ScriptedModel:
    """A model that says what it has read."""
    return ScriptedModel(lambda lines: " | ".join(line.text for line in lines[1:]))


def in_a_room(talk: Talk) -> Dialogue:
    return replace(talk(reader()), place=ROOM)


async def says(room: Dialogue, text: str, **fields: Any) -> Heard:
    number = f"x{len(room.said)}"
    room.said.append(number)
    return await room.hear(Message(**room._event(number), id=number, text=text, **fields), "#answer")


async def test_a_fresh_message_begins_anew_where_others_talk_too(talk: Talk) -> None:
    room = in_a_room(talk)
    await room.says("One")
    fresh = await says(room, "Two", fresh=True)
    assert fresh.reply.text == "Ana: Two"


async def test_messages_that_are_quoted_are_read_with_their_names(talk: Talk) -> None:
    room = in_a_room(talk)
    quoted = (Quote("q1", BEN, "Crows can count."), Quote("q2", CLEO, "Really?", reply_to="q1"))
    heard = await says(room, "Is that so?", reply_to="q2", fresh=True, quoted=quoted)
    assert heard.reply.text.startswith("Ben: Crows can count.")
    assert "Cleo: Really?" in heard.reply.text
    again = await says(replace(room, user=BEN), "And magpies?", reply_to="q1", quoted=quoted[:1])
    assert "Really" not in again.reply.text
    assert again.reply.text.count("Crows can count.") == 1


def edit(room: Dialogue, message_id: str, text: str, number: int = 1) -> Edit:
    return Edit(**room._event(f"edit-{message_id}-{number}"), id=message_id, text=text, offer=True)


async def test_an_edit_is_offered_and_answered_when_asked_for(talk: Talk) -> None:
    room = in_a_room(talk)
    heard = await room.says("What is a cow?")
    await room.send(edit(room, room.said[0], "What is a crow?"))
    await room.settled()
    offered = Heard(heard.id, room.chat.shown[heard.id])
    assert offered.buttons() == ["again", "up", "down", "delete"]
    offered.expect("cow", "edited")
    (await room.presses(offered, "again", "#answer")).expect("What is a crow?")


async def test_a_second_edit_takes_the_place_of_the_first(talk: Talk) -> None:
    room = in_a_room(talk)
    heard = await room.says("What is a cow?")
    for number, text in enumerate(("What is a crow?", "What is a crowd?")):
        await room.send(edit(room, room.said[0], text, number))
        await room.settled()
    offered = Heard(heard.id, room.chat.shown[heard.id])
    answer = await room.presses(offered, "again", "#answer")
    assert answer.reply.text == "Ana: What is a crowd?"


async def test_an_edit_of_what_was_never_answered_is_passed_over(talk: Talk) -> None:
    room = in_a_room(talk)
    await room.says("Hello")
    before = dict(room.chat.shown)
    await room.send(edit(room, "unknown", "Something"))
    await room.send(edit(room, room.said[0], "Hello", 2))
    await room.send(edit(replace(room, user=BEN), room.said[0], "Not mine", 3))
    await room.settled()
    assert room.chat.shown == before
