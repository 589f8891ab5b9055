"""Telegram's limits, and how often a message in a group may be edited."""

from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

from telegram.error import RetryAfter

from bots.shared.pace import MethodPace

GROUP = 3.0
"""Seconds between two edits in one group, where Telegram allows twenty messages a minute."""


def seconds(error: Exception) -> float | None:
    """Return how long Telegram wants us to wait, in seconds; None if the error is about something else."""
    if not isinstance(error, RetryAfter):
        return None
    again = error.retry_after
    return again.total_seconds() if isinstance(again, timedelta) else float(again)


@dataclass(slots=True)
class EditPace:
    """Keeps the time at which each group was last edited, in seconds of the monotonic clock."""

    pace: MethodPace = field(default_factory=lambda: MethodPace("telegram", seconds))
    _edited: dict[int, float] = field(default_factory=dict)

    def crowded(self, chat: int) -> bool:
        """Return whether an optional edit should be skipped."""
        return bool(self.pace.wait(chat)) or (chat < 0 and monotonic() < self._edited.get(chat, 0.0) + GROUP)

    def edited(self, chat: int) -> None:
        """Note that a message in the chat has just been edited."""
        self._edited[chat] = monotonic()
