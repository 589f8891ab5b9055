"""Telegram's limits, and how often a message of a group may be edited."""

from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

from telegram.error import RetryAfter

from bots.shared.pace import Pace

GROUP = 3.0
"""Seconds between two edits in one group, where Telegram allows twenty messages a minute."""


def seconds(error: Exception) -> float | None:
    """How long Telegram wants us to wait; None where it complains of something else."""
    if not isinstance(error, RetryAfter):
        return None
    again = error.retry_after
    return again.total_seconds() if isinstance(again, timedelta) else float(again)


@dataclass(slots=True)
class Edits:
    """When each group was edited last, in seconds of the monotonic clock."""

    pace: Pace = field(default_factory=lambda: Pace("telegram", seconds))
    _edited: dict[int, float] = field(default_factory=dict)

    def crowded(self, chat: int) -> bool:
        """Whether an edit that can be left out had better be."""
        return bool(self.pace.wait(chat)) or (chat < 0 and monotonic() < self._edited.get(chat, 0.0) + GROUP)

    def edited(self, chat: int) -> None:
        """A message of the chat has just been edited."""
        self._edited[chat] = monotonic()
