"""Somebody installs the app for themselves, and uses it where nobody has added it."""

from core.models.scripted import ScriptedModel
from tests.discord.living import buttons, living
from tests.discord.server.server import Discord

EPHEMERAL = 1 << 6
PORTABLE = {"ask", "explain", "summarise", "translate", "help", "persona", "model", "preset", "instructions"}


async def test_what_needs_no_place_is_registered_for_people(world: Discord, sqlite_url: str) -> None:
    async with living(world, sqlite_url):
        slash = [command for command in world.commands if command["type"] == 1]
        anywhere = {command["name"] for command in slash if 1 in command["integration_types"]}
        assert anywhere == PORTABLE | {"privacy", "mydata", "forgetme"}
        assert {tuple(command["contexts"]) for command in slash if command["name"] in anywhere} == {(0, 1, 2)}


async def test_it_answers_that_person_alone_in_a_community_of_their_own(world: Discord, sqlite_url: str) -> None:
    ana, ben = world.person("Ana"), world.person("Ben")
    room = world.elsewhere(ana, ben)
    model = ScriptedModel(lambda lines: " | ".join(line.text for line in lines))
    async with living(world, sqlite_url, model) as life:
        await (await ana.commands(room, "persona", {"name": "pirate"})).answered()
        shown = await (await ana.commands(room, "ask", {"question": "What is a parley?"})).answered()
        await world.until(lambda: "up" in buttons(shown))
        assert shown.content == "You are a pirate. | What is a parley?"
        assert shown.flags & EPHEMERAL
        await ana.presses(shown, "up:")
        await life.rated(1)
        other = await (await ben.commands(room, "ask", {"question": "And?"})).answered()
        await world.until(lambda: "up" in buttons(other))
        assert other.content == "You are Parley. | And?"
        communities = life.rows("SELECT platform_id FROM community ORDER BY platform_id")
        assert communities == sorted([(ana.id,), (ben.id,)])
    assert room.messages == []


async def test_who_runs_that_server_is_no_admin_of_ours_there(world: Discord, sqlite_url: str) -> None:
    ana = world.person("Ana")
    room = world.elsewhere(ana)
    async with living(world, sqlite_url):
        new = {"name": "new", "scope": "pet", "text": "You are a dog."}
        told = await (await ana.commands(room, "persona", new)).answered()
        assert "Only an admin" in told.content
