"""The clock of background work: repeats a job at intervals, even if one run fails."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from core.errors import ParleyError

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
