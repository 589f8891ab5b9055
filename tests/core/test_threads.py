"""A thread for each question, where a community wants that and the platform can."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlmodel import select

from core.messages import Attachment, Place, Quote, User
from core.models.scripted import ScriptedModel
from core.ports.chat import ChatCapabilities
from core.ports.model import PromptLine
from core.store.engine.database import Database
from core.store.tables import MessageRow
from tests.core.conftest import Talk
from tests.dialogue import Dialogue
from tests.paper import PATIENCE, PaperChat

pytestmark = pytest.mark.above_the_store

SQUARE = Place("paper", "server", "square")
ABLE = ChatCapabilities(edit_interval=0, idempotent_send=True, threads=True)


def in_square(talk: Talk, *, threads: bool = True, chat: PaperChat | None = None) -> Dialogue:
    able = replace(ABLE, threads=threads)
    model = ScriptedModel(lambda said: " | ".join(line.text for line in said[1:]))
    return replace(talk(model, chat=chat or PaperChat(capabilities=able, opens_places=True)), place=SQUARE)


async def test_it_is_off_until_an_admin_switches_it_on(talk: Talk) -> None:
    ana = in_square(talk)
    await ana.says("Hello")
    assert ana.chat.opened == []
    (await ana.types("/settings threads on")).expect("A thread for each question", "on")
    answer = await ana.says("What is a parley?")
    assert ana.chat.posted_in[answer.id] == "square+"
    assert answer.reply.reply_to is None
    assert answer.reply.text == "Ana: What is a parley?"


async def test_what_goes_on_from_an_answer_stays_where_it_is(talk: Talk) -> None:
    ana = in_square(talk)
    answer = await ana.says("Hello")
    await ana.types("/settings threads on")
    more = await ana.says("And?", reply_to=answer.id)
    assert ana.chat.posted_in[more.id] == "square"
    quote = Quote("77", User("ben", "Ben"), "Crows can count.")
    asked = replace(ana.message("Is that so?", "77"), quoted=(quote,))
    heard = (await ana.hear(asked, "#answer")).expect("Ben: Crows can count.", "Is that so?")
    assert ana.chat.posted_in[heard.id] == "square+"


async def test_where_there_are_none_it_is_not_offered(talk: Talk) -> None:
    ana = in_square(talk, threads=False)
    (await ana.types("/settings threads on", "#error")).expect("no threads")
    assert "A thread for each question" not in (await ana.types("/settings")).reply.text


async def test_nor_is_reading_a_channel_that_cannot_be_read(talk: Talk) -> None:
    ana = in_square(talk)
    (await ana.types("/settings recent on", "#error")).expect("cannot read", "nothing has changed")
    assert "Reading the last messages" not in (await ana.types("/settings")).reply.text


async def test_where_none_can_be_opened_the_answer_comes_all_the_same(talk: Talk) -> None:
    ana = in_square(talk, chat=PaperChat(capabilities=ABLE))
    await ana.types("/settings threads on")
    assert ana.chat.posted_in[(await ana.says("Hello")).id] == "square"


async def test_it_is_taken_up_after_a_crash_in_its_thread(talk: Talk, store: Database) -> None:
    chat = ThreadedPaper(capabilities=ABLE, opens_places=True)
    pace = asyncio.Event()
    first = replace(talk(ScriptedModel(["one two"], pace=pace.wait), chat=chat), place=SQUARE)
    await first.types("/settings threads on")
    question = first.message("Go")
    await first.send(question)
    await chat.until(lambda: bool(chat.typed))
    await first.core.router.drain(0)
    again = replace(talk(ScriptedModel(["one two"]), chat=chat), place=SQUARE)
    assert await again.core.router.recover("paper") == 1
    heard = await again.finished(f"{question.key}#answer")
    assert chat.threads[heard.id] == "thread of Go"
    assert len(chat.opened) == 1


async def test_what_is_said_in_a_thread_waits_for_its_first_answer(talk: Talk) -> None:
    chat = ThreadedPaper(capabilities=ABLE, opens_places=True)
    go, begun = asyncio.Event(), list[str]()

    def answer(said: Sequence[PromptLine]) -> str:
        begun.append(said[-1].text)
        return f"about {len(said)}"

    ana = replace(talk(ScriptedModel(answer, pace=go.wait), chat=chat), place=SQUARE)
    await ana.types("/settings threads on")
    first = ana.message("Go")
    await ana.send(first)
    await chat.until(lambda: bool(chat.opened) and bool(chat.typed))
    inside = replace(ana, place=replace(SQUARE, thread="thread of Go"))
    second = inside.message("And then?")
    await inside.send(second)
    await chat.until(lambda: inside.place in chat.typed)
    assert len(begun) == 1
    go.set()
    await ana.finished(f"{first.key}#answer")
    (await inside.finished(f"{second.key}#answer")).expect("about 4")
    assert len(begun) == 2


async def test_a_crash_after_a_thread_was_opened_opens_no_other(talk: Talk) -> None:
    chat = ThreadedPaper(capabilities=ABLE, opens_places=True)
    first = replace(talk(chat=chat), place=SQUARE)
    await first.types("/settings threads on")
    question = replace(first.message("Go"), attachments=(Attachment("a.txt", "text/plain", 5, "1"),))
    await first.send(question)
    await asyncio.wait_for(chat.reading.wait(), PATIENCE)
    await first.core.router.drain(0)
    chat.slow.set()
    again = replace(talk(ScriptedModel(["one two"]), chat=chat), place=SQUARE)
    assert await again.core.router.recover("paper") == 1
    heard = await again.finished(f"{question.key}#answer")
    assert chat.threads[heard.id] == "thread of Go"
    assert len(chat.opened) == 1


async def begun_and_killed(talk: Talk, chat: "ThreadedPaper", line: str) -> str:
    """Something for which a place is being opened when the process dies. Returns the key of its event."""
    first = replace(talk(chat=chat), place=SQUARE)
    await first.types("/settings threads on")
    chat.stuck = True
    event = first.command(line) if line.startswith("/") else first.message(line)
    await first.send(event)
    await chat.until(lambda: bool(chat.opened))
    await first.core.router.drain(0)
    chat.stuck = False
    again = replace(talk(ScriptedModel(["one two"]), chat=chat), place=SQUARE)
    assert await again.core.router.recover("paper") == 1
    await chat.until(lambda: event.key in chat.finished)
    return event.key


@pytest.mark.parametrize("line", ["Go", "/new"])
async def test_where_nobody_knows_whether_it_was_opened_no_other_is(talk: Talk, line: str) -> None:
    chat = ThreadedPaper(capabilities=ABLE, opens_places=True)
    key = await begun_and_killed(talk, chat, line)
    assert chat.threads[f"{key}#{'notice' if line == '/new' else 'answer'}"] == ""
    assert len(chat.opened) == 1


async def test_where_that_makes_no_other_it_is_opened_again(talk: Talk) -> None:
    chat = ThreadedPaper(capabilities=replace(ABLE, idempotent_open=True), opens_places=True)
    key = await begun_and_killed(talk, chat, "Go")
    assert chat.threads[f"{key}#answer"] == "thread of Go"


async def test_a_question_that_is_deleted_in_the_channel_is_erased_in_its_thread(talk: Talk, store: Database) -> None:
    ana = replace(talk(chat=ThreadedPaper(capabilities=ABLE, opens_places=True)), place=SQUARE)
    await ana.types("/settings threads on")
    await ana.says("I keep bees")
    await ana.send(ana.deletion(ana.said[-1]))
    await ana.settled()
    kept = await store.read(lambda session: session.exec(select(MessageRow).where(MessageRow.role == "prompter")).all())
    assert [(row.text, row.deleted) for row in kept] == [("", True)]


async def test_a_question_that_is_edited_in_the_channel_is_answered_in_its_thread(talk: Talk) -> None:
    chat = ThreadedPaper(capabilities=ABLE, opens_places=True)
    ana = replace(talk(chat=chat), place=SQUARE)
    await ana.types("/settings threads on")
    await ana.says("Bees")
    heard = (await ana.edits(ana.said[-1], "Wasps")).expect("Wasps")
    assert chat.threads[heard.id] == "thread of Bees"


class ThreadedPaper(PaperChat):
    """Opens threads of a channel, and knows in which each message was posted."""

    __slots__ = ("reading", "slow", "stuck", "threads")

    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type] # as they are given
        self.threads: dict[str, str] = {}
        self.stuck = False
        self.reading, self.slow = asyncio.Event(), asyncio.Event()

    async def open(self, place: Place, user: User, cause: object) -> Place | None:
        opened = replace(place, thread=f"thread of {getattr(cause, 'text', '')}")
        self.opened.append(opened)
        if self.stuck:
            async with self._changed:
                self._changed.notify_all()
            await asyncio.Event().wait()
        return opened

    async def read(self, attachment: Attachment) -> bytes:
        self.reading.set()
        await self.slow.wait()
        return b"words"

    async def send(self, place: Place, reply: object, key: str, cause: object = None) -> str:
        self.threads[key] = place.thread
        return await super().send(place, reply, key)  # type: ignore[arg-type] # as they are given
