"""What Discord does not take as we have rendered it arrives all the same, as it was written."""

import pytest

from core.models.scripted import ScriptedModel
from tests.discord.living import answers, living
from tests.discord.server.server import Discord

WORDS = [f"word{number}" for number in range(150)]
POST = ("POST", "/channels/{channel_id}/messages")
PATCH = ("PATCH", "/channels/{channel_id}/messages/{message_id}")


@pytest.mark.parametrize("route", [POST, PATCH])
async def test_a_refused_answer_goes_as_plain_text(world: Discord, sqlite_url: str, route: tuple[str, str]) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url, ScriptedModel([" ".join(WORDS)], window=100_000)):
        world.fail(*route, status=400, code=50035)
        await ana.says(room, "Count", mention=True)
        await world.until(lambda: WORDS[-1] in "".join(answer.content for answer in answers(room)))
        shown = " ".join(answer.content for answer in answers(room))
        assert [word for word in shown.split() if word.startswith("word")] == WORDS


CALLBACK = ("POST", "/interactions/{interaction_id}/{interaction_token}/callback")
FOLLOWUP = ("POST", "/webhooks/{webhook_id}/{webhook_token}")


@pytest.mark.parametrize("route", [CALLBACK, FOLLOWUP])
async def test_so_does_what_one_person_alone_sees(world: Discord, sqlite_url: str, route: tuple[str, str]) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    words = [f"word{number}" for number in range(400)]
    async with living(world, sqlite_url, ScriptedModel([" ".join(words)], window=100_000)):
        world.fail(*route, status=400, code=50035)
        press = await ana.commands(room, "ask", {"question": "Count"})
        await world.until(lambda: words[-1] in " ".join(one.content for one in press.messages))
        shown = " ".join(one.content for one in press.messages)
        assert [word for word in shown.split() if word.startswith("word")] == words
    assert answers(room) == []
