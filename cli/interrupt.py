"""Makes Ctrl-C work at once, even while the event loop is idle."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def interruptible(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end. If Ctrl-C is pressed, cancel it and then raise KeyboardInterrupt.

    With `asyncio.run` alone, Ctrl-C may have no effect until something else wakes the event loop: its signal handler
    has no wakeup descriptor, so a signal that arrives just before the loop starts to wait does not end the wait.
    """

    async def heard() -> T:
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, task_of_ours().cancel)
        return await work

    try:
        return asyncio.run(heard())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def task_of_ours() -> "asyncio.Task[Any]":
    """Return the task that is running now."""
    task = asyncio.current_task()
    assert task is not None
    return task
