"""While it is stopped, thumbs and questions come: each thumb counts, and each question is answered once."""

from datetime import UTC, datetime
from functools import partial
from typing import Literal

import pytest

from tests.slack.living import answers, finished, living
from tests.slack.server.server import Slack
from tests.sweeping import mostly_swept


@pytest.mark.slow
@pytest.mark.parametrize(("rooms", "raters", "mentions"), mostly_swept([(4, 5, 5), (20, 10, 50)], [(4, 5, 5)]))
async def test_thumbs_and_questions_that_came_meanwhile_are_taken_up(
    world: Slack, sqlite_url: str, rooms: int, raters: int, mentions: int
) -> None:
    ana = world.person("Ana")
    people = [world.person(f"P{number}") for number in range(raters)]
    channels = [world.channel() for _ in range(rooms)]
    async with living(world, sqlite_url) as life:
        for channel in channels:
            await ana.says(channel, "Before", mention=True)
            await world.until(partial(finished, channel))
        await life.until_rows("SELECT count(*) FROM kept WHERE name LIKE '%well'", [(1,)])
    for channel in channels:
        for person in people:
            await person.reacts(answers(channel)[0], "+1")
    for number in range(mentions):
        await people[number % raters].says(channels[number % rooms], f"Question {number}", mention=True)
    # Slack has given up to deliver them.
    world.open.clear()
    async with living(world, sqlite_url) as life:
        await life.until_rows("SELECT count(*), sum(value) FROM rating", [(rooms * raters, rooms * raters)])
        for place, channel in enumerate(channels):
            await world.until(partial(finished, channel, 1 + len(range(place, mentions, rooms))))
        await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
    said = [one.shown.rpartition(" ")[2] for channel in channels for one in answers(channel)]
    assert sorted(said) == sorted(["Before"] * rooms + [str(number) for number in range(mentions)])


@pytest.mark.parametrize("noted", ["before", "after"])
@pytest.mark.parametrize("how", ["channel", "direct", "thread"])
async def test_a_question_that_was_deleted_meanwhile_is_forgotten(
    world: Slack, sqlite_url: str, how: Literal["channel", "direct", "thread"], noted: Literal["before", "after"]
) -> None:
    ana = world.person("Ana")
    room = ana.dm() if how == "direct" else world.channel()
    async with living(world, sqlite_url) as life:
        question = await ana.says(room, "My secret", mention=True)
        await world.until(lambda: finished(room))
        await ana.says(room, "A thought", thread=question)
        await world.until(lambda: finished(room, 2))
        await life.until_rows("SELECT count(*) FROM kept WHERE name LIKE '%well'", [(1,)])
        if noted == "after":
            await life.core.keep("slack").remember("well", datetime.now(UTC).isoformat())
    await ana.deletes(question)
    if how == "thread":
        # Nobody has left anything there, and so Slack leaves nothing either.
        room.messages.clear()
        world.forgive("thread_not_found", "message_not_found")
    world.open.clear()
    async with living(world, sqlite_url) as life:
        said = "SELECT text FROM message WHERE role = 'prompter' ORDER BY text"
        await life.until_rows(said, [("",), ("A thought",)])
