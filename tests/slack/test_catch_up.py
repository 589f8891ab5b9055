"""Catching up when some of it cannot be read: what is gone stops nothing else, and what passes is tried again."""

from collections import Counter
from collections.abc import Sequence
from functools import partial

import pytest

from tests.living import Ledger
from tests.slack.living import answers, finished, living
from tests.slack.server.server import Person, Slack
from tests.slack.server.world import Channel, Message
from tests.slack.test_ends import refusal

pytestmark = pytest.mark.slow

NOTED = "SELECT value FROM kept WHERE name LIKE '%well'"
READING = ("users.conversations", "conversations.history", "conversations.replies", "reactions.get")


async def talked(world: Slack, url: str, ana: Person, rooms: Sequence[Channel]) -> list[Message]:
    """Let her talk to a bot that is stopped then. Returns her questions."""
    async with living(world, url, ping=30.0) as life:
        asked = [await ana.says(room, "Before", mention=True) for room in rooms]
        for room in rooms:
            await world.until(partial(finished, room))
        await life.until_rows("SELECT count(*) FROM kept WHERE name LIKE '%well'", [(1,)])
        await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
    return asked


async def goes_on(world: Slack, ana: Person, asked: Sequence[Message]) -> None:
    """Let her go on while it is away, until Slack has given up to deliver what she does."""
    for question in asked:
        room = question.channel
        await ana.reacts(answers(room)[0], "+1")
        await ana.says(room, "Are you there?", thread=question)
        await ana.says(room, "Anybody?", mention=True)
    world.open.clear()
    world.asked.clear()


async def test_what_is_gone_stops_nothing_else_and_is_not_waited_for(world: Slack, sqlite_url: str) -> None:
    ana, left, bare, room = world.person("Ana"), world.channel(), world.channel(), world.channel()
    asked = await talked(world, sqlite_url, ana, [left, bare, room])
    noted = Ledger(world, sqlite_url).rows(NOTED)
    await goes_on(world, ana, asked[2:])
    left.joined = False
    bare.messages.clear()
    world.forgive("not_in_channel", "thread_not_found", "message_not_found")
    world.fail("conversations.history", "channel_not_found")
    async with living(world, sqlite_url) as life:
        await world.until(lambda: finished(room, 3))
        await life.rated(1)
        await world.until(lambda: life.rows(NOTED) != noted)


@pytest.mark.leaping
@pytest.mark.parametrize(
    ("method", "how"), list(zip(READING, ("503", "500", "internal_error", "fatal_error"), strict=True))
)
async def test_what_cannot_be_read_is_read_later_and_the_rest_at_once(
    world: Slack, sqlite_url: str, method: str, how: str
) -> None:
    ana, rooms = world.person("Ana"), [world.channel() for _ in range(3)]
    await goes_on(world, ana, await talked(world, sqlite_url, ana, rooms))
    noted = Ledger(world, sqlite_url).rows(NOTED)
    world.fail(method, how)
    async with living(world, sqlite_url, ping=30.0) as life:
        await world.until(lambda: life.rows(NOTED) != noted, within=3600)
        await world.until(lambda: all(finished(room, 3) for room in rooms))
        await life.rated(1, 1, 1)
    looked = Counter((one.method, *map(str, one.arguments.values())) for one in world.asked if one.method in READING)
    assert [part[0] for part, times in looked.items() if times > 1] == [method]


@pytest.mark.leaping
async def test_the_time_is_not_noted_before_all_is_read(world: Slack, sqlite_url: str) -> None:
    ana, room = world.person("Ana"), world.channel()
    await goes_on(world, ana, await talked(world, sqlite_url, ana, [room]))
    noted = Ledger(world, sqlite_url).rows(NOTED)
    world.fail("conversations.replies", "503", 1000)
    async with living(world, sqlite_url, ping=30.0) as life:
        await world.until(lambda: sum(one.method == "conversations.replies" for one in world.asked) > 5, within=3600)
        assert life.rows(NOTED) == noted
    world.failures.clear()
    async with living(world, sqlite_url, ping=30.0) as life:
        await world.until(lambda: finished(room, 3))
        await life.rated(1)
        await world.until(lambda: life.rows(NOTED) != noted)


async def test_a_limit_is_waited_for(world: Slack, sqlite_url: str) -> None:
    ana, room = world.person("Ana"), world.channel()
    await goes_on(world, ana, await talked(world, sqlite_url, ana, [room]))
    for method in READING:
        world.limit(method, 1)
    async with living(world, sqlite_url) as life:
        await world.until(lambda: finished(room, 3))
        await life.rated(1)


@pytest.mark.leaping
async def test_a_long_limit_puts_it_off(world: Slack, sqlite_url: str) -> None:
    ana, room = world.person("Ana"), world.channel()
    await goes_on(world, ana, await talked(world, sqlite_url, ana, [room]))
    limited = refusal("ratelimited", 429, "Retry-After: 90\r\n")
    world.breaking.plan(lambda path, body: path.endswith("reactions.get"), limited)
    async with living(world, sqlite_url, ping=30.0) as life:
        await world.until(lambda: life.rows("SELECT value FROM rating") == [(1,)], within=3600)
        assert world.breaking.struck
