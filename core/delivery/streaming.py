"""Shows a reply that grows: it is posted with its first words, then edited as often as the platform allows."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from functools import partial

import structlog
from sqlmodel import Session

from core.backoff import Backoff
from core.delivery.outbox import announce
from core.delivery.splitting import PartCuts, part_key, parts
from core.delivery.typing import TypingSigns
from core.errors import EditPutOff, EditRefused, MessageGone, StoreError, UncertainDelivery, UnreachableError, UserError
from core.messages import AnyEvent, Place, Reply
from core.ports.chat import Chat, ChatCapabilities
from core.ports.store import Store
from core.ports.tracing import UNTRACED, TraceSpan, Tracing
from core.store import outbox

log = structlog.get_logger()

FINAL_TRIES = 4
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 4.0

SOON = 0.8
"""Seconds after which whoever waits for an answer that they alone will see is told that it comes."""

SHORT = 300
"""Characters of a text that is read within 5 ms, whatever it says."""


@dataclass(frozen=True, slots=True)
class ReplySpot:
    """Where a growing reply goes: its place, its outbox key, and the platform's ids of the parts already posted.

    `cause` is the event that it answers. `tried` says that an earlier attempt may have posted parts that are missing
    from `posted`.
    """

    place: Place
    key: str
    cause: AnyEvent
    posted: tuple[str, ...] = ()
    tried: bool = False


@dataclass(slots=True)
class PacedReply:
    """Shows a growing reply. `on_first` is called once, when the first text reaches the platform.

    Only one request is under way at a time, with at least the platform's `edit_interval` between two; text that comes
    meanwhile goes out together. Edits that fail are dropped, since the next one has the whole text; only the last one
    is retried. A text that outgrows the platform's limit goes on in a further message.
    """

    chat: Chat
    store: Store
    spot: ReplySpot
    reply: Reply
    on_first: Callable[[], None] = lambda: None
    on_refused: Callable[[], object] = lambda: None
    """Called once the platform does not take the growing reply any more, so that nobody goes on writing in vain."""
    hold: bool = False
    """Show nothing before the end, since a plugin judges the whole answer first."""
    waiting: str = ""
    """The line that stands beneath the reply until there is text, where we cannot show that we are typing."""
    typing: TypingSigns = field(default_factory=TypingSigns)
    tracing: Tracing = UNTRACED
    first_pause: float = FIRST_PAUSE
    """Seconds before the last edit is tried a second time."""
    _shown: dict[int, Reply] = field(default_factory=dict)
    _cuts: PartCuts = field(default_factory=PartCuts)
    _recorded: int = 0
    _unsure: UncertainDelivery | None = None
    _refused: UserError | MessageGone | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _pump: "asyncio.Task[None] | None" = None

    def thinking(self) -> AbstractContextManager[None]:
        """Show during the body that we are typing, until there is text to show."""
        if self.reply.personal and not self.chat.capabilities.personal_edits:
            return told_alone(self.chat, self.store, self.spot, self.waiting)
        return self.typing.during(self.chat, self.spot.place, self._is_awaited, self._say_so)

    def _is_awaited(self) -> bool:
        # Everybody would see the sign, also for what is one person's alone.
        return not self.reply.personal and (self.hold or not self.reply.text)

    def _say_so(self) -> None:
        if not self.reply.text and not self.reply.status:
            self.note(self.waiting)

    def note(self, status: str) -> None:
        """Change the line beneath the text."""
        self.grow(self.reply.text, status)

    def grow(self, text: str, status: str = "", reasoning: str = "") -> None:
        """Change the text, which gets longer except in rare cases, the line beneath it, and the reasoning above it."""
        reasoning = reasoning if self.chat.capabilities.reasoning else ""
        shown = self.reply
        if (text, status, reasoning) == (shown.text, shown.status, shown.reasoning):
            return
        self.reply = replace(shown, text=text, status=status, reasoning=reasoning)
        self._changed.set()
        if self._pump is None and not self.hold:
            self._pump = asyncio.create_task(self._run())

    async def _run(self) -> None:
        pause = self.chat.capabilities.edit_interval
        # What was written is shown once even if the answer has ended before this task began.
        while not self._unsure:
            await self._changed.wait()
            self._changed.clear()
            error = await self._error_of(self._show())
            if isinstance(error, EditPutOff):
                # Nothing more may come for a while, and a line says what is being done meanwhile.
                self._changed.set()
            elif error:
                log.warning("edit_dropped", place=self.spot.place.platform, error=error)
            if isinstance(error, UserError | MessageGone):
                self._refused = error
                self.on_refused()
                return
            if not self._ended.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._ended.wait()
            if self._ended.is_set():
                return

    async def _show(self) -> None:
        reply = self.reply
        if self._unsure:
            raise self._unsure
        for number, part in enumerate(await in_parts(reply, self.chat.capabilities, self._cuts)):
            if self._shown.get(number) != part:
                await self._show_part(number, part)
        if self._pump is None or not self._ended.is_set():
            # Once it has ended, that is recorded with its text, at once.
            await self.record()
        if reply.text:
            self.on_first()
            self.on_first = lambda: None

    async def _show_part(self, number: int, part: Reply) -> None:
        if number >= len(self.spot.posted) and part.underway and await self._draft(number, part):
            self._shown[number] = part
            return
        if number < len(self.spot.posted):
            # A trace has the last edit alone: there may be hundreds before.
            with nullcontext() if part.underway else posting(self.tracing, self.spot.place, number):
                await self.chat.edit(self.spot.place, self.spot.posted[number], part)
        else:
            await self._send(number, part)
            if self.spot.tried and self.chat.capabilities.sends_once(personal=part.personal):
                # The send may have returned the message of the earlier attempt, with its old text.
                await self.chat.edit(self.spot.place, self.spot.posted[number], part)
        self._shown[number] = part

    async def _draft(self, number: int, part: Reply) -> bool:
        return await self.chat.draft(self.spot.place, part, part_key(self.spot.key, number))

    async def _send(self, number: int, part: Reply) -> None:
        spot, key = self.spot, part_key(self.spot.key, number)
        if number:
            # In one unit: an answer whose parts are all sent is whole, whenever we die.
            await self.record(lambda session: outbox.extend(session, spot.key, key, number))
        if not self.chat.capabilities.sends_once(personal=part.personal):
            await self.store.write(lambda session: outbox.sending(session, key))
        try:
            with posting(self.tracing, spot.place, number):
                shown = await self.chat.send(spot.place, part, key, spot.cause)
        except UnreachableError:
            self.spot = replace(spot, tried=True)
            await self.store.write(lambda session: outbox.unsent(session, key))
            raise
        except UncertainDelivery as error:
            self._unsure = error
            await self.store.write(lambda session: outbox.abandon(session, part.answer))
            raise
        self.spot = replace(spot, posted=(*spot.posted, shown))

    async def record(self, also: Callable[[Session], None] | None = None) -> None:
        """Record the ids that the platform has given to the parts, and in the same unit, what else is to be stored."""
        posted = self.spot.posted
        late = [(part_key(self.spot.key, number), posted[number]) for number in range(self._recorded, len(posted))]
        if not late and also is None:
            return

        def unit(session: Session) -> None:
            for key, shown in late:
                outbox.sent(session, key, shown)
            if also:
                also(session)

        await self.store.write(unit)
        self._recorded = len(posted)

    async def pause(self) -> None:
        """Stop editing. A running request finishes first: after a cancelled send we could not know its outcome."""
        if self._pump is None:
            return
        self._ended.set()
        self._changed.set()
        await self._pump
        self._pump = None

    async def end(self, reply: Reply) -> None:
        """Show the final reply.

        Raises the platform's error if several tries fail. UncertainDelivery (it must not be shown twice) and
        EditRefused (the message stays as it is) are raised at once.
        A reply whose message was deleted while it grew has no end to show.
        """
        await self.pause()
        self.reply = reply
        if isinstance(self._refused, MessageGone):
            return
        if self._refused:
            raise self._refused
        for left, pause in zip(reversed(range(FINAL_TRIES)), Backoff(self.first_pause, LONGEST_PAUSE), strict=False):
            error = await self._error_of(self._show_all())
            if error is None:
                return
            if isinstance(error, UserError | UncertainDelivery | EditRefused):
                # Retrying does not help: we may not write there, or it may be there already.
                raise error
            log.warning("final_edit_failed", place=self.spot.place.platform, left=left, error=error)
            if not left:
                raise error
            await asyncio.sleep(pause)

    async def _show_all(self) -> None:
        await self._show()
        await self._clear()

    async def _error_of(self, request: Awaitable[None]) -> Exception | None:
        """Make a request of the platform. Returns the error if it fails."""
        try:
            await request
        except Exception as error:
            # Whatever a platform's library raises, the answer goes on: the next edit has the whole text.
            return error
        return None

    async def _clear(self) -> None:
        """Delete the surplus parts that an earlier attempt left behind, if its answer was longer."""
        if len(self.spot.posted) <= 1:
            return
        needed = len(await in_parts(self.reply, self.chat.capabilities, self._cuts))
        while len(self.spot.posted) > needed:
            *before, surplus = self.spot.posted
            await self.chat.delete(self.spot.place, surplus)
            await self.store.write(partial(outbox.drop, key=part_key(self.spot.key, len(before))))
            self.spot = replace(self.spot, posted=tuple(before))


@contextmanager
def told_alone(chat: Chat, store: Store, spot: ReplySpot, words: str) -> Iterator[None]:
    """Tell a person alone that we are at it, if the body takes longer than `SOON`: they see nothing before its end."""

    async def tell() -> None:
        await asyncio.sleep(SOON)
        notice, key = Reply(words, personal=True), f"{spot.cause.key}#thinking"
        try:
            await announce(store, chat, spot.place, notice, key, spot.cause)
        except (UnreachableError, UncertainDelivery, UserError, StoreError) as error:
            log.info("thinking_not_told", place=spot.place.platform, error=error)

    telling = asyncio.create_task(tell())
    try:
        yield
    finally:
        telling.cancel()


def posting(tracing: Tracing, place: Place, number: int) -> AbstractContextManager[TraceSpan]:
    """Trace the sending of a part of a reply, or its last edit."""
    return tracing.step("post", {"parley.platform": place.platform, "parley.part": number})


async def in_parts(reply: Reply, able: ChatCapabilities, cuts: PartCuts) -> list[Reply]:
    """The messages that show a reply. Only a short one is split at once: others go on while we read it."""
    if len(reply.text) <= SHORT:
        return parts(reply, able, cuts)
    return await asyncio.to_thread(parts, reply, able, cuts)
