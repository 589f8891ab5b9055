"""What Discord does not take as we have rendered it arrives all the same, as it was written."""

from datetime import UTC, datetime

import pytest

from bots.discord.receive import INTERACTION, place_in
from core.messages import Invocation, Reply, User
from core.models.scripted import ScriptedModel
from tests.discord.living import answers, living
from tests.discord.server.server import Discord
from tests.discord.server.world import SUPPRESS_EMBEDS

WORDS = [f"word{number}" for number in range(150)]
POST = ("POST", "/channels/{channel_id}/messages")
PATCH = ("PATCH", "/channels/{channel_id}/messages/{message_id}")


@pytest.mark.parametrize("route", [POST, PATCH])
async def test_a_refused_answer_goes_as_plain_text(world: Discord, sqlite_url: str, route: tuple[str, str]) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url, ScriptedModel([" ".join(WORDS)], window=100_000)):
        world.fail(*route, status=400, code=50035)
        await ana.says(room, "Count", mention=True)
        await world.until(lambda: WORDS[-1] in "".join(answer.content for answer in answers(room)))
        shown = " ".join(answer.content for answer in answers(room))
        assert [word for word in shown.split() if word.startswith("word")] == WORDS


CALLBACK = ("POST", "/interactions/{interaction_id}/{interaction_token}/callback")
FOLLOWUP = ("POST", "/webhooks/{webhook_id}/{webhook_token}")
NOTICE = ("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}")


@pytest.mark.parametrize("route", [CALLBACK, FOLLOWUP])
async def test_so_does_what_one_person_alone_sees(world: Discord, sqlite_url: str, route: tuple[str, str]) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    words = [f"word{number}" for number in range(400)]
    async with living(world, sqlite_url, ScriptedModel([" ".join(words)], window=100_000)):
        world.fail(*route, status=400, code=50035)
        press = await ana.commands(room, "ask", {"question": "Count"})
        await world.until(lambda: words[-1] in " ".join(one.content for one in press.messages))
        shown = " ".join(one.content for one in press.messages)
        assert [word for word in shown.split() if word.startswith("word")] == words
    assert answers(room) == []


LONGER = " ".join(f"word{number}" for number in range(600))
"""More than two messages hold."""

EDITS = [f"{LONGER} end", f"Now {LONGER} end", f"Now {LONGER} end", "Enough.", f"{LONGER} again"]
"""The last piece changes, then the first one, then none; then one message is enough, and then it is not."""


@pytest.mark.parametrize("first", ["Wait", LONGER])
@pytest.mark.parametrize("private", [True, False])
async def test_each_edit_changes_all_pieces_in_their_place(
    world: Discord, sqlite_url: str, first: str, private: bool
) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    place, user = place_in(int(guild.id), int(room.id)), User(ana.account.id, "Ana")
    shown = world.direct(ana.account) if private else room
    cause = Invocation(key="k", place=place, user=user, at=datetime.now(UTC), command="help") if private else None
    async with living(world, sqlite_url) as life:
        if private:
            world.fail(*POST, status=403, code=50013)
        world.fail(*POST, status=400, code=50035)
        id = await life.bot.chat.send(place, Reply(first, personal=private), "k1", cause)
        for text in EDITS:
            world.fail(*PATCH, status=400, code=50035)
            await life.bot.chat.edit(place, id, Reply(text))
            assert "".join(answer.content for answer in answers(shown)) == text
        await life.bot.chat.delete(place, id)
        assert answers(shown) == []


@pytest.mark.parametrize("first", ["Wait", LONGER])
async def test_so_does_each_edit_of_what_one_person_alone_sees(world: Discord, sqlite_url: str, first: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    place, user = place_in(int(guild.id), int(room.id)), User(ana.account.id, "Ana")
    async with living(world, sqlite_url) as life:
        press = await ana.commands(room, "help")
        await press.answered()
        await world.until(lambda: f"{INTERACTION}{press.id}" not in life.bot.chat.interactions)
        before = len(press.messages)
        key, at = f"{INTERACTION}{press.id}", datetime.now(UTC)
        cause = Invocation(key=key, place=place, user=user, at=at, command="help", ticket=press.token)
        world.fail(*CALLBACK, status=400, code=50035)
        id = await life.bot.chat.send(place, Reply(first, personal=True), "k1", cause)
        for text in EDITS:
            world.fail(*NOTICE, status=400, code=50035)
            await life.bot.chat.edit(place, id, Reply(text, personal=True))
            assert "".join(one.content for one in press.messages[before:]) == text


@pytest.mark.parametrize("words", ["\n\n", " \u2003\n"])
async def test_a_text_of_spaces_alone_is_shown_as_one_that_is_not_there(
    world: Discord, sqlite_url: str, words: str
) -> None:
    guild = world.guild()
    room = world.channel(guild)
    place = place_in(int(guild.id), int(room.id))
    async with living(world, sqlite_url) as life:
        id = await life.bot.chat.send(place, Reply(words, underway=True), "k1")
        await life.bot.chat.edit(place, id, Reply(words))
        assert [answer.content for answer in answers(room)] == ["▌"]


async def test_no_piece_is_of_spaces_alone(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room = world.channel(guild)
    place = place_in(int(guild.id), int(room.id))
    async with living(world, sqlite_url) as life:
        world.fail(*POST, status=400, code=50035)
        await life.bot.chat.send(place, Reply("Before" + "\n" * 5000 + "after" + " " * 5000), "k1")
        assert "".join(answer.content for answer in answers(room)).split() == ["Before", "after"]


async def test_no_piece_shows_previews_of_links(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    place, user = place_in(int(guild.id), int(room.id)), User(ana.account.id, "Ana")
    cause = Invocation(key="k", place=place, user=user, at=datetime.now(UTC), command="help")
    async with living(world, sqlite_url) as life:
        world.fail(*POST, status=403, code=50013)
        id = await life.bot.chat.send(place, Reply("Wait", personal=True), "k1", cause)
        world.fail(*PATCH, status=400, code=50035)
        await life.bot.chat.edit(place, id, Reply(LONGER))
        shown = answers(world.direct(ana.account))
        assert len(shown) > 1
        assert all(one.flags & SUPPRESS_EMBEDS for one in shown)
