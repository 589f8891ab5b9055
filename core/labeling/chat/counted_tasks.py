"""Counts the tasks that are done, before plugins hear of them."""

from dataclasses import dataclass

from core.messages import AnyEvent
from core.metrics import Metrics
from core.ports.plugins import TaskListener


@dataclass(frozen=True, slots=True)
class CountedTasks:
    """Counts by platform and kind, and passes on what it hears to `next`, if there is somebody."""

    metrics: Metrics
    next: TaskListener | None = None

    async def task_done(self, event: AnyEvent, type: str, id: str) -> None:
        """Count a task that was done."""
        self.metrics.task_done(event.place.platform, type)
        if self.next:
            await self.next.task_done(event, type, id)
