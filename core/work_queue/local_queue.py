"""The queue of a program that does everything in one process: what it accepts, it works on."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlmodel import Session

from core.messages import AnyEvent, Place
from core.ports.store import Store
from core.ports.work_queue import AcceptedEvent, EventWorker
from core.store import inbox


@dataclass(slots=True)
class LocalQueue:
    """The `WorkQueue` port within a process."""

    store: Store
    _worker: EventWorker = field(init=False)

    def serve(self, worker: EventWorker) -> None:
        self._worker = worker

    def enqueue(self, session: Session, event: AnyEvent) -> int | None:
        return None

    def accepted(self, accepted: AcceptedEvent) -> None:
        self._worker.take(accepted)

    async def recover(self, platform: str, ours: Callable[[Place], bool]) -> int:
        left = await self.store.write(lambda session: inbox.unfinished(session, platform, ours))
        for one in left:
            self._worker.take(one)
        return len(left)
