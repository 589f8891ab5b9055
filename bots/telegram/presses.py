"""Presses on buttons: each shows a spinner until we have answered it."""

from dataclasses import dataclass, field
from functools import partial

import structlog
import telegram
from cachetools import LRUCache
from telegram.error import RetryAfter, TelegramError

from bots.shared.pace import MethodPace
from core.errors import UnreachableError
from core.messages import Press

log = structlog.get_logger()

REMEMBERED = 2000
"""For how many presses we remember that we have answered them."""

PRESSES = "presses"
"""The key under which we remember when Telegram takes such answers again."""


@dataclass(slots=True)
class AnsweredPresses:
    """Answers presses, and remembers which it has answered, by the key of their event."""

    bot: telegram.Bot
    pace: MethodPace[RetryAfter]
    _answered: LRUCache[str, bool] = field(default_factory=lambda: LRUCache(REMEMBERED))

    async def answer(self, event: Press, text: str = "") -> bool:
        """Stop the spinner, with a short text over the chat if there is one.

        Returns whether it was shown: Telegram takes one answer to a press, and only for a short time. If nobody knows,
        it counts as not shown.
        """
        if event.key in self._answered:
            return False
        self._answered[event.key] = True
        try:
            await self.pace.call(PRESSES, partial(self.bot.answer_callback_query, event.ticket, text or None))
        except (TelegramError, UnreachableError) as error:
            log.info("press_not_answered", error=error)
            return False
        return True
