"""The pauses between attempts to reach a platform."""

import asyncio

from bots.shared.attempts import AttemptPauses
from core.backoff import SHARE


async def test_pauses_grow_to_a_limit_and_begin_anew_after_a_success() -> None:
    leaving = asyncio.Event()
    leaving.set()
    pauses, seen = AttemptPauses(leaving), []
    for _ in range(8):
        seen.append(pauses.seconds)
        await pauses.rest()
    longest = [1, 2, 4, 8, 16, 32, 60, 60]
    assert all(most * (1 - SHARE) <= pause <= most for pause, most in zip(seen, longest, strict=True))
    pauses.reset()
    assert pauses.seconds <= 1


async def test_a_pause_ends_when_it_is_time_to_leave() -> None:
    leaving = asyncio.Event()
    pauses = AttemptPauses(leaving, first_pause=600.0)
    resting = asyncio.create_task(pauses.rest())
    leaving.set()
    await asyncio.wait_for(resting, 5)


async def test_a_pause_ends_by_itself() -> None:
    await asyncio.wait_for(AttemptPauses(asyncio.Event(), first_pause=0.0).rest(), 5)
