"""The limits of an answer."""

import asyncio

import pytest

from core.errors import ModelTimeout
from core.models.timeouts import AnswerDeadline, ModelTimeouts, by

NEVER = 3600.0


async def forever() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("patience", "moved", "cause"),
    [
        (ModelTimeouts(first_token=0, next_token=NEVER, whole=NEVER), False, "no first token within 0 s"),
        (ModelTimeouts(first_token=NEVER, next_token=0, whole=NEVER), True, "no further token within 0 s"),
        (ModelTimeouts(first_token=NEVER, next_token=NEVER, whole=0), True, "the whole answer took longer than 0 s"),
    ],
)
async def test_says_which_limit_was_reached(patience: ModelTimeouts, moved: bool, cause: str) -> None:
    deadline = AnswerDeadline(patience)
    if moved:
        deadline.moved()
    with pytest.raises(ModelTimeout) as reached:
        await deadline.wait(forever())
    assert (reached.value.key, reached.value.cause) == ("model-timeout", cause)


async def test_what_is_in_time_is_returned() -> None:
    async def seven() -> int:
        return 7

    assert await AnswerDeadline(ModelTimeouts()).wait(seven()) == 7
    assert await by(asyncio.get_running_loop().time() + NEVER, seven(), "") == 7
