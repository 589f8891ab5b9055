"""Answers for one person alone on Slack: /parley ask, and the menu of a message."""

from core.models.scripted import ScriptedModel
from tests.slack.living import answers, living
from tests.slack.server.server import Slack


async def test_ask_and_explain_are_answered_for_one_persons_eyes(world: Slack, sqlite_url: str) -> None:
    room, ana, ben = world.channel(), world.person("Ana"), world.person("Ben")
    model = ScriptedModel(lambda lines: lines[-1].text)
    async with living(world, sqlite_url, model) as life:
        await ana.commands(room, "ask What is a parley?")
        await world.until(lambda: len(room.whispers) == 1)
        said = await ben.says(room, f"Crows <@{ana.id}> can count.")
        await ana.takes("explain", said)
        await world.until(lambda: len(room.whispers) == 2)
        await ana.presses(room.whispers[0], "up:")
        await life.rated(1)
        await world.until(lambda: not world.open)
    asked, explained = room.whispers[:2]
    assert (asked.shown, asked.whispered_to) == ("What is a parley?", ana.id)
    assert "Crows @Ana can count." in explained.shown
    assert answers(room) == []
