"""Ten people call the bot in one channel, and four of them can be answered at once."""

from tests.discord.living import answers, buttons, living
from tests.discord.server.server import Discord
from tests.discord.server.world import Message
from tests.shared.crowd import ASKERS, SLOTS, SOON, BusyModel, first_signs, told_position


async def test_everybody_sees_at_once_that_they_were_heard(world: Discord, sqlite_url: str) -> None:
    guild, busy = world.guild(), BusyModel()
    room = world.channel(guild)
    people = [world.person(f"Ana {number}", guild) for number in range(ASKERS)]
    async with living(world, sqlite_url, busy.model()) as life:

        async def ask(number: int) -> Message:
            return await people[number].says(room, f"question {number}", mention=True)

        def in_line(question: Message) -> bool:
            return any(answer.reference == question.id and told_position(answer.content) for answer in answers(room))

        signs = await first_signs(world, ask, lambda question: room.id in world.typing or in_line(question))
        assert max(seconds for _, seconds in signs) <= SOON
        # Whoever has to wait for others is told so, under the question.
        await world.until(lambda: sum(in_line(question) for question, _ in signs) == ASKERS - SLOTS)
        assert world.typing.count(room.id) < ASKERS
        busy.going.set()
        await world.until(lambda: sum("retry" in buttons(answer) for answer in answers(room)) == ASKERS)
        assert {answer.reference for answer in answers(room)} == {question.id for question, _ in signs}
        assert busy.most == SLOTS
        await life.until_rows("SELECT state, count(*) FROM inbox GROUP BY state", [("done", ASKERS)])


async def test_a_reply_waits_its_turn_and_its_author_sees_that(world: Discord, sqlite_url: str) -> None:
    guild, busy = world.guild(), BusyModel()
    room = world.channel(guild)
    ana, ben = world.person("Ana", guild), world.person("Ben", guild)
    async with living(world, sqlite_url, busy.model()):
        question = await ana.says(room, "What is a crow?", mention=True)
        await world.until(lambda: busy.most == 1)

        async def ask(number: int) -> Message:
            world.typing.clear()
            return await ben.says(room, "And a cow?", mention=True, reply_to=question)

        ((reply, seconds),) = await first_signs(world, ask, lambda _: room.id in world.typing, 1)
        assert seconds <= SOON
        assert busy.most == 1
        busy.going.set()
        await world.until(lambda: sum("retry" in buttons(answer) for answer in answers(room)) == 2)
        assert [answer.reference for answer in answers(room)] == [question.id, reply.id]
