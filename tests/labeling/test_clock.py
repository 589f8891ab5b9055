"""Background work goes on, whatever becomes of one round of it."""

import asyncio

import pytest

from core.errors import ModelError, UserError
from core.labeling.background.clock import repeat, while_idle


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


async def test_what_waits_for_idle_models_is_done_to_its_end_and_survives_their_failures() -> None:
    ends: list[bool | Exception] = [True, True, ModelError("model-unavailable", "it died"), True, False, True]
    done, over = 0, asyncio.Event()

    async def work() -> bool:
        nonlocal done
        end = ends[done] if done < len(ends) else False
        done += 1
        if done > len(ends):
            over.set()
        if isinstance(end, Exception):
            raise end
        return end

    idle = asyncio.create_task(while_idle(work, 0.0, "not_done"))
    async with asyncio.timeout(10):
        await over.wait()
    idle.cancel()
    with pytest.raises(asyncio.CancelledError):
        await idle
