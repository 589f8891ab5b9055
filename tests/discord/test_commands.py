"""Slash commands, the menu of a message, and what is offered while one types."""

import json

import pytest
from discord import Locale

from core.commands.registry import Command, CommandGroup, CommandOption
from core.delivery.call import CommandCall
from core.messages import Place
from core.rights import Role
from tests.discord.living import answers, finished, living
from tests.discord.server.server import Discord
from tests.discord.server.world import EPHEMERAL, Channel

CALLS = [
    ("help", {}, "Mention me"),
    ("stop", {}, "Nothing is being written"),
    ("model", {}, "scripted"),
    ("model", {"name": "scripted"}, "scripted"),
    ("persona", {"name": "pirate", "scope": "me"}, "pirate"),
    ("preset", {"name": "k50"}, "k50"),
    ("instructions", {"field": "about", "text": "I like crows"}, "Saved"),
    ("rate", {"thumb": "up", "reason": "quality well said"}, "👍"),
    ("report", {"reason": "It is rude"}, "Thank you"),
    ("label", {"labels": "quality"}, "Thank you"),
    ("privacy", {}, "training set"),
    ("stats", {}, "This community"),
    ("forgetme", {}, "cannot be undone"),
    ("mydata", {}, "everything"),
]


async def begun(world: Discord) -> tuple[Channel, "object"]:
    guild = world.guild()
    return world.channel(guild), world.person("Ana", guild)


@pytest.mark.parametrize(("name", "options", "words"), CALLS)
async def test_each_command_answers_the_person_alone(
    world: Discord, sqlite_url: str, name: str, options: dict[str, str], words: str
) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url):
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        called = await ana.commands(room, name, options)
        shown = await called.answered()
        assert words in shown.content
        assert shown.flags & EPHEMERAL
        assert len(answers(room)) == 1


@pytest.mark.parametrize("name", ["retry", "continue"])
async def test_commands_that_make_it_speak_speak_in_the_channel(world: Discord, sqlite_url: str, name: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url):
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        called = await ana.commands(room, name)
        await called.acknowledged.wait()
        if name == "continue":
            assert "complete" in (await called.answered()).content
        else:
            await world.until(lambda: finished(room, 2))
            await world.until(lambda: called.gone or not called.messages)


async def test_commands_are_registered_once_and_in_every_language(world: Discord, sqlite_url: str) -> None:
    async with living(world, sqlite_url) as life:
        names = {command["name"] for command in world.commands}
        assert names >= {"help", "new", "retry", "continue", "stop", "model", "rate", "settings", "forgetme"}
        assert names >= {"Explain", "Summarise", "Translate", "Report", "More…"}
        settings = world.registered("settings", 1)
        assert settings["default_member_permissions"] == 1 << 5
        assert settings["contexts"] == [0]
        languages = set(life.core.records.languages) - {"en"}
        spoken = set(world.registered("help", 1)["description_localizations"])
        known = {locale.value.partition("-")[0] for locale in Locale}
        wanted = {name.partition("-")[0] for name in languages} & known
        assert {locale.partition("-")[0] for locale in spoken} == wanted
    async with living(world, sqlite_url):
        assert world.syncs == 1


async def test_options_are_completed_while_they_are_typed(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url):
        assert await ana.completes(room, "persona", "name", "pi") == ["pirate"]
        assert await ana.completes(room, "model", "name", "") == ["scripted", "default"]
        assert await ana.completes(room, "persona", "name", "zzz") == []


async def test_what_is_not_an_answer_cannot_be_reported_from_its_menu(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url):
        question = await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        wrong = await ana.uses(question, "Report")
        assert "not one of my answers" in (await wrong.answered()).content


