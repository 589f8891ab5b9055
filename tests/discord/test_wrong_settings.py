"""What no setting takes is refused in words, and the old value stays: on Discord."""

from itertools import islice

import pytest

from tests.discord.living import Living, answers, living
from tests.discord.server.server import Discord, Person
from tests.discord.server.world import Channel
from tests.shared.wrong_settings import REFUSED, SAMPLE, wrong

KEPT = "SELECT name, value FROM choice ORDER BY name"


async def told(keeper: Person, room: Channel, name: str, value: str) -> str:
    """What the command says to a value."""
    return (await (await keeper.commands(room, "settings", {"name": name, "value": value})).answered()).content


async def refuse_all(world: Discord, url: str, most: int | None) -> None:
    """Set something for each setting, and see that none of the wrong values changes it."""
    guild, elsewhere = world.guild(), world.guild("Elsewhere")
    room, strange = world.channel(guild), world.channel(elsewhere, "strange")
    role, strange_role = world.role(guild, "Gardeners"), world.role(elsewhere, "Strangers")
    keeper = world.person("Keeper", guild, keeper=True)
    async with living(world, url) as life:
        await _set_up(life, keeper, room, role.id)
        kept = life.rows(KEPT)
        values = wrong(f"<#{room.id}>", f"<@&{role.id}>", "123456789012345678", strange.id, f"<@&{strange_role.id}>")
        for name, value in islice(values, most):
            said = await told(keeper, room, name, value)
            assert any(words in said for words in REFUSED), (name, value, said)
            assert life.rows(KEPT) == kept


async def _set_up(life: Living, keeper: Person, room: Channel, role: str) -> None:
    good = {"channels": room.id, "always": f"<#{room.id}>", "log_channel": "#general", "users": role, "answers": "5"}
    for name, value in {**good, "persona": "pirate", "raters": "Gardeners", "ratings": "off"}.items():
        assert "is now" in await told(keeper, room, name, value)


async def test_a_wrong_value_of_each_setting_is_refused(world: Discord, sqlite_url: str) -> None:
    await refuse_all(world, sqlite_url, SAMPLE)


@pytest.mark.sweep
async def test_every_wrong_value_is_refused(world: Discord, sqlite_url: str) -> None:
    await refuse_all(world, sqlite_url, None)


async def test_channels_are_named_as_people_name_them(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, log = world.channel(guild), world.channel(guild, "mods-log")
    other = world.channel(world.guild("Elsewhere"), "strange")
    keeper = world.person("Keeper", guild, keeper=True)
    link = f"https://discord.com/channels/{guild.id}/{log.id}"
    async with living(world, sqlite_url):
        for value in (log.id, f"<#{log.id}>", "mods-log", "#Mods-Log", link, f"{link}/{log.id}"):
            assert f"<#{log.id}>" in await told(keeper, room, "log_channel", value)
        strange = f"https://discord.com/channels/{other.guild.id if other.guild else ''}/{other.id}"
        assert "I cannot find a channel" in await told(keeper, room, "log_channel", strange)
        world.channel(guild, "twin"), world.channel(guild, "twin")
        assert "is the name of several" in await _settled(world, keeper, room)


async def _settled(world: Discord, keeper: Person, room: Channel) -> str:
    """What is said of a name that two channels have, once the bot has heard of both."""
    while "Several" not in (said := await told(keeper, room, "task_channel", "twin")):
        assert said
    return said


async def test_a_log_channel_that_is_deleted_stops_nothing_and_an_admin_is_told_once(
    world: Discord, sqlite_url: str
) -> None:
    guild = world.guild()
    room, log = world.channel(guild), world.channel(guild, "mods-log")
    keeper = world.person("Keeper", guild, keeper=True)
    async with living(world, sqlite_url) as life:
        await told(keeper, room, "log_channel", "mods-log")
        assert len(answers(log)) == 1
        log.deny("VIEW_CHANNEL", "SEND_MESSAGES")
        assert "is now: pirate" in await told(keeper, room, "persona", "pirate")
        await life.until_rows("SELECT value FROM choice WHERE name = 'log_lost'", [("told",)])
        assert "is now: default" in await told(keeper, room, "persona", "default")
        told_of_it = "SELECT count(*) FROM post WHERE key LIKE '%#log-lost'"
        await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
        assert life.rows(told_of_it) == [(1,)]
