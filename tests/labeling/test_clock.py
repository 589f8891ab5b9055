"""Background work goes on, whatever becomes of one round of it."""

import asyncio

import pytest

from core.errors import UserError
from core.labeling.background.clock import repeat


@pytest.mark.parametrize("fault", [UserError("answer-gone"), KeyError("a mistake of ours")])
async def test_a_round_that_fails_does_not_end_the_clock(fault: Exception) -> None:
    rounds, again = 0, asyncio.Event()

    async def round() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise fault
        again.set()

    clock = asyncio.create_task(repeat(round, 0.0, "not_done"))
    async with asyncio.timeout(10):
        await again.wait()
    clock.cancel()
    with pytest.raises(asyncio.CancelledError):
        await clock