async def test_a_message_can_be_reported_and_labelled(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, log = world.channel(guild), world.channel(guild, "log")
    ana, keeper = world.person("Ana", guild), world.person("Keeper", guild, keeper=True)
    async with living(world, sqlite_url) as life:
        await (await keeper.commands(log, "settings", {"name": "log_channel", "value": f"<#{log.id}>"})).answered()
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        (answer,) = answers(room)
        await (
            await ana.submits(await ana.uses(answer, "Report"), {"labels": ["pii"], "comment": "my name"})
        ).answered()
        more = await (await ana.uses(answer, "More…")).answered()
        await (await ana.submits(await ana.presses(more, "more:label"), {"labels": ["quality"]})).answered()
        assert life.rows("SELECT labels, comment FROM report") == [(json.dumps(["pii"]), "my name")]
        assert life.rows("SELECT labels FROM text_labels") == [(json.dumps({"quality": 1.0}),)]
        await ana.reacts(answer, "🚩")
        await world.until(lambda: sum("reports an answer" in message.content for message in answers(log)) == 2)
        assert answer.id in answers(log)[-1].content
        await ana.unreacts(answer, "🚩")
        await life.until_rows("SELECT count(*) FROM report", [(0,)])


async def test_erasing_everything_asks_first(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url) as life:
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        asked = await (await ana.commands(room, "forgetme")).answered()
        done = await (await ana.presses(asked, "forget:")).answered()
        assert "Erased" in done.content
        assert life.rows("SELECT count(*) FROM person") == [(0,)]


async def test_a_person_reads_their_own_language(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild, locale="de")
    async with living(world, sqlite_url) as life:
        shown = await (await ana.commands(room, "stop")).answered()
        assert shown.content == life.core.records.text("de", "stop-nothing")
        assert shown.content != life.core.records.text("en", "stop-nothing")


async def test_a_slow_command_asks_for_time_and_is_answered_all_the_same(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url) as life:
        held = life.core.router.handle

        async def slow(event: object) -> None:
            await held(event)  # type: ignore[arg-type] # any event

        life.bot.intake.handle = slow
        called = await ana.commands(room, "help")
        assert "Mention me" in (await called.answered()).content


async def test_an_old_interaction_is_let_go(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url) as life:
        taken = life.bot.intake.handle

        async def late(event: object) -> None:
            world.forward(20 * 60)
            await taken(event)  # type: ignore[arg-type] # any event

        life.bot.intake.handle = late
        await ana.commands(room, "help")
        await life.until_rows("SELECT count(*) FROM inbox WHERE state = 'done'", [(1,)])
        life.bot.intake.handle = taken
        called = await ana.commands(room, "help")
        assert "Mention me" in (await called.answered()).content


async def test_an_interaction_that_is_delivered_again_is_answered_once(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    world.gateway.duplicates = 5
    async with living(world, sqlite_url) as life:
        called = await ana.commands(room, "privacy")
        await called.answered()
        await world.drop("close")
        await world.until(lambda: world.gateway.resumes == 1)
        again = await ana.commands(room, "stop")
        await again.answered()
        assert len(called.messages) == 1
        assert life.rows("SELECT count(*) FROM inbox") == [(2,)]


async def test_a_plugins_command_is_registered_while_the_bot_runs(world: Discord, sqlite_url: str) -> None:
    async def roll(call: CommandCall) -> None:
        await call.tell("You rolled a 4.")

    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url) as one:
        menu = one.core.records.menu
        menu.more = lambda: [Command("roll", "plugins", roll, description="Roll a die.")]
        one.core.records.news.tell()
        await world.until(lambda: any(command["name"] == "roll" for command in world.commands))
        called = await ana.commands(room, "roll")
        assert "You rolled a 4." in (await called.answered()).content


def options(*names: str, values: tuple[str, ...] = ()) -> tuple[CommandOption, ...]:
    """Options by their names; those in capitals are required."""
    return tuple(CommandOption(name.lower(), name.isupper(), lambda: values, description=name) for name in names)


TAKEN = {
    "convert": options("unit", "NUMBER", "format", "TEXT"),
    "many": options(*(f"field{number}" for number in range(30))),
    "choose": options("which", values=("a" * 101, "b")),
    "empty": options("which", values=("", "b")),
}
"""Commands of plugins that Discord takes once they are written as it wants them."""

LEFT_OUT = {
    "Loud": (),
    "two words": (),
    "x" * 33: (),
    "camel": (CommandOption("fromUnit", description="From"),),
    "twice": options("same", "same"),
}
"""Commands that it would refuse, and with them all others."""


@pytest.mark.parametrize("more", [0, 100])
async def test_a_command_that_discord_would_refuse_takes_no_other_away(
    world: Discord, sqlite_url: str, more: int
) -> None:
    async def roll(call: CommandCall) -> None:
        await call.tell(f"You rolled a {call.arguments.get('number', '4')}.")

    odd = {**TAKEN, **LEFT_OUT, **{f"a{number}": () for number in range(more)}}
    commands = [Command(name, "plugins", roll, taken, description="Odd." * 40) for name, taken in odd.items()]
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url) as life:
        synced = world.syncs
        life.core.records.menu.more = lambda: [*commands, Command("roll", "plugins", roll, description=".")]
        life.core.records.news.tell()
        await world.until(lambda: world.syncs > synced)
        registered = {command["name"] for command in world.commands}
        assert {"help", "mydata", "stop"} <= registered
        assert not registered & set(LEFT_OUT)
        if not more:
            assert registered >= {*TAKEN, "roll"}
            called = await ana.commands(room, "convert", {"number": "3", "text": "words"})
            assert "You rolled a 3." in (await called.answered()).content


