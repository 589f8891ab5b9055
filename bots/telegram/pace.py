"""Telegram's limits, and how often a message in a group may be edited."""

from dataclasses import dataclass, field
from datetime import timedelta

from cachetools import TTLCache
from telegram.error import RetryAfter

from bots.shared.pace import REMEMBERED, MethodPace

GROUP = 3.0
"""Seconds between two edits in one group, where Telegram allows twenty messages a minute."""


def seconds(error: RetryAfter) -> float:
    """Return how long Telegram wants us to wait, in seconds."""
    again = error.retry_after
    return again.total_seconds() if isinstance(again, timedelta) else float(again)


@dataclass(slots=True)
class EditPace:
    """Says which edits of a growing message to leave out: in a group that has just been edited, or that is closed.

    `MethodPace` waits for a call that must be made; the next edit of a growing message says the same and more.
    """

    pace: MethodPace[RetryAfter] = field(default_factory=lambda: MethodPace("telegram", RetryAfter, seconds))
    _edited: TTLCache[int, bool] = field(default_factory=lambda: TTLCache(REMEMBERED, GROUP))

    def crowded(self, chat: int) -> bool:
        """Return whether an optional edit should be skipped."""
        return bool(self.pace.closed.wait(chat)) or (chat < 0 and chat in self._edited)

    def edited(self, chat: int) -> None:
        """Note that a message in the chat has just been edited."""
        self._edited[chat] = True
