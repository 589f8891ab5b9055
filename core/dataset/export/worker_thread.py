"""Runs long work in a thread that calls the store on the event loop, so that a bot can keep working meanwhile."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

from sqlmodel import Session

from core.dataset.export.queries import FetchUnit

T = TypeVar("T")

Ask = Callable[[Callable[[Session], Any]], Awaitable[Any]]
"""A store's `read` or `write`."""


class WorkStopped(Exception):
    """Raised inside the work when its caller was cancelled."""


async def aside(ask: Ask, work: Callable[[FetchUnit], T]) -> T:
    """Do the work in a thread. If we are cancelled, the work ends at its next call to the store."""
    loop = asyncio.get_running_loop()
    stopping = threading.Event()

    def fetch(unit: Callable[[Session], Any]) -> Any:
        if stopping.is_set():
            raise WorkStopped

        async def asked() -> Any:
            return await ask(unit)

        return asyncio.run_coroutine_threadsafe(asked(), loop).result()

    working = asyncio.ensure_future(asyncio.to_thread(work, fetch))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        stopping.set()
        with suppress(WorkStopped):
            await working
        raise
