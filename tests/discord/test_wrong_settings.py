"""What no setting takes is refused in words, and the old value stays: on Discord."""

from dataclasses import dataclass

import pytest

from tests.discord.living import answers, living
from tests.discord.server.server import Discord, Person
from tests.discord.server.world import Channel
from tests.shared.wrong_settings import NO_DEFAULT, REFUSED, STRICTEST, Named

KEPT = "SELECT name, value FROM choice ORDER BY name"


async def told(keeper: Person, room: Channel, name: str, value: str) -> str:
    """What the command says to a value."""
    return (await (await keeper.commands(room, "settings", {"name": name, "value": value})).answered()).content


@dataclass
class TwoServers:
    """A server with an admin, and another server that is none of their business."""

    world: Discord
    room: Channel
    keeper: Person
    named: Named

    @classmethod
    def of(cls, world: Discord) -> "TwoServers":
        guild, elsewhere = world.guild(), world.guild("Elsewhere")
        room, strange = world.channel(guild), world.channel(elsewhere, "strange")
        role, strange_role = world.role(guild, "Gardeners"), world.role(elsewhere, "Strangers")
        link = f"https://discord.com/channels/{guild.id}/{room.id}"
        ways = {
            "channel": (f"<#{room.id}>", "general", "#general", room.id, link, f"{link}/{room.id}", "here"),
            "role": (f"<@&{role.id}>", "Gardeners", "@gardeners", role.id),
        }
        foreign = {"channel": strange.id, "role": f"<@&{strange_role.id}>"}
        shown = {"channel": f"<#{room.id}>", "role": f"<@&{role.id}>"}
        keeper = world.person("Keeper", guild, keeper=True)
        return cls(world, room, keeper, Named(ways, shown, "123456789012345678", foreign))

    async def set(self, name: str, value: str) -> str:
        return await told(self.keeper, self.room, name, value)


async def try_all(world: Discord, url: str, *, sample: bool) -> None:
    """Set everything to what is right, which the admin can take back; what is wrong then changes nothing."""
    servers = TwoServers.of(world)
    async with living(world, url) as life:
        for name, value, shown in servers.named.right(sample=sample):
            assert "is now: default" in (said := await servers.set(name, "default")) or name in NO_DEFAULT, (name, said)
            assert f"is now: {shown}" in (said := await servers.set(name, value)), (name, value, said)
        kept = life.rows(KEPT)
        for name, value in servers.named.wrong(sample=sample):
            said = await servers.set(name, value)
            assert any(words in said for words in REFUSED), (name, value, said)
            assert life.rows(KEPT) == kept


@pytest.mark.slow
async def test_each_setting_holds_what_is_right_and_refuses_what_is_wrong(world: Discord, sqlite_url: str) -> None:
    await try_all(world, sqlite_url, sample=True)


@pytest.mark.sweep
async def test_every_setting_with_every_kind_of_value(world: Discord, sqlite_url: str) -> None:
    await try_all(world, sqlite_url, sample=False)


async def test_nobody_is_locked_out(world: Discord, sqlite_url: str) -> None:
    servers = TwoServers.of(world)
    guild = servers.room.guild
    assert guild
    away, member = world.channel(guild, "away"), world.person("Member", guild)
    async with living(world, sqlite_url):
        for name, value in STRICTEST.items():
            value = value.format(channel=away.id, role="Gardeners")
            assert "is now" in await servers.set(name, value)
        for command in ("help", "privacy", "mydata", "forgetme"):
            said = await (await member.commands(servers.room, command, {})).answered()
            assert "only certain members" not in said.content, command
        refused = await (await member.commands(servers.room, "stats", {})).answered()
        assert "only certain members" in refused.content
        for name in STRICTEST:
            assert "is now" in await servers.set(name, "default")


async def test_a_moderator_by_their_role_moderates_and_no_more(world: Discord, sqlite_url: str) -> None:
    servers = TwoServers.of(world)
    guild = servers.room.guild
    assert guild
    role = world.role(guild, "Helpers")
    mo, member = world.person("Mo", guild, roles=[role]), world.person("Member", guild)

    async def said(person: Person, command: str) -> str:
        return (await (await person.commands(servers.room, command, {})).answered()).content

    async with living(world, sqlite_url):
        assert "Only moderators and admins" in await said(mo, "moderate")
        assert "is now" in await servers.set("moderators", "Helpers")
        assert "Nothing is waiting" in await said(mo, "moderate")
        assert "Only an admin" in await said(mo, "settings")
        assert "Only moderators and admins" in await said(member, "moderate")
        assert "Nothing is waiting" in await said(servers.keeper, "moderate")


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
    while "is the name of several" not in (said := await told(keeper, room, "task_channel", "twin")):
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