def names(world: Discord, channel: Channel) -> set[str]:
    """The names of the commands that one finds in a channel."""
    return {command["name"] for command in world.offered(channel)}


async def test_commands_that_are_off_are_in_no_servers_menu(world: Discord, sqlite_url: str) -> None:
    async def roll(call: CommandCall) -> None:
        await call.tell("You rolled a 4.")

    async def is_on(place: Place) -> bool:
        return place.community not in off

    one, two = world.guild(), world.guild()
    room, other, ana = world.channel(one), world.channel(two), world.person("Ana", one, two)
    off = {two.id}
    async with living(world, sqlite_url) as life:
        life.core.records.menu.more = lambda: [
            Command("roll", "plugins", roll, description="Roll a die.", is_on=is_on),
            Command("rig", "plugins", roll, description="Rig it.", is_on=is_on, needs=Role.ADMIN),
        ]
        life.core.records.news.tell()
        await world.until(lambda: "roll" in names(world, room))
        dm = await ana.dm()
        assert ("roll" in names(world, other), "roll" in names(world, dm)) == (False, True)
        assert ("rig" in names(world, room), "rig" in names(world, dm)) == (True, False)
        called = await ana.commands(room, "roll")
        assert "You rolled a 4." in (await called.answered()).content
        off.clear()
        before = world.guild_syncs[one.id]
        life.core.records.news.tell(Place("discord", two.id, other.id))
        await world.until(lambda: "roll" in names(world, other))
        off.add(one.id)
        life.core.records.news.tell(Place("discord", one.id, room.id))
        await world.until(lambda: "roll" not in names(world, room))
        assert "roll" in names(world, other)
        assert world.guild_syncs[one.id] == before + 1


async def test_a_menu_is_registered_again_if_nobody_knows_what_became_of_the_last_one(
    world: Discord, sqlite_url: str
) -> None:
    async def roll(call: CommandCall) -> None:
        await call.tell("You rolled a 4.")

    async def is_on(place: Place) -> bool:
        return place.community not in off

    off: set[str] = set()
    feature = CommandGroup((Command("roll", "plugins", roll, description="Roll a die.", is_on=is_on),))
    guild = world.guild()
    room = world.channel(guild)
    async with living(world, sqlite_url, more=(feature,)) as life:
        await life.until_rows("SELECT count(*) FROM kept WHERE name LIKE 'discord:commands:%'", [(1,)])
        before = world.guild_syncs[guild.id]
        world.fail("PUT", "/applications/{application_id}/guilds/{guild_id}/commands", status=400)
        off.add(guild.id)
        life.core.records.news.tell(Place("discord", guild.id, room.id))
        await world.until(lambda: not world.rest.failures)
        off.clear()
        life.core.records.news.tell(Place("discord", guild.id, room.id))
        await world.until(lambda: world.guild_syncs[guild.id] > before)


async def test_a_servers_commands_are_registered_only_if_they_differ(world: Discord, sqlite_url: str) -> None:
    async def roll(call: CommandCall) -> None:
        await call.tell("You rolled a 4.")

    async def is_on(place: Place) -> bool:
        return True

    feature = CommandGroup((Command("roll", "plugins", roll, description="Roll a die.", is_on=is_on),))
    guild = world.guild()
    room = world.channel(guild)
    async with living(world, sqlite_url, more=(feature,)) as life:
        await life.until_rows("SELECT count(*) FROM kept WHERE name LIKE 'discord:commands:%'", [(1,)])
    async with living(world, sqlite_url, more=(feature,)) as life:
        later = world.guild()
        await world.until(lambda: later.id in world.guild_commands)
        assert world.guild_syncs[guild.id] == 1
        assert (await life.bot.commands.ids.in_place(Place("discord", guild.id, room.id)))["roll"]
