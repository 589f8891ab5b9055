"""Telegram's limits: it says when a call comes too early, and then nothing is sent before its time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import TypeVar

import structlog
from telegram.error import RetryAfter

from core.errors import Unreachable

T = TypeVar("T")
log = structlog.get_logger()

MOST = 5
LONGEST = 60.0
"""Calls that are refused so often, or for so many seconds, are left for later."""

MARGIN = 0.05
"""Seconds: the two clocks do not begin to count at the same moment."""

GROUP = 3.0
"""Seconds between two edits in one group, where Telegram allows twenty messages a minute."""


@dataclass(slots=True)
class Pace:
    """When each chat may be written to again, and when it was edited last, in seconds of the monotonic clock."""

    _closed: dict[int, float] = field(default_factory=dict)
    _edited: dict[int, float] = field(default_factory=dict)

    def crowded(self, chat: int) -> bool:
        """Whether an edit that can be left out had better be."""
        now = monotonic()
        return now < self._closed.get(chat, 0.0) or (chat < 0 and now < self._edited.get(chat, 0.0) + GROUP)

    def edited(self, chat: int) -> None:
        """A message of the chat has just been edited."""
        self._edited[chat] = monotonic()

    async def call(self, chat: int, work: Callable[[], Awaitable[T]]) -> T:
        """Do something in a chat when Telegram allows it. Raises Unreachable where that would take too long."""
        for _ in range(MOST):
            wait = self._closed.get(chat, 0.0) - monotonic()
            if wait > LONGEST:
                break
            if wait > 0:
                await asyncio.sleep(wait)
            try:
                return await work()
            except RetryAfter as error:
                again = error.retry_after
                seconds = again.total_seconds() if isinstance(again, timedelta) else float(again)
                log.info("telegram_limit", seconds=seconds)
                self._closed[chat] = monotonic() + seconds + MARGIN
        raise Unreachable("Telegram: too many requests")
