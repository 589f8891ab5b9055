"""What Slack does not take as we have rendered it arrives all the same, without markup."""

from core.models.scripted import ScriptedModel
from tests.slack.living import answers, finished, living
from tests.slack.server.server import Slack

WORDS = [f"word{number}" for number in range(500)]


async def test_a_refused_answer_goes_as_plain_text(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url, ScriptedModel([f"**{' '.join(WORDS)}**"], window=100_000)):
        world.misreads(50)
        await ana.says(room, "Count", mention=True)
        await world.until(lambda: finished(room))
        (answer,) = answers(room)
        plain = [block["text"]["text"] for block in answer.blocks if block["type"] == "section"]
        assert "".join(plain) == f"**{' '.join(WORDS)}**"
        assert not [block for block in answer.blocks if block["type"] == "markdown"]
