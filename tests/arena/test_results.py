"""What admins read of a comparison in a chat."""

import pytest

from core.messages import User
from tests.arena.conftest import Arena
from tests.arena.test_arena import choice, compare

pytestmark = pytest.mark.above_the_store


async def test_results_for_admins(arena: Arena) -> None:
    ana = arena()
    await ana.types("/arena on new")
    for number in range(3):
        _, _, buttons = await compare(ana, f"Question {number}?")
        await ana.presses_action(buttons, choice(buttons, "good"))
    told = await ana.types("/arena results")
    told.expect("model:new", "votes: 3 · people: 1", "both good: 3", "needs more votes")


@pytest.mark.parametrize(
    ("number", "which", "said"),
    [
        (4, "a", "There is no win rate yet: it is shown once at least 5 people have voted."),
        (5, "good", "There is no win rate yet: nobody has preferred one of two answers."),
        (5, "a", "% of the choices"),
    ],
)
async def test_results_say_why_there_is_no_win_rate(arena: Arena, number: int, which: str, said: str) -> None:
    ana = arena().elsewhere("square", private=False)
    await ana.types("/arena on new")
    _, _, buttons = await compare(ana)
    for one in range(number):
        voter = ana.elsewhere("square", User(f"voter-{one}", "Voter"), private=False)
        await voter.presses_action(buttons, choice(buttons, which))
    (await ana.types("/arena results")).expect(said)
