"""Remembers facts about our own messages that Slack's events about them do not include."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog
from cachetools import LRUCache

from bots.shared.button_rows import stop_button
from core.messages import Reply

log = structlog.get_logger()

REMEMBERED = 2000
SETTLES = 1.5
"""Seconds that we wait for a message that is being sent."""


@dataclass(slots=True)
class SentMessages:
    """Remembers the threads of our messages, and the buttons that stop those that grow."""

    _threads: LRUCache[tuple[str, str], str] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _stops: LRUCache[tuple[str, str], str] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _sending: Counter[str] = field(default_factory=Counter)
    _sent: asyncio.Condition = field(default_factory=asyncio.Condition)

    @asynccontextmanager
    async def under_way(self, channel: str) -> AsyncIterator[None]:
        """Note that a message is being sent to a channel: Slack may tell us about it before we know its id."""
        self._sending[channel] += 1
        try:
            yield
        finally:
            self._sending[channel] -= 1
            if not self._sending[channel]:
                del self._sending[channel]
            async with self._sent:
                self._sent.notify_all()

    def note(self, channel: str, ts: str, thread: str) -> None:
        """Remember the thread of a message."""
        self._threads[channel, ts] = thread

    async def thread_of(self, channel: str, ts: str) -> str | None:
        """Return the thread of one of our messages, None if we do not know it; waits for one that is being sent."""
        try:
            async with asyncio.timeout(SETTLES), self._sent:
                await self._sent.wait_for(lambda: not self._sending[channel])
        except TimeoutError:
            log.info("still_sending", channel=channel)
        return self._threads.get((channel, ts))

    def note_stop(self, channel: str, ts: str, reply: Reply) -> None:
        """Remember the button that stops a growing answer, and forget it once the answer has ended."""
        if stop := stop_button(reply):
            self._stops[channel, ts] = stop.action
        else:
            self._stops.pop((channel, ts), None)

    def stop_of(self, channel: str, ts: str) -> str:
        """Return the action of the button that stops a growing answer; empty if no answer is growing there."""
        return self._stops.get((channel, ts), "")
