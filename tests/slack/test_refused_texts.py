"""What Slack does not take as we have rendered it arrives all the same, without markup."""

import asyncio

import pytest

from core.models.scripted import ScriptedModel
from tests.slack.living import answers, finished, living
from tests.slack.server.server import Slack
from tests.slack.server.world import Message

WORDS = [f"word{number}" for number in range(500)]


async def test_a_refused_answer_goes_as_plain_text(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url, ScriptedModel([f"**{' '.join(WORDS)}**"], window=100_000)):
        world.misreads(50)
        await ana.says(room, "Count", mention=True)
        await world.until(lambda: finished(room))
        (answer,) = answers(room)
        assert plain(answer) == f"**{' '.join(WORDS)}**"
        assert not [block for block in answer.blocks if block["type"] == "markdown"]


async def test_so_does_what_one_person_alone_sees(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url, ScriptedModel([f"**{' '.join(WORDS)}**"], window=100_000)):
        world.misreads(50)
        await ana.commands(room, "ask Count")
        await world.until(lambda: len(room.whispers) == 1)
    assert plain(room.whispers[0]) == f"**{' '.join(WORDS)}**"
    assert not [call for call in world.asked if call.method == "chat.postEphemeral"]


@pytest.mark.parametrize("step", ["start", "append", "stop"])
async def test_so_does_a_stream(world: Slack, sqlite_url: str, step: str) -> None:
    ana = world.person("Ana")
    room = ana.dm()
    steps: asyncio.Queue[None] = asyncio.Queue()
    world.forgive("invalid_blocks")
    async with living(world, sqlite_url, ScriptedModel(["one two three four five"], pace=steps.get)):
        thread = await ana.opens_pane()
        world.fail(f"chat.{step}Stream", "invalid_blocks")
        await ana.says(room, "Count", thread=thread)
        for _ in range(2):
            steps.put_nowait(None)
        await world.until(lambda: bool(answers(room)) and "two" in answers(room)[0].shown)
        for _ in range(10):
            steps.put_nowait(None)
        await world.until(lambda: finished(room))
        (answer,) = answers(room)
        assert (answer.shown, answer.streaming) == ("one two three four five", False)


def plain(message: Message) -> str:
    """The words of a message in blocks without markup."""
    return "".join(block["text"]["text"] for block in message.blocks if block["type"] == "section")
