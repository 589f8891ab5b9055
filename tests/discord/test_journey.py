"""The whole way through the real client: from a mention to an answer, its rating, a restart, and so on."""

import asyncio

import pytest

from core.models.scripted import ScriptedModel
from tests.discord.living import answers, buttons, finished, living
from tests.discord.server.server import Discord
from tests.shared.asking import ASKS, TRICKS, WHOLE


async def test_from_the_first_mention_over_a_restart_to_the_last_thumb(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room = world.channel(guild)
    ana = world.person("Ana", guild)
    async with living(world, sqlite_url) as life:
        question = await ana.says(room, "What is a parley?", mention=True)
        await world.until(lambda: finished(room))
        (answer,) = answers(room)
        assert answer.content == "You said: Ana: What is a parley?"
        assert answer.reference == question.id
        assert buttons(answer) == ["up", "down", "retry", "delete"]
        await ana.reacts(answer, "👍🏽")
        await life.rated(1)
        await ana.reacts(answer, "👎")
        await life.rated(-1)
        await ana.unreacts(answer, "👍🏽")
    async with living(world, sqlite_url) as life:
        await life.rated(-1)
        await ana.unreacts(answer, "👎")
        await life.rated()
        assert len(answers(room)) == 1


async def test_an_answer_grows_while_it_is_written(world: Discord, sqlite_url: str) -> None:
    going = asyncio.Event()
    model = ScriptedModel(["one two three"], pace=going.wait)
    guild = world.guild()
    room = world.channel(guild)
    ana = world.person("Ana", guild)
    async with living(world, sqlite_url, model):
        await ana.says(room, "Count", mention=True)
        await world.until(lambda: room.id in world.typing)
        going.set()
        await world.until(lambda: finished(room))
        assert answers(room)[0].content == "one two three"


async def test_a_thread_is_one_conversation(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room = world.channel(guild)
    ana = world.person("Ana", guild)
    model = ScriptedModel(lambda lines: f"{len(lines)} lines")
    async with living(world, sqlite_url, model):
        called = await ana.commands(room, "new")
        pointed = await called.answered()
        (thread,) = guild.threads.values()
        assert f"<#{thread.id}>" in pointed.content
        assert ana.id in thread.members
        await ana.says(thread, "Hello")
        await world.until(lambda: finished(thread))
        await ana.says(thread, "And now?")
        await world.until(lambda: finished(thread, 2))
        assert [message.content for message in answers(thread)] == ["2 lines", "4 lines"]


async def test_a_reply_is_answered_in_its_own_chain(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room = world.channel(guild)
    ana, ben = world.person("Ana", guild), world.person("Ben", guild)
    model = ScriptedModel(lambda lines: " | ".join(line.text for line in lines[1:]))
    async with living(world, sqlite_url, model):
        said = await ben.says(room, "Crows can count.")
        doubted = await ana.says(room, "Really?", reply_to=said)
        await ana.says(room, "Is that so?", mention=True, reply_to=doubted, resolved=False)
        await world.until(lambda: finished(room))
        assert "Ben: Crows can count." in answers(room)[0].content
        assert "Ana: Really?" in answers(room)[0].content
        await ben.says(room, "Something else", mention=True)
        await world.until(lambda: finished(room, 2))
        assert answers(room)[1].content == "Ben: Something else"
        await ben.says(room, "Go on", reply_to=answers(room)[0])
        await world.until(lambda: finished(room, 3))
        assert "Crows" in answers(room)[2].content


async def test_what_people_say_to_each_other_is_not_answered(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room = world.channel(guild)
    ana, ben, other = world.person("Ana", guild), world.person("Ben", guild), world.bot("Other", guild)
    async with living(world, sqlite_url) as life:
        said = await ana.says(room, "Good morning")
        await ben.says(room, "Morning!", reply_to=said)
        await other.says(room, "Beep", mention=True)
        await world.webhook_says(room, f"<@{world.me.id}> hello")
        await ana.says(room, "Now you", mention=True)
        await world.until(lambda: finished(room))
        assert [message.content for message in answers(room)] == ["You said: Ana: Now you"]
        assert life.rows("SELECT count(*) FROM inbox") == [(1,)]


async def test_direct_messages_need_no_mention_and_remember(world: Discord, sqlite_url: str) -> None:
    ana = world.person("Ana")
    room = await ana.dm()
    model = ScriptedModel(lambda lines: f"{len(lines)} lines")
    async with living(world, sqlite_url, model) as life:
        await ana.says(room, "Hello")
        await world.until(lambda: finished(room))
        await ana.says(room, "Again")
        await world.until(lambda: finished(room, 2))
        assert [message.content for message in answers(room)] == ["2 lines", "4 lines"]
        pressed = await ana.presses(answers(room)[1], "up:")
        await life.rated(1)
        await pressed.acknowledged.wait()


@pytest.mark.parametrize("text", ["word " * 1500, "```python\n" + "print('hello')\n" * 300 + "```"])
async def test_a_long_answer_comes_in_parts(world: Discord, sqlite_url: str, text: str) -> None:
    guild = world.guild()
    room = world.channel(guild)
    ana = world.person("Ana", guild)
    model = ScriptedModel([text], window=100_000)
    async with living(world, sqlite_url, model) as life:
        await ana.says(room, "Go", mention=True)
        await world.until(lambda: finished(room, 2))
        await world.until(lambda: "stop" not in buttons(answers(room)[-1]))
        parts = answers(room)
        assert all(len(part.content) <= 2000 for part in parts)
        assert all(part.content.count("```") % 2 == 0 for part in parts)
        assert [bool(part.components) for part in parts] == [False] * (len(parts) - 1) + [True]
        assert [part.reference for part in parts[1:]] == [None] * (len(parts) - 1)
        await ana.reacts(parts[0], "👍")
        await life.rated(1)


async def test_a_call_is_shown_letter_by_letter_and_the_rest_to_its_person_alone(
    world: Discord, sqlite_url: str
) -> None:
    guild = world.guild()
    room = world.channel(guild)
    ana = world.person("Ana", guild)
    async with living(world, sqlite_url, more=[ASKS]):
        await ana.commands(room, "demand")
        await world.until(lambda: bool(answers(room)))
        (asked,) = answers(room)
        inside = asked.content.removeprefix("Shall I?\n```\n").removesuffix("\n```")
        assert "```" not in inside
        assert inside.replace("\u2060", "") == TRICKS
        pressed = await ana.presses(asked, "whole:")
        await world.until(lambda: bool(pressed.messages) and bool(buttons(pressed.messages[-1])))
        blocks = [message.content for message in pressed.messages[1:]]
        assert all(block.startswith("```\n") and block.endswith("\n```") for block in blocks)
        assert "".join(block[4:-4] for block in blocks) == WHOLE
        assert len(answers(room)) == 1
