"""What no setting takes is refused in words, and the old value stays: on Telegram."""

from itertools import islice

import pytest

from tests.shared.wrong_settings import REFUSED, ROLES, SAMPLE, wrong
from tests.telegram.living import answers, living
from tests.telegram.server.server import Chat, Person, Telegram

KEPT = "SELECT name, value FROM choice ORDER BY name"


async def told(keeper: Person, group: Chat, name: str, value: str) -> str:
    """What the command says to a value."""
    before = len(answers(group))
    await keeper.says(group, f"/settings {name} {value}")
    await keeper.world.until(lambda: len(answers(group)) > before)
    return answers(group)[-1].text


async def refuse_all(world: Telegram, url: str, most: int | None) -> None:
    """Set something for each setting, and see that none of the wrong values changes it."""
    keeper = world.person("Keeper")
    group, strange = world.group(admins=[keeper]), world.group("Elsewhere", admins=[keeper])
    async with living(world, url) as life:
        for name, value in {"channels": "Garden", "always": "here", "answers": "5", "persona": "pirate"}.items():
            assert "is now" in await told(keeper, group, name, value)
        kept = life.rows(KEPT)
        for name, value in islice(wrong(str(group.id), "@mods", "-1009", str(strange.id), "@other"), most):
            said = await told(keeper, group, name, value)
            assert any(words in said for words in REFUSED), (name, value, said)
            if name in ROLES and value != ",":
                assert "no roles or groups here" in said
            assert life.rows(KEPT) == kept


async def test_a_wrong_value_of_each_setting_is_refused(world: Telegram, sqlite_url: str) -> None:
    await refuse_all(world, sqlite_url, SAMPLE)


@pytest.mark.sweep
async def test_every_wrong_value_is_refused(world: Telegram, sqlite_url: str) -> None:
    await refuse_all(world, sqlite_url, None)


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
