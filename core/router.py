"""Takes events from platforms to their handlers: each is committed first, handled once, and in its place's order."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from itertools import count
from time import perf_counter
from typing import Any

import structlog
from sqlmodel import Session

from core.answering.assistant import Assistant
from core.commands.ratings import RatingCommands
from core.commands.registry import CommandRegistry
from core.commands.reports import ReportCommands
from core.community_settings import CommunitySettingsStore
from core.delivery.call import CommandCall
from core.delivery.outbox import answered, post
from core.errors import StoreError, UnreachableError, UserError
from core.messages import (
    AnyEvent,
    Attachment,
    Deletion,
    Edit,
    Invocation,
    Message,
    Place,
    Press,
    Quote,
    Reaction,
    Reply,
    Submission,
)
from core.metrics import Metrics
from core.outside_text import storable
from core.ports.chat import Chat
from core.ports.store import Store
from core.store import conversations, inbox, visibility
from core.store.inbox import UnfinishedEvent
from core.texts import LocalizedTexts

log = structlog.get_logger()

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""Seconds between two tries while the database cannot be written or the platform cannot be reached."""

MOST_TRIES = 40
"""After this many tries (about twenty minutes) the event's work is given up; only the database is still waited for, so
that the event can be marked as done."""

Work = Callable[[], Awaitable[None]]
Take = Callable[[CommandCall, Message], Awaitable[bool]]
"""Offered a message before the assistant is; returns True if it has taken the message."""


@dataclass(slots=True)
class WorkLane:
    """A queue of work that is done one item after another, by a task that exists only while there is work."""

    waiting: deque[Work] = field(default_factory=deque)
    task: "asyncio.Task[None] | None" = None


