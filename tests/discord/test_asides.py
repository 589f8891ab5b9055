"""Answers for one person alone on Discord: /ask, and the menu of a message."""

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
        assert shown.content == "What is a parley?"
        assert shown.flags & EPHEMERAL
        said = await ben.says(room, "Crows can count.")
        used = await (await ana.uses(said, "Explain")).answered()
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
