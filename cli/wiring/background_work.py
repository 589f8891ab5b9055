"""Work that goes on in the background for as long as the program runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import structlog

from core.backoff import Backoff
from core.foreign_code import ForeignFault, guarded

log = structlog.get_logger()

BackgroundWork = Callable[[], Awaitable[None]]
"""Begins a piece of work, which ends by itself or goes on until it is cancelled."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
"""Seconds before work that has failed begins again, at first and at most."""


@asynccontextmanager
async def going_on(*work: BackgroundWork) -> AsyncIterator[None]:
    """Do work in the background for as long as the block runs. What fails is logged and begins again."""
    tasks = [asyncio.create_task(kept_going(one)) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def kept_going(work: BackgroundWork, pauses: Backoff | None = None) -> None:
    """Do work until it ends by itself. If it fails, begin it again after a pause: what nobody has foreseen (a full
    table of files, say) ends neither the work for good nor what runs beside it.
    """
    for pause in pauses or Backoff(FIRST_PAUSE, LONGEST_PAUSE):
        try:
            with guarded():
                await work()
            return
        except ForeignFault as fault:
            log.error("background_work_failed", work=name_of(work), error=fault.cause, again_in=round(pause, 1))
        await asyncio.sleep(pause)


def name_of(work: BackgroundWork) -> str:
    """The name of the function that does the work. The objects that it works with may hold what is secret."""
    function = work.func if isinstance(work, partial) else work
    return str(getattr(function, "__qualname__", type(function).__name__))
