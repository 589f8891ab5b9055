"""How the bot reaches Telegram, and how Telegram reaches it."""

import os
from dataclasses import dataclass

import telegram

from bots.telegram.request import AiohttpRequest

POLL = 50
"""Seconds for which Telegram may hold a poll open while it waits for an update."""


@dataclass(frozen=True, slots=True)
class TelegramOptions:
    """How to connect.

    With `webhook_url`, Telegram calls us there and sends `secret` in a header; otherwise we poll.
    """

    token: str
    base_url: str = ""
    base_file_url: str = ""
    webhook_url: str = ""
    secret: str = ""


def create(options: TelegramOptions) -> telegram.Bot:
    """Create a bot that is not started yet.

    The library is told, for the whole process, to represent times as its next version will; otherwise it warns.
    """
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    addresses: dict[str, str] = {}
    if options.base_url:
        addresses["base_url"] = options.base_url
    if options.base_file_url:
        addresses["base_file_url"] = options.base_file_url
    return telegram.Bot(
        options.token,
        request=AiohttpRequest(),
        get_updates_request=AiohttpRequest(read_timeout=POLL + 15.0),
        **addresses,  # type: ignore[arg-type] # only the two addresses
    )
