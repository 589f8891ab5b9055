"""Answers for one person alone on Discord: /ask, and the menu of a message."""

import asyncio

from core.models.scripted import ScriptedModel
from tests.discord.living import answers, buttons, finished, living
from tests.discord.server.server import Discord

EPHEMERAL = 1 << 6


async def test_ask_and_explain_are_answered_for_one_persons_eyes(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana, ben = world.channel(guild), world.person("Ana", guild), world.person("Ben", guild)
    model = ScriptedModel(lambda lines: lines[-1].text)
    async with living(world, sqlite_url, model) as life:
        shown = await (await ana.commands(room, "ask", {"question": "What is a parley?"})).answered()
        await world.until(lambda: "up" in buttons(shown))
        assert shown.content == "What is a parley?"
        assert shown.flags & EPHEMERAL
        said = await ben.says(room, "Crows can count.")
        used = await (await ana.uses(said, "Explain")).answered()
        await world.until(lambda: "up" in buttons(used))
        assert "Crows can count." in used.content
        assert used.flags & EPHEMERAL
        await ana.presses(shown, "up:")
        await life.rated(1)
    assert answers(room) == []


async def test_the_menu_has_no_more_than_discord_takes(world: Discord, sqlite_url: str) -> None:
    async with living(world, sqlite_url):
        labels = [command["name"] for command in world.commands if command["type"] == 3]
    assert labels == ["Explain", "Summarise", "Translate", "Report", "More…"]


async def test_what_has_no_room_in_the_menu_is_one_press_away(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url) as life:
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        await ana.says(room, "Something else", mention=True)
        await world.until(lambda: finished(room, 2))
        card = await (await ana.uses(answers(room)[0], "More…")).answered()
        assert card.flags & EPHEMERAL
        assert buttons(card) == ["more", "more"]
        form = await ana.presses(card, "more:rate")
        await (await ana.submits(form, {"thumb": "down", "labels": ["spam"], "comment": "dull"})).answered()
        assert life.rows("SELECT value, comment FROM rating") == [(-1, "dull")]
        await (await ana.submits(await ana.presses(card, "more:label"), {"labels": ["quality"]})).answered()
        rated, labelled = life.rows("SELECT message_id FROM rating"), life.rows("SELECT message_id FROM text_labels")
        assert rated == labelled != []


async def test_an_answer_for_one_person_grows_and_is_asked_about_further(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    steps: asyncio.Queue[None] = asyncio.Queue()
    async with living(world, sqlite_url, ScriptedModel(["one two three", "four five six"], pace=steps.get)):
        asked = await ana.commands(room, "ask", {"question": "Count"})
        steps.put_nowait(None)
        await world.until(lambda: bool(asked.messages) and "one" in asked.messages[0].content)
        assert asked.messages[0].flags & EPHEMERAL
        for _ in range(2):
            steps.put_nowait(None)
        await world.until(lambda: "follow" in buttons(asked.messages[0]))
        assert asked.messages[0].content == "one two three"
        assert len(asked.messages) == 1
        more = await ana.submits(await ana.presses(asked.messages[0], "follow:"), {"question": "And then?"})
        for _ in range(3):
            steps.put_nowait(None)
        await world.until(lambda: bool(more.messages) and "follow" in buttons(more.messages[-1]))
        assert more.messages[-1].flags & EPHEMERAL
    assert answers(room) == []


async def test_after_a_crash_an_answer_for_one_person_comes_whole(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    steps: asyncio.Queue[None] = asyncio.Queue()
    async with living(world, sqlite_url, ScriptedModel(["one two three"], pace=steps.get)) as life:
        asked = await ana.commands(room, "ask", {"question": "Count"})
        steps.put_nowait(None)
        await world.until(lambda: bool(asked.messages) and "one" in asked.messages[0].content)
        await life.core.router.drain(0)
    async with living(world, sqlite_url, ScriptedModel(["one two three"])):
        await world.until(lambda: "follow" in buttons(asked.messages[-1]))
    assert asked.messages[-1].content == "one two three"
    assert asked.messages[-1].flags & EPHEMERAL
    assert answers(room) == []
