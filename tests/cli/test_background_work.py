"""cli.wiring.background_work: what fails begins again, and takes nothing with it."""

import asyncio

from cli.wiring.background_work import going_on, kept_going
from core.backoff import Backoff


async def test_work_that_fails_begins_again_until_it_ends_by_itself() -> None:
    tries: list[int] = []

    async def work() -> None:
        tries.append(len(tries))
        if len(tries) < 3:
            raise OSError(24, "Too many open files")

    await kept_going(work, Backoff(0, 0))
    assert tries == [0, 1, 2]


async def test_one_that_fails_leaves_the_others_and_all_end_with_the_block() -> None:
    went_on, ended = asyncio.Event(), asyncio.Event()

    async def fails() -> None:
        raise RuntimeError("nobody has foreseen this")

    async def goes_on() -> None:
        try:
            went_on.set()
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with going_on(fails, goes_on):
        await went_on.wait()
        assert not ended.is_set()
    assert ended.is_set()
