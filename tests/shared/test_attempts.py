"""The pauses between attempts to reach a platform."""

import asyncio

import pytest

from bots.shared import attempts
from bots.shared.attempts import AttemptPauses


async def test_pauses_grow_to_a_limit_and_begin_anew_after_a_success() -> None:
    leaving = asyncio.Event()
    leaving.set()
    pauses, seen = AttemptPauses(leaving), []
    for _ in range(8):
        seen.append(pauses.seconds)
        await pauses.rest()
    assert seen == [1, 2, 4, 8, 16, 32, 60, 60]
    pauses.reset()
    assert pauses.seconds == 1


async def test_a_pause_ends_when_it_is_time_to_leave() -> None:
    leaving = asyncio.Event()
    pauses = AttemptPauses(leaving, seconds=600.0)
    resting = asyncio.create_task(pauses.rest())
    leaving.set()
    await asyncio.wait_for(resting, 5)


async def test_a_pause_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "FIRST_PAUSE", 0.0)
    await asyncio.wait_for(AttemptPauses(asyncio.Event()).rest(), 5)
