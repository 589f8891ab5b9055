"""Answers for one person alone on Slack: /parley ask, and the menu of a message."""

from core.models.scripted import ScriptedModel
from tests.slack.living import actions, answers, finished, living
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


async def test_what_has_no_room_in_the_menu_is_one_press_away(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url) as life:
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        await ana.takes("more", answers(room)[0])
        await world.until(lambda: len(room.whispers) == 1)
        assert [one.partition(":")[0] for one in actions(room.whispers[0])] == ["more", "more"]
        await ana.presses(room.whispers[0], "more:rate")
        await world.until(lambda: bool(world.views))
        await ana.submits(world.views[0], thumb="down", labels="spam", comment="dull")
        await life.until_rows("SELECT value, comment FROM rating", [(-1, "dull")])


async def test_a_further_question_is_asked_in_a_form(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    model = ScriptedModel(lambda lines: " | ".join(line.text for line in lines[1:]))
    async with living(world, sqlite_url, model):
        await ana.commands(room, "ask I keep bees")
        await world.until(lambda: len(room.whispers) == 1)
        await ana.presses(room.whispers[0], "follow:")
        await world.until(lambda: bool(world.views))
        await ana.submits(world.views[0], question="And what do I keep?")
        await world.until(lambda: len(room.whispers) == 2)
        assert room.whispers[1].shown == "I keep bees | I keep bees | And what do I keep?"
    assert answers(room) == []
