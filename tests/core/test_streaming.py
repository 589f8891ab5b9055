"""A reply that grows, on a platform with short messages."""

import asyncio
from dataclasses import replace

import pytest
from sqlmodel import Session, col, select

from core.errors import EditPutOff
from core.messages import Place, Reply
from core.models.scripted import ScriptedModel
from core.ports.chat import ChatCapabilities
from core.store.tables import PostRow
from tests.core.conftest import Talk
from tests.dialogue import Dialogue, Heard
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store

SHORT = ChatCapabilities(edit_interval=0, forms=True, idempotent_send=True, text_limit=30)
LONG = " ".join(f"word{number}" for number in range(12))


def short(talk: Talk, *answers: str) -> Dialogue:
    return talk(ScriptedModel(answers), chat=PaperChat(capabilities=SHORT))


def kept(session: Session) -> list[tuple[int, str | None, str]]:
    return [
        (post.part, post.platform_id, post.state) for post in session.exec(select(PostRow).order_by(col(PostRow.part)))
    ]


async def test_a_long_answer_goes_on_in_further_messages(talk: Talk) -> None:
    room = short(talk, LONG)
    heard = await room.says("Count")
    await room.settled()
    shown = room.chat.shown
    numbers = list(range(1, len(shown)))
    assert list(shown) == [heard.id, *(f"{heard.id}/{number}" for number in numbers)]
    assert " ".join(reply.text for reply in shown.values()) == LONG
    assert [bool(reply.buttons) for reply in shown.values()] == [False] * len(numbers) + [True]
    posted = await room.core.store.read(kept)
    assert posted == [(number, key, "sent") for number, key in enumerate(shown)]


async def test_a_thumb_on_any_part_rates_the_answer(talk: Talk) -> None:
    room = short(talk, LONG)
    heard = await room.says("Count")
    await room.settled()
    await room.send(room.reaction(heard.id, "👍", added=True))
    await room.settled()
    last = list(room.chat.shown.values())[-1]
    assert [button.chosen for button in last.buttons][:2] == [True, False]
    assert last.text in LONG
    assert last.text != LONG


async def test_a_long_notice_is_sent_in_parts_too(talk: Talk) -> None:
    room = short(talk, "Hello")
    first = await room.types("/help")
    await room.settled()
    parts = [reply for key, reply in room.chat.shown.items() if key.startswith(first.id)]
    assert len(parts) > 3
    assert all(len(part.text) <= 30 for part in parts)


async def test_a_button_that_replaces_shows_its_reply_in_place(talk: Talk) -> None:
    room = replace(talk(), place=Place("paper", "server", "room"))
    panel = await room.types("/settings")
    await room.send(room.press_of(Heard(panel.id, panel.reply), "ratings"))
    await room.settled()
    assert "Ratings: off" in room.chat.shown[panel.id].text


async def test_where_we_cannot_type_it_is_said_in_words(talk: Talk) -> None:
    going = asyncio.Event()
    dialogue = talk(ScriptedModel(["Hello"], pace=going.wait), chat=PaperChat(types=False))
    question = dialogue.message("Hi")
    await dialogue.send(question)
    shown, key = dialogue.chat.shown, f"{question.key}#answer"
    await dialogue.chat.until(lambda: key in shown and shown[key].status == "Thinking…")
    going.set()
    assert (await dialogue.finished(key)).reply.text == "Hello"
    assert shown[key].status == ""


class CrowdedChat(PaperChat):
    """A platform that leaves the first edit out, since there has just been another."""

    left_out = 0

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        if reply.underway and not self.left_out:
            self.left_out += 1
            raise EditPutOff("crowded")
        await super().edit(place, message_id, reply)


async def test_words_whose_edit_was_left_out_are_shown_although_no_more_come_for_a_while(talk: Talk) -> None:
    steps: asyncio.Queue[None] = asyncio.Queue()
    chat = CrowdedChat(capabilities=ChatCapabilities(edit_interval=0.01))
    room = talk(ScriptedModel(["one two three"], pace=steps.get), chat=chat)
    await room.send(room.message("Count"))
    for shown in ("one", "one two"):
        steps.put_nowait(None)
        await chat.until(lambda shown=shown: [one.text for one in chat.shown.values()] == [shown])  # type: ignore[misc]
    assert chat.left_out == 1
    for _ in range(3):
        steps.put_nowait(None)
    await room.settled()
    assert [one.text for one in chat.shown.values()] == ["one two three"]
