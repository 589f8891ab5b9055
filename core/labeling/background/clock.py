"""The clock of background work: a round, a pause, the next round, whatever becomes of one of them."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from core.errors import ParleyError

log = structlog.get_logger()


async def repeat(round: Callable[[], Awaitable[None]], pause: float, failure: str) -> None:
    """Do a round again and again with a pause in seconds after each, until cancelled.

    A round that fails is logged under the name `failure`; the next one tries again.
    """
    while True:
        try:
            await round()
        except ParleyError as error:
            log.warning(failure, error=error)
        except Exception:
            # Nobody waits for this task: an error that leaves it would end all timed work, and nobody would be told.
            log.exception(failure)
        await asyncio.sleep(pause)
