"""A reply that grows in a chat: posted with its first words, edited at the pace of the platform."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

import structlog

from core.messages import AnyEvent, Place, Reply
from core.ports import Chat, Store
from core.store import posts

log = structlog.get_logger()

FINAL_TRIES = 4
FIRST_PAUSE = 0.5


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a growing reply goes: its place, its key in the outbox and, once posted, the platform's id of it."""

    place: Place
    key: str
    cause: AnyEvent
    platform_id: str | None = None


@dataclass(slots=True)
class Paced:
    """Shows a growing reply. `on_first` is called once, when the first text reaches the platform.

    One request is under way at a time, and between two the platform's `edit_interval` passes; what came meanwhile goes
    out together. Edits that fail are dropped, since the next one carries the whole text; the last one is tried again.
    """

    chat: Chat
    store: Store
    spot: Spot
    reply: Reply
    on_first: Callable[[], None] = lambda: None
    _shown: Reply | None = None
    _known: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _pump: "asyncio.Task[None] | None" = None

    def write(self, text: str) -> None:
        """Add to the text."""
        self._update(replace(self.reply, text=self.reply.text + text, status=""))

    def note(self, status: str) -> None:
        """Change the line beneath the text."""
        self._update(replace(self.reply, status=status))

    def _update(self, reply: Reply) -> None:
        self.reply = reply
        self._changed.set()
        if self._pump is None:
            self._pump = asyncio.create_task(self._run())

    async def _run(self) -> None:
        pause = self.chat.capabilities.edit_interval
        while not self._ended.is_set():
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._show()
            except Exception as error:
                log.warning("edit_dropped", place=self.spot.place.platform, error=repr(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._ended.wait()

    async def _show(self) -> None:
        reply = self.reply
        if reply == self._shown:
            return
        if self.spot.platform_id:
            await self.chat.edit(self.spot.place, self.spot.platform_id, reply)
        else:
            await self._send(reply)
        self._shown = reply
        await self._record()
        if reply.text:
            self.on_first()
            self.on_first = lambda: None

    async def _send(self, reply: Reply) -> None:
        spot = self.spot
        if not self.chat.capabilities.idempotent_send:
            await self.store.write(lambda session: posts.sending(session, spot.key))
        shown = await self.chat.send(spot.place, reply, spot.key, spot.cause)
        self.spot = replace(spot, platform_id=shown)

    async def _record(self) -> None:
        key, shown = self.spot.key, self.spot.platform_id
        if shown and not self._known:
            await self.store.write(lambda session: posts.sent(session, key, shown))
            self._known = True

    async def pause(self) -> None:
        """Stop editing. What is under way finishes first: a cancelled send would leave us not knowing."""
        if self._pump is None:
            return
        self._ended.set()
        self._changed.set()
        await self._pump
        self._pump = None

    async def end(self, reply: Reply) -> None:
        """Show the reply as it stays. Raises the platform's error where that does not succeed in several tries."""
        await self.pause()
        self.reply = reply
        wait = FIRST_PAUSE
        for left in reversed(range(FINAL_TRIES)):
            try:
                await self._show()
                return
            except Exception as error:
                log.warning("final_edit_failed", place=self.spot.place.platform, left=left, error=repr(error))
                if not left:
                    raise
            await asyncio.sleep(wait)
            wait *= 2