@dataclass(frozen=True, slots=True)
class Router:
    """The entrance to the core: it takes events, and passes each to the part that deals with it.

    Bots call `handle` with each event, and `attach` with the chat that replies go out through. `take` is asked first
    whether a message is meant for a task.
    """

    store: Store
    texts: LocalizedTexts
    menu: CommandRegistry
    assistant: Assistant
    ratings: RatingCommands
    reports: ReportCommands
    communities: CommunitySettingsStore
    metrics: Metrics
    language: str = "en"
    take: Take | None = None
    chats: dict[str, Chat] = field(default_factory=dict)
    _lanes: dict[tuple[Place, bool], WorkLane] = field(default_factory=dict)
    _late: Counter[tuple[Place, str]] = field(default_factory=Counter)

    def attach(self, platform: str, chat: Chat) -> None:
        """Let replies to a platform's events go out through `chat`."""
        self.chats[platform] = chat

    async def handle(self, event: AnyEvent) -> None:
        """Take an event. It is committed when this returns; its effect follows later.

        An event whose key we already have is dropped, and so is the deletion of a message that we never saw. Raises
        StoreError if it could not be committed.
        """
        clean = printable(event)
        if isinstance(clean, Deletion) and not await self._knows(clean):
            return
        began = perf_counter()
        fresh = await self.store.write(lambda session: inbox.accept(session, clean))
        self.metrics.ingress_commit_seconds.observe(perf_counter() - began)
        if not fresh:
            # Platforms resend an event that was not confirmed in time; its key makes the second one harmless.
            self.metrics.dedup_hit(event.place.platform)
            return
        self._queue(clean, lambda: self._dispatch(clean))

    async def recover(self, platform: str, ours: Callable[[Place], bool] = lambda place: True) -> int:
        """Resume a platform's events that an earlier process left unfinished. Returns how many there were.

        `ours` says which places belong to this process; events of other places may be under way in another process.
        """
        left = await self.store.write(lambda session: inbox.unfinished(session, platform, ours))
        for unfinished in left:
            self._queue(unfinished.event, self._resuming(unfinished))
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

    def _resuming(self, unfinished: UnfinishedEvent) -> Work:
        event = unfinished.event
        if unfinished.opened:
            return lambda: self._resume(event, unfinished.attempts)
        return lambda: self._dispatch(event)

    async def _resume(self, event: AnyEvent, attempts: int) -> None:
        await self.communities.settings(event.place)
        await self.assistant.resume(self._in_language(event), self.chats[event.place.platform], attempts)

    def _queue(self, event: AnyEvent, work: Work, *, behind: bool = False) -> None:
        # A rating or a stop must not wait behind the answer that it concerns, so each place has two lanes.
        key = (event.place, behind or self._ordered(event))
        lane = self._lanes.setdefault(key, WorkLane())
        lane.waiting.append(lambda: self._settle(event, work))
        if lane.task is None:
            lane.task = asyncio.create_task(self._run(key, lane))

    def _ordered(self, event: AnyEvent) -> bool:
        return isinstance(event, Message | Edit) or self.menu.ordered(event)

    async def _run(self, key: tuple[Place, bool], lane: WorkLane) -> None:
        while lane.waiting:
            await lane.waiting.popleft()()
        del self._lanes[key]

    async def _settle(self, event: AnyEvent, work: Work) -> None:
        """Do an event's work and mark it as done; retry for as long as the database or the platform is away."""
        pause = FIRST_PAUSE
        for tries in count(1):
            try:
                await self._work(event, work)
                await self.store.write(lambda session: inbox.done(session, event.key))
                await self._finish(event)
                return
            except StoreError as error:
                log.error("store_failed", error=error, event_key=event.key, again_in=pause)
            except UnreachableError as error:
                log.warning("platform_unreachable", error=error, event_key=event.key, again_in=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            work = partial(self._take_up, event) if tries < MOST_TRIES else _give_up

    async def _finish(self, event: AnyEvent) -> None:
        try:
            await self.chats[event.place.platform].done(event)
        except Exception as error:
            log.warning("sign_failed", kind=event.kind, event_key=event.key, error=error)

    async def _take_up(self, event: AnyEvent) -> None:
        """Go on where the database stopped us; an answer that was already opened is not opened a second time."""
        left = await self.store.read(lambda session: inbox.look_up(session, event))
        if left:
            await self._resuming(left)()

    async def _work(self, event: AnyEvent, work: Work) -> None:
        try:
            await work()
        except UserError as error:
            await self._explain(event, error)
        except (StoreError, UnreachableError):
            raise
        except Exception:
            # Whatever went wrong, the other conversations go on. The person is told, and the log has the details.
            log.exception("event_failed", kind=event.kind, event_key=event.key)
            await self._explain(event, UserError("internal-error"))

    async def _explain(self, event: AnyEvent, error: UserError) -> None:
        language = self._in_language(event).user.language
        try:
            text = self.texts(language, error.key, **error.values)
            reply = Reply(text, reply_to=answered(event), personal=True)
            await post(self.store, self.chats[event.place.platform], event, reply, f"{event.key}#error")
        except (StoreError, UnreachableError):
            raise
        except Exception:
            log.exception("explanation_failed", kind=event.kind, event_key=event.key)

    async def _dispatch(self, event: AnyEvent) -> None:
        settings = await self.communities.settings(event.place)
        event = self._in_language(event)
        if not (await self._open_to(event) and settings.admit(event)):
            return
        chat = self.chats[event.place.platform]
        call = CommandCall(event, chat, self.store, self.texts)
        match event:
            case Edit() if event.offer:
                await self.assistant.offer(event, call)
            case Message() if self.take and await self.take(call, event):
                return
            case Message() | Edit():
                await self.assistant.answer(event, chat)
            case Reaction():
                await self._react(call, event)
            case Press():
                await self.menu.press(call, event.action)
            case Invocation():
                await self.menu.invoke(call, event)
            case Submission():
                await self.menu.submit(call, event.form, event.values)
            case Deletion():
                await self._delete(call, event)

    async def _open_to(self, event: AnyEvent) -> bool:
        """Whether the place is open to this person, and not somebody else's private one."""
        if not event.place.private:
            return True
        found = await self.store.read(lambda session: visibility.open_to(session, event.place, event.user))
        if not found:
            # No platform lets that happen. A reply about it would be read by the person whose place it is.
            log.warning("place_of_another", kind=event.kind, event_key=event.key)
        return found

    def _in_language(self, event: AnyEvent) -> AnyEvent:
        """The event with a language: the community's if the platform does not tell the person's."""
        if event.user.language:
            return event
        language = self.communities.known(event.place).language or self.language
        return replace(event, user=replace(event.user, language=language))

    async def _react(self, call: CommandCall, reaction: Reaction) -> None:
        message = (reaction.place, reaction.id)
        if message not in self._late and await self._reacted(call, reaction):
            return
        # It may be on an answer whose platform id we do not know yet. We know it once the lane of answers gets to this
        # reaction, so it waits there, and so do further reactions to the same message.
        self._late[message] += 1
        self._queue(reaction, lambda: self._react_late(call, reaction), behind=True)

    async def _react_late(self, call: CommandCall, reaction: Reaction) -> None:
        message = (reaction.place, reaction.id)
        self._late[message] -= 1
        if not self._late[message]:
            del self._late[message]
        await self._reacted(call, reaction)

    async def _reacted(self, call: CommandCall, reaction: Reaction) -> bool:
        return await self.ratings.react(call, reaction) and await self.reports.react(call, reaction)

    async def _knows(self, event: Deletion) -> bool:
        found = await self.store.read(lambda session: conversations.known_message(session, event.place, event.id))
        return found is not None

    async def _delete(self, call: CommandCall, event: Deletion) -> None:
        def unit(session: Session) -> Sequence[str]:
            message_id = conversations.known_message(session, event.place, event.id)
            return conversations.delete(session, message_id) if message_id else ()

        for answer_id in await self.store.write(unit):
            self.assistant.stop(answer_id)
        await call.chat.refresh(event.place)


async def _give_up() -> None:
    """Do nothing: an answer that cannot be shown stays in the database."""


def printable(event: AnyEvent) -> AnyEvent:
    """The event without what no database can hold: NUL, and half surrogates, which JSON cannot carry.

    The ids of the person and the place and the event's key come from the platform and stay as they are: if changed,
    they could be somebody else's.
    """
    parts = {one.name: getattr(event, one.name) for one in fields(event)}
    changed = {name: _storable(value) for name, value in parts.items() if name not in ("key", "place", "user")}
    return replace(event, user=replace(event.user, name=storable(event.user.name)), **changed)


def _storable(value: Any) -> Any:
    match value:
        case str():
            return storable(value)
        case tuple():
            return tuple(map(_storable, value))
        case Mapping():
            return {storable(name): _storable(one) for name, one in value.items()}
        case Quote():
            user = replace(value.user, name=storable(value.user.name))
            return replace(value, id=storable(value.id), user=user, text=storable(value.text))
        case Attachment():
            return replace(value, name=storable(value.name), media_type=storable(value.media_type))
    return value
