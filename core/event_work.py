"""The work on events: each is handled once, in the order of its conversation, until its person sees an end."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from time import time

import structlog

from core.albums import OpenAlbums
from core.answering.turns import answer_key
from core.answering.waiting_lines import WaitingLines
from core.backoff import Backoff
from core.delivery.typing import TypingSigns
from core.errors import DamagedRow, StoreError, UnreachableError, UserError, WriteRefused
from core.event_dispatch import EventDispatch
from core.messages import AnyEvent, Message, Place
from core.metrics import Metrics
from core.ports.chat import Chat
from core.ports.store import Store
from core.ports.tracing import UNTRACED, Tracing
from core.ports.work_queue import AcceptedEvent
from core.store import inbox, lanes, outbox
from core.work_lanes import LaneKey, Work, WorkLanes

log = structlog.get_logger()

FIRST_PAUSE = 0.5
LONGEST_PAUSE, LONGEST_STORE_PAUSE = 30.0, 4.0
"""Seconds between two tries: the first time, and at most while the platform cannot be reached, or the database."""

MOST_TRIES, MOST_STORE_TRIES = 40, 300
"""After so many tries because of either (about twenty minutes) we give up the event's work, and go on trying only to
mark it as done in the database."""


@dataclass(frozen=True, slots=True)
class EventWork:
    """Works on accepted events, in a lane for each conversation; what comes of them goes out through `chats`.

    `first_pause` is how many seconds pass before an event that failed is tried again for the first time.
    """

    store: Store
    dispatch: EventDispatch
    metrics: Metrics
    chats: dict[str, Chat]
    typing: TypingSigns = field(default_factory=TypingSigns)
    tracing: Tracing = UNTRACED
    first_pause: float = FIRST_PAUSE
    _lanes: WorkLanes = field(init=False)
    _lines: WaitingLines = field(init=False)
    _albums: OpenAlbums = field(default_factory=OpenAlbums)

    def __post_init__(self) -> None:
        # The dataclass is frozen, and its lanes call back.
        object.__setattr__(self, "_lanes", WorkLanes(self._show_waiting))
        dispatch = self.dispatch
        lines = WaitingLines(self.store, dispatch.texts, dispatch.communities, dispatch.language, self.first_pause)
        object.__setattr__(self, "_lines", lines)

    def take(self, accepted: AcceptedEvent) -> None:
        """Begin the work on an event, or put it behind what is being done."""
        accepted = _marked(accepted)
        event = accepted.event
        if not accepted.opened and self._albums.joins(event, left_behind=accepted.left_behind):
            return
        # A rating or a stop must not wait behind the answer that it concerns.
        ordered = self.dispatch.ordered(event)
        name = accepted.lane if ordered else lanes.place_lane(event.place)
        home = accepted.home or lanes.home(event.place)
        key = LaneKey(event.place, name, "answers" if ordered else "aside", home)
        chat = self.chats[event.place.platform]
        shared, able = not event.place.private, chat.capabilities
        aside = self.dispatch.menu.aside(event)
        others = shared and (isinstance(event, Message) or (aside and not able.personal))
        # Where what one person alone sees can change, the platform shows them by itself that we are at it.
        lined = others or (shared and aside and not able.personal_edits)
        since = accepted.since or time()

        async def work() -> None:
            if others and accepted.left_behind:
                await self._attempt(event, partial(self._lines.remove, event, chat), "waiting_line_left")
            with self.tracing.working(event.place.platform, event.kind, accepted.trace, since):
                await self._settle(event, self._resuming(accepted))

        line = partial(self._lines.keep, event, chat) if lined else None
        self._lanes.add(key, work, quiet=shared and aside, line=line)

    def busy(self, home: str) -> bool:
        """Whether there is work at a home."""
        return self._lanes.busy(home)

    def drop(self, home: str) -> None:
        """Stop all work at a home at once: it is another process's now."""
        self._lanes.drop(home)
        self._albums.drop(lambda place: lanes.home(place) == home)

    async def drain(self, seconds: float) -> None:
        """Let running work finish for this many seconds, then leave the rest to the next start."""
        if late := await self._lanes.drain(seconds):
            log.info("handed_over", conversations=late)

    def _resuming(self, accepted: AcceptedEvent) -> Work:
        event = accepted.event
        if accepted.opened:
            return lambda: self.dispatch.resume(event, self.chats[event.place.platform], accepted.attempts)
        return lambda: self._dispatch(event)

    async def _dispatch(self, event: AnyEvent) -> None:
        await self.dispatch.handle(event, self.chats[event.place.platform], self._queue_behind, self._lanes.lead)

    def _queue_behind(self, event: AnyEvent, about: str, work: Work) -> None:
        self._lanes.add_behind(event.place, lanes.named(event.place, about), lambda: self._settle(event, work))

    async def _show_waiting(self, place: Place, waiting: Callable[[], bool]) -> None:
        await self.typing.keep(self.chats[place.platform], place, waiting)

    async def _settle(self, event: AnyEvent, work: Work) -> None:
        """Do an event's work and mark it as done; retry while the database or the platform cannot be reached."""
        if album := await self._albums.whole(event):
            event, work = album, partial(self._dispatch, album)
        store, platform = Backoff(self.first_pause, LONGEST_STORE_PAUSE), Backoff(self.first_pause, LONGEST_PAUSE)
        while True:
            try:
                await self._work(event, work)
                await self.store.write(lambda session: inbox.done(session, *inbox.keys_of(event)))
                await self._finish(event)
                return
            except StoreError as error:
                pause = next(store)
                self.metrics.boundary_failed("store", "retried")
                log.error("store_failed", error=error, event_key=event.key, again_in=pause)
            except UnreachableError as error:
                pause = next(platform)
                self.metrics.boundary_failed("platform", "retried")
                log.warning("platform_unreachable", error=error, event_key=event.key, again_in=pause)
            await asyncio.sleep(pause)
            given_up = platform.failures >= MOST_TRIES or store.failures >= MOST_STORE_TRIES
            work = partial(self._give_up if given_up else self._take_up, event)

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

        Raises StoreError and UnreachableError, after which it is tried again; a damaged row stays as it is.
        """
        try:
            await step()
        except DamagedRow as error:
            log.error(failure, kind=event.kind, event_key=event.key, error=error)
            return UserError("internal-error")
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


def _marked(accepted: AcceptedEvent) -> AcceptedEvent:
    """The same, with an event that says whether somebody may have begun with it before."""
    return replace(accepted, event=replace(accepted.event, resumed=True)) if accepted.left_behind else accepted
