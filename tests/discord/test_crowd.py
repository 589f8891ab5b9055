"""Ten people call the bot in one channel, and four of them can be answered at once."""

import pytest

from tests.discord.living import answers, buttons, living
from tests.discord.server.server import Discord
from tests.discord.server.world import Message
from tests.shared.crowd import ASKERS, SLOTS, WITHIN, BusyModel, first_signs, soon, told_position


@pytest.mark.parametrize("within", WITHIN)
async def test_everybody_sees_at_once_that_they_were_heard(world: Discord, sqlite_url: str, within: float) -> None:
    async def attempt() -> float:
        guild, busy = world.guild(), BusyModel()
        room = world.channel(guild)
        people = [world.person(f"Ana {number}", guild) for number in range(ASKERS)]
        async with living(world, sqlite_url, busy.model()) as life:

            async def ask(number: int) -> Message:
                return await people[number].says(room, f"question {number}", mention=True)

            def in_line(question: Message) -> bool:
                return any(
                    answer.reference == question.id and told_position(answer.content) for answer in answers(room)
                )

            signs = await first_signs(world, ask, lambda question: room.id in world.typing or in_line(question))
            # Whoever has to wait for others is told so, under the question.
            await world.until(lambda: sum(in_line(question) for question, _ in signs) == ASKERS - SLOTS)
            assert world.typing.count(room.id) < ASKERS
            busy.going.set()
            await world.until(lambda: sum("retry" in buttons(answer) for answer in answers(room)) == ASKERS)
            assert {answer.reference for answer in answers(room)} == {question.id for question, _ in signs}
            assert busy.most == SLOTS
            await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
            return max(seconds for _, seconds in signs)

    await soon(attempt, within)


async def test_a_reply_waits_for_the_answer_to_what_it_replies_to(world: Discord, sqlite_url: str) -> None:
    guild, busy = world.guild(), BusyModel()
    room = world.channel(guild)
    ana, ben = world.person("Ana", guild), world.person("Ben", guild)
    async with living(world, sqlite_url, busy.model()):
        question = await ana.says(room, "What is a crow?", mention=True)
        await world.until(lambda: busy.most == 1)
        reply = await ben.says(room, "And a cow?", mention=True, reply_to=question)
        other = await ben.says(room, "And a cat?", mention=True)
        await world.until(lambda: busy.most == 2 and room.id in world.typing)
        busy.going.set()
        await world.until(lambda: sum("retry" in buttons(answer) for answer in answers(room)) == 3)
        found = [answer.reference for answer in answers(room)]
        assert sorted(found, key=lambda id: id == other.id)[:2] == [question.id, reply.id]
        assert busy.most == 2
