"""What the processes that share the work tell each other, besides what there is to do."""

import json
from dataclasses import dataclass, field
from functools import partial

from sqlmodel import Session

from core.ports.processes import HearTold, Subject
from core.ports.store import Store
from core.store import event_queue
from core.work_queue.leased_queue import Hear


@dataclass(frozen=True, slots=True)
class SharingProcesses:
    """The `OtherProcesses` port over PostgreSQL. `subjects` are those of the queue, which hears the news."""

    store: Store
    subjects: dict[str, Hear]
    _hearers: dict[Subject, list[HearTold]] = field(default_factory=dict)

    def tell(self, session: Session, subject: Subject, *about: str) -> None:
        event_queue.tell(session, subject, json.dumps(about))

    async def announce(self, subject: Subject, *about: str) -> bool:
        await self.store.write(lambda session: self.tell(session, subject, *about))
        return True

    def hear(self, subject: Subject, hear: HearTold) -> None:
        self._hearers.setdefault(subject, []).append(hear)
        self.subjects[subject] = partial(self._heard, subject)

    def _heard(self, subject: Subject, about: str) -> None:
        for hear in self._hearers[subject]:
            hear(*json.loads(about or "[]"))
