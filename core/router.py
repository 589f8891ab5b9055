"""Takes events from platforms: committed before they are acknowledged, then brought to those who work on them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter

import structlog
from sqlmodel import Session

from core.errors import DamagedRow, StoreError
from core.event_dispatch import EventDispatch
from core.event_work import EventWork
from core.messages import AnyEvent, Deletion, Place
from core.metrics import Metrics
from core.ports.chat import Chat
from core.ports.store import Store
from core.ports.tracing import UNTRACED, Tracing
from core.ports.work_queue import AcceptedEvent, WorkQueue
from core.printable import printable
from core.store import inbox
from core.store.lanes import home

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Router:
    """The entrance to the core: it accepts events, and a queue brings them to the work on them.

    Bots call `handle` with each event, and `attach` with the chat that replies go out through.
    """

    store: Store
    dispatch: EventDispatch
    metrics: Metrics
    queue: WorkQueue
    work: EventWork
    tracing: Tracing = UNTRACED

    def __post_init__(self) -> None:
        self.queue.serve(self.work)

    @property
    def chats(self) -> Mapping[str, Chat]:
        """The chats that are attached, by their platforms."""
        return self.work.chats

    def attach(self, platform: str, chat: Chat) -> None:
        """Let replies to a platform's events go out through `chat`."""
        self.work.chats[platform] = chat

    async def handle(self, event: AnyEvent) -> None:
        """Take an event. It is committed when this returns; its effect follows later.

        An event whose key we already have is dropped, and so is the deletion of a message that we never saw; so, too,
        one whose place or person stands in a damaged row: it would come again for ever, and hold up all that follow.
        Raises StoreError if it could not be committed.
        """
        try:
            await self._accept(printable(event))
        except DamagedRow as error:
            self.metrics.boundary_failed("store", "failed")
            log.error("event_dropped", kind=event.kind, event_key=event.key, error=error)

    async def _accept(self, clean: AnyEvent) -> None:
        if isinstance(clean, Deletion) and not await self.dispatch.knows(clean):
            return
        together = await self.dispatch.communities.together(clean.place)
        began = perf_counter()
        try:
            with self.tracing.accepting(clean.place.platform, clean.kind) as span:
                trace = span.context

                def unit(session: Session) -> AcceptedEvent | None:
                    number = self.queue.enqueue(session, clean)
                    lane = inbox.accept(session, clean, together=together, number=number, trace=trace)
                    if lane is None:
                        return None
                    return AcceptedEvent(clean, lane, number=number, trace=trace, home=home(clean.place))

                accepted = await self.store.write(unit)
        except StoreError:
            self.metrics.boundary_failed("store", "refused")
            raise
        self.metrics.ingress_commit_seconds.observe(perf_counter() - began)
        if accepted is None:
            # Platforms resend an event that was not confirmed in time; its key makes the second one harmless.
            self.metrics.dedup_hit(clean.place.platform)
            return
        self.queue.accepted(accepted)

    async def recover(self, platform: str, ours: Callable[[Place], bool] = lambda place: True) -> int:
        """Resume a platform's events that an earlier process left unfinished. Returns how many there were.

        `ours` says which places belong to this process; events of other places may be under way in another process.
        """
        return await self.queue.recover(platform, ours)

    async def drain(self, seconds: float) -> None:
        """Let running work finish for this many seconds, then leave the rest to the next start."""
        await self.work.drain(seconds)
