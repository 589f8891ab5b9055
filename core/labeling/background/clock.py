"""The clock of background work: repeats a job at intervals, even if one run fails."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from core.errors import ModelError, ParleyError

log = structlog.get_logger()


async def repeat(round: Callable[[], Awaitable[None]], pause: float, failure: str) -> None:
    """Call `round` repeatedly, with a pause in seconds after each call, until cancelled.

    If a call fails, the error is logged under the name `failure`, and the next call comes after the usual pause.
    """
    while True:
        try:
            await round()
        except ParleyError as error:
            log.warning(failure, error=error)
        except Exception:
            # Nothing awaits this task, so an uncaught error would silently end all background work.
            log.exception(failure)
        await asyncio.sleep(pause)


async def while_idle(work: Callable[[], Awaitable[bool]], pause: float, event: str) -> None:
    """Do work for which the models must be idle, until cancelled: at each look for as long as it returns that it has
    done something. If a model fails, the log says so under the name `event`, and the rest waits for the next look.
    """

    async def all_of_it() -> None:
        try:
            while await work():
                pass
        except ModelError as error:
            log.info(event, cause=error.cause or error.key)

    await asyncio.sleep(pause)
    await repeat(all_of_it, pause, event)
