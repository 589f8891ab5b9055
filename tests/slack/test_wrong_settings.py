"""On Slack, a value that a setting does not take is refused in words, and the old value stays."""

from dataclasses import dataclass

import pytest

from tests.shared.wrong_settings import NO_DEFAULT, REFUSED, STRICTEST, Named
from tests.slack.living import living
from tests.slack.server.server import Person, Slack
from tests.slack.server.world import Channel

KEPT = "SELECT name, value FROM choice ORDER BY name"


async def told(keeper: Person, room: Channel, name: str, value: str) -> str:
    """What the command says to a value."""
    return await said_to(keeper, room, f"settings {name} {value}")


async def said_to(person: Person, room: Channel, command: str) -> str:
    """What a command says."""
    before = len(room.whispers)
    await person.commands(room, command)
    await person.world.until(lambda: len(room.whispers) > before)
    return room.whispers[-1].shown


@dataclass
class Town:
    """A workspace with an admin, and another workspace that is none of their business."""

    room: Channel
    keeper: Person
    named: Named

    @classmethod
    def of(cls, world: Slack) -> "Town":
        room, keeper = world.channel(name="square"), world.person("Keeper", admin=True)
        world.garden.groups.append({"id": "S1", "handle": "gardeners", "users": []})
        strange = world.channel(team=world.team("Elsewhere", installed=False))
        world.forgive("channel_not_found")
        link = f"https://garden.slack.com/archives/{room.id}"
        ways = {
            "channel": (
                f"<#{room.id}|square>",
                f"<#{room.id}>",
                "square",
                "#square",
                room.id,
                link,
                f"{link}/p1",
                "here",
            ),
            "role": ("<!subteam^S1|@gardeners>", "<!subteam^S1>", "@gardeners", "gardeners", "S1"),
        }
        shown = {"channel": f"<#{room.id}>", "role": "@gardeners"}
        foreign = {"channel": strange.id, "role": "S999"}
        return cls(room, keeper, Named(ways, shown, "C999999", foreign))

    async def set(self, name: str, value: str) -> str:
        return await told(self.keeper, self.room, name, value)


async def try_all(world: Slack, url: str, *, sample: bool) -> None:
    """Set everything to right values, and back to the default; wrong values then change nothing."""
    town = Town.of(world)
    async with living(world, url) as life:
        for name, value, shown in town.named.right(sample=sample):
            assert "is now: default" in (said := await town.set(name, "default")) or name in NO_DEFAULT, (name, said)
            assert f"is now: {shown}" in (said := await town.set(name, value)), (name, value, said)
        kept = life.rows(KEPT)
        for name, value in town.named.wrong(sample=sample):
            said = await town.set(name, value)
            assert any(words in said for words in REFUSED), (name, value, said)
            assert life.rows(KEPT) == kept


@pytest.mark.slow
async def test_each_setting_holds_what_is_right_and_refuses_what_is_wrong(world: Slack, sqlite_url: str) -> None:
    await try_all(world, sqlite_url, sample=True)


@pytest.mark.sweep
async def test_every_setting_with_every_kind_of_value(world: Slack, sqlite_url: str) -> None:
    await try_all(world, sqlite_url, sample=False)


async def test_nobody_is_locked_out(world: Slack, sqlite_url: str) -> None:
    town, away, member = Town.of(world), world.channel(name="away"), world.person("Member")
    async with living(world, sqlite_url):
        for name, value in STRICTEST.items():
            assert "is now" in await town.set(name, value.format(channel=away.id, role="@gardeners"))
        for command in ("help", "privacy", "forgetme"):
            assert "only certain members" not in await said_to(member, town.room, command), command
        await member.commands(town.room, "mydata")
        await world.until(lambda: any(message.files for message in member.dm().messages))
        assert "only certain members" in await said_to(member, town.room, "stats")
        for name in STRICTEST:
            assert "is now" in await town.set(name, "default")


async def test_a_moderator_by_their_group_moderates_and_no_more(world: Slack, sqlite_url: str) -> None:
    town, mo, member = Town.of(world), world.person("Mo"), world.person("Member")
    world.garden.groups.append({"id": "S2", "handle": "helpers", "users": [mo.id]})
    async with living(world, sqlite_url):
        assert "Only moderators and admins" in await said_to(mo, town.room, "moderate")
        assert "is now" in await town.set("moderators", "@helpers")
        assert "Nothing is waiting" in await said_to(mo, town.room, "moderate")
        assert "Only an admin" in await said_to(mo, town.room, "settings")
        assert "Only moderators and admins" in await said_to(member, town.room, "moderate")


async def test_a_channel_that_it_is_not_in_is_refused(world: Slack, sqlite_url: str) -> None:
    room, away = world.channel(), world.channel(joined=False)
    keeper = world.person("Keeper", admin=True)
    async with living(world, sqlite_url):
        for name in ("channels", "log_channel"):
            assert "Invite me" in await told(keeper, room, name, f"<#{away.id}>")
        link = f"https://garden.slack.com/archives/{room.id}/p1234567890123456"
        assert f"<#{room.id}>" in await told(keeper, room, "channels", link)
