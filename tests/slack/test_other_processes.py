"""What one process knows only from the store: what another one, or it before a restart, has sent."""

import asyncio
from datetime import UTC, datetime
from functools import partial

import pytest

from core.messages import Message, Place, Reaction, User
from core.models.scripted import ScriptedModel
from core.store import inbox
from core.store.engine.database import Database
from tests.core.building import core_over
from tests.living import echo
from tests.slack.living import answers, finished, living
from tests.slack.server.server import Slack


@pytest.mark.slow
async def test_an_answer_is_found_by_the_message_that_shows_it(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana", locale="de-DE")
    channel = Place("slack", room.team, room.id)
    async with living(world, sqlite_url) as life:
        asked = await ana.says(room, "Hallo", mention=True)
        await world.until(lambda: finished(room))
        await life.until_rows("SELECT DISTINCT state FROM inbox", [("done",)])
    thread = Place("slack", room.team, room.id, asked.ts)
    async with living(world, sqlite_url) as life:
        records = life.core.records
        shown = await records.shown(channel, answers(room)[0].ts)
        assert shown
        assert (shown.place, shown.underway) == (thread, False)
        assert await records.shown(channel, asked.ts) is None
        assert await records.shown(Place("slack", "T-other", room.id), answers(room)[0].ts) is None
        assert (await records.language(thread), await records.language(channel)) == ("de-DE", "")
        assert (await records.begun(thread), await records.begun(channel)) == (True, False)


async def test_a_growing_answer_of_another_process_is_stopped_by_a_reaction(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    steps: asyncio.Queue[None] = asyncio.Queue()
    async with living(world, sqlite_url, ScriptedModel(["one two three"], pace=steps.get)) as life:
        steps.put_nowait(None)
        await ana.says(room, "Count", mention=True)
        await life.until_rows("SELECT state FROM post", [("sent",)])
        # So much does a process know that has not sent it.
        life.running.chat.posts.sent._threads.clear()
        life.running.chat.posts.sent._stops.clear()
        await ana.reacts(answers(room)[0], "octagonal_sign")
        await life.until_rows("SELECT state FROM message WHERE role = 'assistant'", [("cancelled",)])
        await world.until(lambda: finished(room))


async def test_a_thread_is_begun_as_soon_as_something_said_there_is_accepted(store: Database) -> None:
    thread, other = Place("slack", "T1", "C1", "1.000001"), Place("slack", "T1", "C1", "1.000002")
    records, user, at = core_over(store, echo()).records, User("U1", "Ana"), datetime.now(UTC)
    said = Message(key="slack:msg:1", place=thread, user=user, at=at, id="1.000001", text="Hello")
    reacted = Reaction(key="slack:ev:1", place=other, user=user, at=at, id="1.000002", emoji="👍", added=True)
    for event in (said, reacted):
        await store.write(partial(inbox.accept, event=event))
    assert (await records.begun(thread), await records.begun(other)) == (True, False)
