"""Presses on buttons: each shows a spinner until we have answered it."""

from dataclasses import dataclass, field
from functools import partial

import structlog
import telegram
from telegram.error import RetryAfter, TelegramError

from bots.shared.pace import MethodPace
from core.errors import UnreachableError
from core.messages import Press

log = structlog.get_logger()

PRESSES = "presses"
"""The key under which we remember when Telegram takes such answers again."""


@dataclass(slots=True)
class OpenPresses:
    """Keeps the presses that Telegram is waiting for us to answer, by the key of their event."""

    bot: telegram.Bot
    pace: MethodPace[RetryAfter]
    _open: set[str] = field(default_factory=set)

    def note(self, event: Press) -> None:
        """Note a press that needs an answer."""
        self._open.add(event.key)

    async def answer(self, event: Press, text: str = "") -> None:
        """Stop the spinner, with a short text over the chat if there is one. Only the first answer counts."""
        if event.key not in self._open:
            return
        self._open.discard(event.key)
        try:
            await self.pace.call(PRESSES, partial(self.bot.answer_callback_query, event.ticket, text or None))
        except (TelegramError, UnreachableError) as error:
            log.info("press_not_answered", error=error)
