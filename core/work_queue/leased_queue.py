"""The queue of several processes on PostgreSQL: an event is committed together with its number and with news of it.

Whoever hears the news and holds its home, or can lease it, works on it (core.work_queue.leased_homes).
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from sqlalchemy.engine import URL
from sqlmodel import Session

from core.backoff import Backoff
from core.errors import StoreError
from core.messages import AnyEvent, Place
from core.ports.store import Store
from core.ports.work_queue import AcceptedEvent, EventWorker
from core.store import event_queue
from core.store.engine.notifications import listening
from core.store.event_queue import FREED, WORK
from core.store.lanes import home
from core.work_queue.leased_homes import LeasedHomes

log = structlog.get_logger()

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds before we listen again once the connection is lost."""

Hear = Callable[[str], None]
"""Called with what another process tells about a subject; with nothing if that may have been missed."""


@dataclass(slots=True)
class LeasedQueue:
    """The `WorkQueue` port between processes.

    `subjects` are what else processes tell each other, and who is to hear it. The store is the one without a fence.
    """

    store: Store
    url: URL
    homes: LeasedHomes
    subjects: dict[str, Hear] = field(default_factory=dict)

    def serve(self, worker: EventWorker) -> None:
        self.homes.worker = worker

    def enqueue(self, session: Session, event: AnyEvent) -> int | None:
        return event_queue.enqueue(session, home(event.place))

    def accepted(self, accepted: AcceptedEvent) -> None:
        self.homes.accepted(home(accepted.event.place))

    async def recover(self, platform: str, ours: Callable[[Place], bool]) -> int:
        return 0

    async def run(self) -> None:
        """Hear the news, hold the leases, and look for what nobody works on; until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._hear())
            tasks.create_task(self.homes.hold())
            tasks.create_task(self.homes.search())

    async def stop(self) -> None:
        """Take on nothing more, and give back where nothing is to be done. Other work goes on until `hand_over`."""
        await self.homes.stop()

    async def hand_over(self) -> None:
        """Give all homes back, so that others go on at once with what is left. Raises StoreError."""
        names = await self.homes.give_all_back()

        def unit(session: Session) -> None:
            for name in names:
                event_queue.tell(session, FREED, name)

        await self.store.write(unit)

    async def _hear(self) -> None:
        pauses = Backoff(FIRST_PAUSE, LONGEST_PAUSE)
        for pause in pauses:
            try:
                async with listening(self.url, event_queue.CHANNEL) as news:
                    pauses.reset()
                    # What was told while nobody listened is in the inbox.
                    self.homes.look_everywhere()
                    for hear in self.subjects.values():
                        hear("")
                    async for text in news:
                        self._heard(*json.loads(text))
            except StoreError as error:
                log.warning("news_not_heard", error=error, again_in=round(pause, 1))
            await asyncio.sleep(pause)

    def _heard(self, subject: str, about: str) -> None:
        if subject == WORK:
            self.homes.heard(about)
        elif subject == FREED:
            self.homes.claims.freed(about)
            self.homes.heard(about)
        elif hear := self.subjects.get(subject):
            hear(about)
