"""What no setting takes is refused in words, and the old value stays: on Slack."""

from itertools import islice

import pytest

from tests.shared.wrong_settings import REFUSED, SAMPLE, wrong
from tests.slack.living import living
from tests.slack.server.server import Person, Slack
from tests.slack.server.world import Channel

KEPT = "SELECT name, value FROM choice ORDER BY name"


async def told(keeper: Person, room: Channel, name: str, value: str) -> str:
    """What the command says to a value."""
    before = len(room.whispers)
    await keeper.commands(room, f"settings {name} {value}")
    await keeper.world.until(lambda: len(room.whispers) > before)
    return room.whispers[-1].shown


async def refuse_all(world: Slack, url: str, most: int | None) -> None:
    """Set something for each setting, and see that none of the wrong values changes it."""
    room, log = world.channel(), world.channel(name="mods-log")
    keeper = world.person("Keeper", admin=True)
    world.garden.groups.append({"id": "S1", "handle": "gardeners", "users": [keeper.id]})
    strange = world.channel(team=world.team("Elsewhere", installed=False))
    world.forgive("channel_not_found")
    good = {"channels": f"<#{room.id}|general>", "always": room.id, "log_channel": "#mods-log", "users": "@gardeners"}
    async with living(world, url) as life:
        for name, value in {**good, "raters": "<!subteam^S1|@gardeners>", "answers": "5", "persona": "pirate"}.items():
            assert "is now" in await told(keeper, room, name, value)
        assert life.rows("SELECT value FROM choice WHERE name IN ('users', 'log_channel')") == [(log.id,), ("S1",)]
        kept = life.rows(KEPT)
        for name, value in islice(wrong(f"<#{room.id}>", "<!subteam^S1>", "C999999", strange.id, "S999"), most):
            said = await told(keeper, room, name, value)
            assert any(words in said for words in REFUSED), (name, value, said)
            assert life.rows(KEPT) == kept


async def test_a_wrong_value_of_each_setting_is_refused(world: Slack, sqlite_url: str) -> None:
    await refuse_all(world, sqlite_url, SAMPLE)


@pytest.mark.sweep
async def test_every_wrong_value_is_refused(world: Slack, sqlite_url: str) -> None:
    await refuse_all(world, sqlite_url, None)


async def test_a_channel_that_it_is_not_in_is_refused(world: Slack, sqlite_url: str) -> None:
    room, away = world.channel(), world.channel(joined=False)
    keeper = world.person("Keeper", admin=True)
    async with living(world, sqlite_url):
        for name in ("channels", "log_channel"):
            assert "Invite me" in await told(keeper, room, name, f"<#{away.id}>")
        link = f"https://garden.slack.com/archives/{room.id}/p1234567890123456"
        assert f"<#{room.id}>" in await told(keeper, room, "channels", link)
