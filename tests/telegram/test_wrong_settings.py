"""What no setting takes is refused in words, and the old value stays: on Telegram."""

from dataclasses import dataclass

import pytest

from tests.shared.wrong_settings import NO_DEFAULT, REFUSED, STRICTEST, Named
from tests.telegram.living import answers, living
from tests.telegram.server.server import Chat, Message, Person, Telegram

KEPT = "SELECT name, value FROM choice ORDER BY name"


async def told(keeper: Person, group: Chat, name: str, value: str) -> str:
    """What the command says to a value."""
    return await said_to(keeper, group, f"settings {name} {value}")


async def said_to(person: Person, group: Chat, command: str) -> str:
    """What a command says, which is not the line for the log that may be in the same group."""
    before = len(replies(group))
    await person.says(group, f"/{command}")
    await person.world.until(lambda: len(replies(group)) > before)
    return replies(group)[-1].text


def replies(group: Chat) -> list[Message]:
    return [message for message in answers(group) if not message.text.startswith("⚙️")]


@dataclass
class TwoGroups:
    """A group with an admin and a member, and another group that is none of their business."""

    group: Chat
    keeper: Person
    named: Named

    @classmethod
    def of(cls, world: Telegram) -> "TwoGroups":
        keeper, mo, other = world.person("Keeper"), world.person("Mo"), world.person("Other")
        group, strange = world.group(admins=[keeper]), world.group("Elsewhere", admins=[other])
        world.written(group, mo.account, "Hello")
        ways = {
            "channel": (str(group.id), "Garden", "here"),
            # There are none, so no way leads to one.
            "role": (),
            "person": (str(mo.id), f"tg://user?id={mo.id}"),
        }
        shown = {"channel": "Garden", "person": f"Mo ({mo.id})"}
        foreign = {"channel": str(strange.id), "role": "@other", "person": str(other.id)}
        return cls(group, keeper, Named(ways, shown, "1009", foreign))

    async def set(self, name: str, value: str) -> str:
        return await told(self.keeper, self.group, name, value)


async def try_all(world: Telegram, url: str, *, sample: bool) -> None:
    """Set everything to what is right, which the admin can take back; what is wrong then changes nothing."""
    groups = TwoGroups.of(world)
    async with living(world, url) as life:
        for name, value, shown in groups.named.right(sample=sample):
            assert "is now: default" in (said := await groups.set(name, "default")) or name in NO_DEFAULT, (name, said)
            assert f"is now: {shown}" in (said := await groups.set(name, value)), (name, value, said)
        kept = life.rows(KEPT)
        for name, value in groups.named.wrong(sample=sample):
            said = await groups.set(name, value)
            assert any(words in said for words in REFUSED), (name, value, said)
            if groups.named.kind(name) == "role" and value != ",":
                assert "no roles or groups here" in said
            assert life.rows(KEPT) == kept


@pytest.mark.slow
async def test_each_setting_holds_what_is_right_and_refuses_what_is_wrong(world: Telegram, sqlite_url: str) -> None:
    await try_all(world, sqlite_url, sample=True)


@pytest.mark.sweep
async def test_every_setting_with_every_kind_of_value(world: Telegram, sqlite_url: str) -> None:
    await try_all(world, sqlite_url, sample=False)


async def test_nobody_is_locked_out(world: Telegram, sqlite_url: str) -> None:
    groups = TwoGroups.of(world)
    member = world.person("Member")
    async with living(world, sqlite_url):
        for name, value in STRICTEST.items():
            said = await groups.set(name, value.format(channel="here", role="@mods"))
            assert "is now" in said or "nothing has changed" in said
        for command in ("help", "privacy", "mydata", "forgetme"):
            assert "only certain members" not in await said_to(member, groups.group, command)
        for name in STRICTEST:
            assert "is now" in await groups.set(name, "default")


async def test_a_moderator_by_their_id_moderates_and_no_more(world: Telegram, sqlite_url: str) -> None:
    groups, member = TwoGroups.of(world), world.person("Member")
    mo = world.person("Helper")
    world.written(groups.group, mo.account, "Hello")
    async with living(world, sqlite_url):
        await groups.set("log_channel", "here")
        assert "Only moderators and admins" in await said_to(mo, groups.group, "moderate")
        assert f"is now: Helper ({mo.id})" in await groups.set("moderators", str(mo.id))
        assert "Nothing is waiting" in await said_to(mo, groups.group, "moderate")
        assert "Only an admin" in await said_to(mo, groups.group, "settings")
        assert "Only moderators and admins" in await said_to(member, groups.group, "moderate")


async def test_a_topic_is_named_by_its_link(world: Telegram, sqlite_url: str) -> None:
    keeper = world.person("Keeper")
    group = world.group(admins=[keeper], forum=True)
    topic = world.written(group, world.me, "Reports")
    topic.begins_topic, topic.thread = True, topic.id
    group.topics[topic.id] = topic
    number = str(group.id).removeprefix("-100")
    async with living(world, sqlite_url) as life:
        assert f"t.me/c/{number}/{topic.id}" in await told(
            keeper, group, "channels", f"https://t.me/c/{number}/{topic.id}/99"
        )
        assert "I cannot find a channel" in await told(keeper, group, "channels", f"https://t.me/c/{number}/77/99")
        assert life.rows("SELECT value FROM choice") == [(f"{group.id}/{topic.id}",)]


async def test_an_admin_is_not_told_that_they_are_none_while_telegram_does_not_say_so(
    world: Telegram, sqlite_url: str
) -> None:
    keeper = world.person("Keeper")
    group = world.group(admins=[keeper])
    world.odd["getChatMember"] = [(502, b"<html>")] * 9
    async with living(world, sqlite_url):
        assert "whether you are an admin here" in await said_to(keeper, group, "settings ratings off")
        world.odd["getChatMember"] = []
        assert "is now" in await said_to(keeper, group, "settings ratings off")
