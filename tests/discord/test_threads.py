"""A thread for each question on Discord."""

from core.models.scripted import ScriptedModel
from tests.discord.living import answers, finished, living
from tests.discord.server.server import Discord


async def test_each_question_gets_a_thread_named_after_it(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    keeper = world.person("Keeper", guild, keeper=True)
    model = ScriptedModel(lambda lines: f"{len(lines)} lines")
    async with living(world, sqlite_url, model) as life:
        await (await keeper.commands(room, "settings", {"name": "threads", "value": "on"})).answered()
        question = await ana.says(room, "What is a parley?", mention=True)
        await world.until(lambda: bool(guild.threads) and finished(next(iter(guild.threads.values()))))
        (thread,) = guild.threads.values()
        assert (thread.name, thread.id) == ("What is a parley?", question.id)
        await ana.says(thread, "Go on")
        await world.until(lambda: finished(thread, 2))
        assert answers(thread)[1].content == "4 lines"
        assert answers(room) == []
        await ana.deletes(question)
        await life.until_rows("SELECT count(*) FROM message WHERE text LIKE '%parley%'", [(0,)])
