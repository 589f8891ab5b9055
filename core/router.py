"""Takes events from platforms to their handlers: each is committed first, handled once, and in its place's order."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter

import structlog

from core.albums import OpenAlbums
from core.answering.turns import answer_key
from core.backoff import Backoff
from core.errors import StoreError, UnreachableError, UserError, WriteRefused
from core.event_dispatch import EventDispatch, Work
from core.messages import AnyEvent, Deletion, Place
from core.metrics import Metrics
from core.ports.chat import Chat
from core.ports.store import Store
from core.printable import printable
from core.store import inbox, outbox
from core.store.inbox import UnfinishedEvent

log = structlog.get_logger()

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""Seconds between two tries while the database cannot be written or the platform cannot be reached."""

MOST_TRIES = 40
"""After this many tries (about twenty minutes) we give up the event's work, and go on trying only to mark it as done in
the database."""


@dataclass(slots=True)
class WorkLane:
    """A queue of work that is done one item after another, by a task that exists only while there is work."""

    waiting: deque[Work] = field(default_factory=deque)
    task: "asyncio.Task[None] | None" = None


@dataclass(frozen=True, slots=True)
class Router:
    """The entrance to the core: it takes events, and passes each to the part that deals with it.

    Bots call `handle` with each event, and `attach` with the chat that replies go out through. `first_pause` is
    how many seconds pass before an event that failed is tried again for the first time.
    """

    store: Store
    dispatch: EventDispatch
    metrics: Metrics
    first_pause: float = FIRST_PAUSE
    chats: dict[str, Chat] = field(default_factory=dict)
    _lanes: dict[tuple[Place, bool], WorkLane] = field(default_factory=dict)
    _albums: OpenAlbums = field(default_factory=OpenAlbums)

    def attach(self, platform: str, chat: Chat) -> None:
        """Let replies to a platform's events go out through `chat`."""
        self.chats[platform] = chat

    async def handle(self, event: AnyEvent) -> None:
        """Take an event. It is committed when this returns; its effect follows later.

        An event whose key we already have is dropped, and so is the deletion of a message that we never saw. Raises
        StoreError if it could not be committed.
        """
        clean = printable(event)
        if isinstance(clean, Deletion) and not await self.dispatch.knows(clean):
            return
        began = perf_counter()
        try:
            fresh = await self.store.write(lambda session: inbox.accept(session, clean))
        except StoreError:
            self.metrics.boundary_failed("store", "refused")
            raise
        self.metrics.ingress_commit_seconds.observe(perf_counter() - began)
        if not fresh:
            # Platforms resend an event that was not confirmed in time; its key makes the second one harmless.
            self.metrics.dedup_hit(event.place.platform)
            return
        self._begin(clean)

    async def recover(self, platform: str, ours: Callable[[Place], bool] = lambda place: True) -> int:
        """Resume a platform's events that an earlier process left unfinished. Returns how many there were.

        `ours` says which places belong to this process; events of other places may be under way in another process.
        """
        left = await self.store.write(lambda session: inbox.unfinished(session, platform, ours))
        for unfinished in left:
            if unfinished.opened:
                self._queue(unfinished.event, self._resuming(unfinished))
            else:
                self._begin(unfinished.event)
        return len(left)

    async def drain(self, seconds: float) -> None:
        """Let running work finish for this many seconds, then leave the rest to the next start."""
        tasks = [lane.task for lane in self._lanes.values() if lane.task]
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if late:
            log.info("handed_over", conversations=len(late))

    def _begin(self, event: AnyEvent) -> None:
        if not self._albums.joins(event):
            self._queue(event, lambda: self._dispatch(event))

    def _resuming(self, unfinished: UnfinishedEvent) -> Work:
        event = unfinished.event
        if unfinished.opened:
            return lambda: self._resume(event, unfinished.attempts)
        return lambda: self._dispatch(event)

    async def _resume(self, event: AnyEvent, attempts: int) -> None:
        await self.dispatch.resume(event, self.chats[event.place.platform], attempts)

    async def _dispatch(self, event: AnyEvent) -> None:
        await self.dispatch.handle(event, self.chats[event.place.platform], partial(self._queue, behind=True))

    def _queue(self, event: AnyEvent, work: Work, *, behind: bool = False) -> None:
        # A rating or a stop must not wait behind the answer that it concerns, so each place has two lanes.
        key = (event.place, behind or self.dispatch.ordered(event))
        lane = self._lanes.setdefault(key, WorkLane())
        lane.waiting.append(lambda: self._settle(event, work))
        if lane.task is None:
            lane.task = asyncio.create_task(self._run(key, lane))

    async def _run(self, key: tuple[Place, bool], lane: WorkLane) -> None:
        while lane.waiting:
            await lane.waiting.popleft()()
        del self._lanes[key]

    async def _settle(self, event: AnyEvent, work: Work) -> None:
        """Do an event's work and mark it as done; retry while the database or the platform cannot be reached."""
        if album := await self._albums.whole(event):
            event, work = album, partial(self._dispatch, album)
        for tries, pause in enumerate(Backoff(self.first_pause, LONGEST_PAUSE), 1):
            try:
                await self._work(event, work)
                await self.store.write(lambda session: inbox.done(session, *inbox.keys_of(event)))
                await self._finish(event)
                return
            except StoreError as error:
                self.metrics.boundary_failed("store", "retried")
                log.error("store_failed", error=error, event_key=event.key, again_in=pause)
            except UnreachableError as error:
                self.metrics.boundary_failed("platform", "retried")
                log.warning("platform_unreachable", error=error, event_key=event.key, again_in=pause)
            await asyncio.sleep(pause)
            work = partial(self._take_up, event) if tries < MOST_TRIES else partial(self._give_up, event)

    async def _finish(self, event: AnyEvent) -> None:
        chat = self.chats[event.place.platform]
        try:
            await self._attempt(event, partial(chat.done, event), "done_mark_failed")
        except UnreachableError as error:
            log.warning("done_mark_unsent", kind=event.kind, event_key=event.key, error=error)

    async def _take_up(self, event: AnyEvent) -> None:
        """Go on where the database stopped us; an answer that was already opened is not opened a second time."""
        left = await self.store.read(lambda session: inbox.look_up(session, event))
        if left:
            await self._resuming(left)()

    async def _work(self, event: AnyEvent, work: Work) -> None:
        if error := await self._attempt(event, work, "event_failed"):
            if isinstance(error, WriteRefused):
                self.metrics.boundary_failed("platform", "refused")
                log.warning("platform_refused", kind=event.kind, event_key=event.key, error=error)
            explain = partial(self.dispatch.explain, event, self.chats[event.place.platform], error)
            untold = await self._attempt(event, explain, "explanation_failed")
            if untold:
                log.warning("person_not_told", kind=event.kind, event_key=event.key, key=error.key)

    async def _attempt(self, event: AnyEvent, step: Work, failure: str) -> UserError | None:
        """Do a step of an event's work. Returns what the person has to be told if it fails.

        Raises StoreError and UnreachableError, after which it is tried again.
        """
        try:
            await step()
        except (StoreError, UnreachableError):
            raise
        except UserError as error:
            return error
        except Exception:
            # Whatever went wrong, the other conversations go on. The person is told, and the log has the details.
            log.exception(failure, kind=event.kind, event_key=event.key)
            return UserError("internal-error")
        return None

    async def _give_up(self, event: AnyEvent) -> None:
        """Leave an answer that cannot be shown in the database; it is offered before the next answer in its place."""
        self.metrics.boundary_failed("platform", "given_up")
        log.error("event_given_up", kind=event.kind, event_key=event.key)
        await self.store.write(lambda session: outbox.give_up(session, answer_key(event)))
