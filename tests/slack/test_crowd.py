"""Ten people call the bot in one channel, and four of them can be answered at once."""

import pytest

from tests.shared.crowd import ASKERS, SLOTS, WITHIN, BusyModel, first_signs, soon, told_position
from tests.slack.living import answers, buttons, living
from tests.slack.server.server import Slack
from tests.slack.server.world import Message


@pytest.mark.slow
@pytest.mark.parametrize("within", WITHIN)
async def test_everybody_sees_at_once_that_they_were_heard(world: Slack, sqlite_url: str, within: float) -> None:
    async def attempt() -> float:
        room, busy = world.channel(), BusyModel()
        people = [world.person(f"Ana {number}") for number in range(ASKERS)]
        async with living(world, sqlite_url, busy.model()) as life:

            async def ask(number: int) -> Message:
                return await people[number].says(room, f"question {number}", mention=True)

            def in_line(question: Message) -> bool:
                return any(told_position(answer.small_print + answer.shown) for answer in answers(room, question.ts))

            signs = await first_signs(
                world, ask, lambda question: bool(room.status.get(question.ts)) or in_line(question)
            )
            await world.until(lambda: sum(in_line(question) for question, _ in signs) == ASKERS - SLOTS)
            busy.going.set()
            await world.until(lambda: sum("retry" in buttons(answer) for answer in answers(room)) == ASKERS)
            assert {answer.thread for answer in answers(room)} == {question.ts for question, _ in signs}
            assert busy.most == SLOTS
            await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
            return max(seconds for _, seconds in signs)

    await soon(attempt, within)
