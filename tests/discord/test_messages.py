"""People edit and delete their messages, and cannot abuse the bot."""

import asyncio

import pytest

from core.models.scripted import ScriptedModel
from tests.discord.living import answers, buttons, finished, living
from tests.discord.server.server import Discord

SHOUTS = [
    "@everyone come!",
    "@here look",
    "<@&{role}> wake up",
    "<@{ana}> and <@!{ana}>",
    "`@everyone`",
    "<#1> @everyone",
]


@pytest.mark.parametrize("shout", SHOUTS)
async def test_nothing_that_a_model_writes_alerts_anybody(world: Discord, sqlite_url: str, shout: str) -> None:
    guild = world.guild()
    room, role = world.channel(guild), world.role(guild, "All")
    ana, ben = world.person("Ana", guild), world.person("Ben", guild)
    text = shout.format(role=role.id, ana=ana.id)
    async with living(world, sqlite_url, ScriptedModel([f"Hear: {text} https://example.org/tracker"])):
        await ben.says(room, "Repeat after me", mention=True)
        await world.until(lambda: finished(room))
        (answer,) = answers(room)
        assert text in answer.content
        assert answer.pings == {ben.id}
        assert answer.flags & 4


async def test_an_edited_question_offers_to_answer_again(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url):
        question = await ana.says(room, "What is a cow?", mention=True)
        await world.until(lambda: finished(room))
        (answer,) = answers(room)
        await ana.edits(question, "What is a crow?")
        await world.until(lambda: buttons(answer)[0] == "again")
        assert "edited" in answer.content
        assert "cow" in answer.content
        await ana.presses(answer, "again:")
        await world.until(lambda: finished(room, 2))
        assert answers(room)[1].content == "You said: Ana: What is a crow?"


async def test_a_deleted_question_stops_its_answer(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    steps: asyncio.Queue[None] = asyncio.Queue()
    model = ScriptedModel(["one two three four"], pace=steps.get)
    async with living(world, sqlite_url, model) as life:
        question = await ana.says(room, "Count", mention=True)
        steps.put_nowait(None)
        await world.until(lambda: bool(answers(room)))
        await ana.deletes(question)
        await world.until(lambda: finished(room))
        assert "Stopped" in answers(room)[0].content
        assert life.rows("SELECT state FROM message WHERE role = 'assistant'") == [("cancelled",)]
        assert life.rows("SELECT text FROM message WHERE role = 'prompter'") == [("",)]


async def test_stop_and_continue_by_button(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana, ben = world.channel(guild), world.person("Ana", guild), world.person("Ben", guild)
    steps: asyncio.Queue[None] = asyncio.Queue()
    model = ScriptedModel(["one two three four", "and the rest"], pace=steps.get)
    async with living(world, sqlite_url, model):
        await ana.says(room, "Count", mention=True)
        steps.put_nowait(None)
        await world.until(lambda: bool(answers(room)) and "stop" in buttons(answers(room)[0]))
        (answer,) = answers(room)
        assert "Only the person" in (await (await ben.presses(answer, "stop:")).answered()).content
        await ana.presses(answer, "stop:")
        await world.until(lambda: "continue" in buttons(answer))
        for _ in range(10):
            steps.put_nowait(None)
        await ana.presses(answer, "continue:")
        await world.until(lambda: "rest" in answer.content and "retry" in buttons(answer))
        assert answer.content.startswith("one")


async def test_text_files_are_read_and_others_named(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    files = [("snake.py", b"print('hiss')"), ("cat.png", b"\x89PNG\x00\x01"), ("odd.bin", b"\x00\xff\xfe")]
    async with living(world, sqlite_url):
        await ana.says(room, "What does it print?", mention=True, files=files)
        await world.until(lambda: finished(room, 2))
        notice, answer = answers(room)
        assert "cat.png, odd.bin" in notice.content
        assert "What does it print?" in answer.content
        assert "snake.py:\n```\nprint('hiss')\n```" in answer.content


async def test_a_message_of_files_that_nobody_can_read(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url):
        await ana.says(room, "", mention=True, files=[("cat.png", b"\x89PNG\x00\x01")])
        await world.until(lambda: bool(answers(room)))
        assert "cat.png" in answers(room)[0].content


async def test_without_the_privileged_intent_what_is_meant_for_it_still_works(world: Discord, sqlite_url: str) -> None:
    world.privileged.clear()
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    direct = await ana.dm()
    async with living(world, sqlite_url, content=False):
        await ana.says(room, "A mention", mention=True)
        await world.until(lambda: finished(room))
        await ana.says(direct, "A letter")
        await world.until(lambda: finished(direct))
        assert "A mention" in answers(room)[0].content
        assert "A letter" in answers(direct)[0].content
        assert "Mention me" in (await (await ana.commands(room, "help")).answered()).content


async def test_bots_that_it_was_told_to_listen_to_and_no_endless_talk(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, other, ana = world.channel(guild), world.bot("Other", guild), world.person("Ana", guild)
    async with living(world, sqlite_url, bots=frozenset({other.id})):
        for number in range(5):
            await other.says(room, f"Beep {number}", mention=True)
        await ana.says(room, "Enough", mention=True)
        # Each mention begins a conversation of its own, so the answers may come in any order.
        await world.until(lambda: any("Enough" in one.content for one in answers(room)) and finished(room, 4))
        assert len(answers(room)) == 4


async def test_where_it_may_not_write_nothing_breaks(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, open_room, ana = world.channel(guild), world.channel(guild, "open"), world.person("Ana", guild)
    room.deny("SEND_MESSAGES", "CREATE_PUBLIC_THREADS")
    async with living(world, sqlite_url) as life:
        await ana.says(room, "Hello", mention=True)
        begun = await (await ana.commands(room, "new")).answered()
        assert "new conversation begins" in begun.content
        await ana.says(open_room, "Hello", mention=True)
        await world.until(lambda: finished(open_room))
        await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
        assert not answers(room)


async def test_a_bare_mention_under_a_message_asks_about_that_message(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana, ben = world.channel(guild), world.person("Ana", guild), world.person("Ben", guild)
    async with living(world, sqlite_url):
        said = await ben.says(room, "What is a parley?")
        await ana.says(room, "", mention=True, reply_to=said)
        await world.until(lambda: finished(room))
        assert answers(room)[0].content == "You said: Ben: What is a parley?"
        await ana.says(room, "", mention=True)
        await world.until(lambda: len(answers(room)) == 2)
        assert "could not see any text" in answers(room)[1].content


async def test_who_waits_sees_their_place_in_the_queue(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    rooms = [world.channel(guild, f"room-{number}") for number in range(2)]
    ana = world.person("Ana", guild)
    going = asyncio.Event()
    model = ScriptedModel(["one two"], slots=1, pace=going.wait)
    async with living(world, sqlite_url, model):
        await ana.says(rooms[0], "First", mention=True)
        await world.until(lambda: model.open == 1)
        await ana.says(rooms[1], "Second", mention=True)
        await world.until(lambda: bool(answers(rooms[1])))
        assert "-# You are next." in answers(rooms[1])[0].content
        going.set()
        await world.until(lambda: all(finished(room) for room in rooms))
        assert [answer.content for room in rooms for answer in answers(room)] == ["one two", "one two"]
