"""Answers for one person alone on Discord: /ask, and the menu of a message."""

from core.models.scripted import ScriptedModel
from tests.discord.living import answers, living
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
    assert labels == ["Explain", "Summarise", "Translate", "Report", "Label"]
