"""core.albums: parts that come one by one are one question, committed part by part and answered once."""

import asyncio
from dataclasses import replace

import pytest
from sqlmodel import select

from core import albums
from core.albums import put_together
from core.messages import Attachment, Message, Passage
from core.models.scripted import ScriptedModel
from core.store.engine.database import Database
from core.store.inbox_table import InboxRow
from core.store.lanes import home
from tests.core.building import core_over
from tests.core.conftest import Talk, echo
from tests.dialogue import Dialogue
from tests.paper import PATIENCE, PaperChat

pytestmark = pytest.mark.above_the_store


def part(talk: Dialogue, name: str, text: str = "") -> Message:
    """A part of an album with one file."""
    talk.chat.files[name] = f"words of {name}".encode()
    return replace(talk.message(text), attachments=(Attachment(name, "text/plain", 0, name),), album="one")


async def states(store: Database) -> list[str]:
    return await store.read(lambda session: sorted(session.exec(select(InboxRow.state)).all()))


async def test_parts_come_together_in_the_order_in_which_they_were_sent(talk: Talk) -> None:
    dialogue = talk()
    first, second, third = part(dialogue, "a"), part(dialogue, "b", "Why?"), part(dialogue, "c")
    second = replace(second, reply_to="x", passages=(Passage("Forwarded from Ben", "Hm"),), outside=True)
    whole = put_together([third, first, second])
    assert (whole.key, whole.id, whole.text, whole.reply_to, whole.outside) == (first.key, "m1", "Why?", "x", True)
    assert [file.name for file in whole.attachments] == ["a", "b", "c"]
    assert whole.joined == (second.key, third.key)
    assert len(whole.passages) == 1


async def test_ten_parts_wait_for_nothing_more(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(albums, "QUIET", 3600.0)
    monkeypatch.setattr(albums, "LONGEST", 3600.0)
    dialogue = talk()
    parts = [part(dialogue, f"file{number}", "All?" if number == 4 else "") for number in range(10)]
    for one in parts:
        await dialogue.send(one)
    heard = await dialogue.finished(f"{parts[0].key}#answer")
    heard.expect(*(f"words of file{number}" for number in range(10)))


async def test_the_wait_has_an_end_though_parts_go_on_coming(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(albums, "LONGEST", 0.0)
    dialogue = talk()
    first = await dialogue.hear(part(dialogue, "a", "One?"), "#answer")
    first.expect("words of a")
    second = await dialogue.hear(part(dialogue, "b", "Two?"), "#answer")
    second.expect("words of b")


@pytest.mark.in_the_store
async def test_what_was_committed_before_a_crash_is_one_question_after_it(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, chat = core_over(store, echo()), PaperChat()
    before.router.attach("paper", chat)
    dialogue = Dialogue(before, chat)
    parts = [part(dialogue, name, text) for name, text in (("a", "Which?"), ("b", ""), ("c", ""))]
    for one in parts[:2]:
        await dialogue.send(one)
    await before.router.drain(0)
    assert await states(store) == ["accepted", "accepted"]
    # The platform, to which we are not connected yet, has the third part.
    monkeypatch.setattr(albums, "QUIET", 0.0)
    after = core_over(store, echo())
    after.router.attach("paper", chat)
    assert await after.router.recover("paper") == 2
    assert await states(store) == ["accepted", "accepted"]
    await after.router.handle(parts[2])
    await after.router.handle(parts[1])
    heard = await dialogue.finished(f"{parts[0].key}#answer")
    heard.expect("words of a", "words of b", "words of c")
    await chat.until(lambda: parts[0].key in chat.finished)
    assert (await states(store), len(chat.shown)) == (["done"] * 3, 1)


async def test_an_album_that_waited_when_its_place_was_given_up_is_answered_later(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(albums, "LONGEST", 0.0)
    begun, go = asyncio.Event(), asyncio.Event()

    async def pace() -> None:
        begun.set()
        await go.wait()

    dialogue = talk(ScriptedModel(lambda lines: lines[-1].text, pace=pace))
    await dialogue.send(dialogue.message("First"))
    await asyncio.wait_for(begun.wait(), PATIENCE)
    album = part(dialogue, "a", "Which?")
    await dialogue.send(album)
    work = dialogue.core.router.work
    work.drop(home(dialogue.place))
    go.set()
    await dialogue.core.router.recover("paper")
    (await dialogue.finished(f"{album.key}#answer")).expect("words of a")


@pytest.mark.slow
async def test_two_people_have_albums_of_their_own(talk: Talk) -> None:
    dialogue = talk()
    other = Dialogue(dialogue.core, dialogue.chat, replace(dialogue.place, channel="den"), _numbers=dialogue._numbers)
    one, two = part(dialogue, "a", "Mine?"), part(other, "b", "Yours?")
    await asyncio.gather(dialogue.send(one), other.send(two))
    for heard, words in ((one, "words of a"), (two, "words of b")):
        (await dialogue.finished(f"{heard.key}#answer")).expect(words)
