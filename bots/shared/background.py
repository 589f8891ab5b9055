"""Background work that nobody waits for: it is not dropped halfway, and its errors are logged."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog

log = structlog.get_logger()


@dataclass(slots=True)
class BackgroundTasks:
    """Runs coroutines in the background and keeps them until they end: asyncio itself may drop an unreferenced task."""

    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something in the background."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)

    @property
    def running(self) -> bool:
        """Whether something has not ended yet."""
        return bool(self._running)

    async def settled(self) -> None:
        """Wait until everything that was started has ended."""
        while self._running:
            await asyncio.wait(self._running)

    def cancel(self) -> None:
        """Stop everything that is still running."""
        for task in self._running:
            task.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("background_task_failed", error=error)
