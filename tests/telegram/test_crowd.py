"""Ten people call the bot in one group, and four of them can be answered at once."""

import pytest

from tests.shared.crowd import ASKERS, SLOTS, WITHIN, BusyModel, first_signs, soon, told_position
from tests.telegram.living import answers, buttons, living
from tests.telegram.server.server import Message, Telegram


@pytest.mark.slow
@pytest.mark.parametrize("within", WITHIN)
async def test_everybody_sees_at_once_that_they_were_heard(world: Telegram, sqlite_url: str, within: float) -> None:
    async def attempt() -> float:
        group, busy = world.group(), BusyModel()
        people = [world.person(f"Ana {number}") for number in range(ASKERS)]
        async with living(world, sqlite_url, busy.model()) as life:

            async def ask(number: int) -> Message:
                return await people[number].says(group, f"question {number}", mention=True)

            def in_line(question: Message) -> bool:
                return any(answer.reply_to is question and told_position(answer.text) for answer in answers(group))

            signs = await first_signs(world, ask, lambda question: group.id in world.actions or in_line(question))
            await world.until(lambda: sum(in_line(question) for question, _ in signs) == ASKERS - SLOTS)
            busy.going.set()
            await world.until(lambda: sum("retry" in buttons(answer) for answer in answers(group)) == ASKERS)
            assert {answer.reply_to.id for answer in answers(group) if answer.reply_to} == {
                question.id for question, _ in signs
            }
            assert busy.most == SLOTS
            await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
            return max(seconds for _, seconds in signs)

    await soon(attempt, within)
