"""A topic for each question on Telegram, in a group that has topics."""

from core.models.scripted import ScriptedModel
from tests.telegram.living import answers, living
from tests.telegram.server.server import Telegram


async def test_each_question_gets_a_topic_named_after_it(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    group = world.group(admins=[ana], forum=True)
    model = ScriptedModel(lambda lines: f"{len(lines)} lines")
    async with living(world, sqlite_url, model):
        await ana.says(group, "/settings threads on")
        await world.until(lambda: bool(answers(group)))
        await ana.says(group, "What is a parley?", mention=True)
        await world.until(lambda: any(one.text == "2 lines" for one in answers(group)))
    (topic,) = group.topics
    (answer,) = [one for one in answers(group) if one.text == "2 lines"]
    assert answer.thread == topic
    assert "What is a parley?" in str(group.topics[topic].payload())
