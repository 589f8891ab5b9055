"""How the bot reaches Telegram, and how Telegram reaches it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import telegram

from bots.shared.last_check import Check
from bots.telegram.request import ANSWER, AiohttpRequest

POLL = 50
"""Seconds for which Telegram may hold a poll open while it waits for an update."""


@dataclass(frozen=True, slots=True)
class TelegramOptions:
    """How to connect.

    With `webhook_url`, Telegram calls us there and sends `secret` in a header; otherwise we poll. `longest` is how many
    seconds an answer may take. `check` is made just before each request.
    """

    token: str
    base_url: str = ""
    base_file_url: str = ""
    webhook_url: str = ""
    secret: str = ""
    longest: float = ANSWER
    check: Check | None = None


class TelegramBot(telegram.Bot):
    """The library's bot, which also gives updates as they came: the library reads either all of them or none."""

    async def raw_updates(self, offset: int | None, seconds: int, wanted: Sequence[str]) -> Sequence[Any]:
        """Wait up to so many seconds for updates, which are not read yet. Raises TelegramError."""
        asked = {"offset": offset, "timeout": seconds, "allowed_updates": wanted}
        longest = seconds + (self._request[0].read_timeout or ANSWER)
        found: Sequence[Any] = await self._post("getUpdates", asked, read_timeout=longest)
        return found


def create(options: TelegramOptions) -> TelegramBot:
    """Create a bot that is not started yet.

    The library is told, for the whole process, to represent times as its next version will; otherwise it warns.
    """
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    addresses: dict[str, str] = {}
    if options.base_url:
        addresses["base_url"] = options.base_url
    if options.base_file_url:
        addresses["base_file_url"] = options.base_file_url
    return TelegramBot(
        options.token,
        request=AiohttpRequest(options.longest, options.check),
        get_updates_request=AiohttpRequest(options.longest),
        **addresses,  # type: ignore[arg-type] # only the two addresses
    )
