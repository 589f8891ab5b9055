"""Checks over the Bot API whether all that the bot needs is set up at Telegram."""

from dataclasses import dataclass

import telegram
from telegram.error import InvalidToken, TelegramError

from bots.shared.setup import PlatformUnreached, WrongToken
from bots.telegram.options import TelegramOptions, create

FATHER = "https://t.me/BotFather"


@dataclass(frozen=True, slots=True)
class TelegramAccount:
    """The bot behind a token.

    `groups` says whether it may be added to groups, `reads` whether it can read every message there.
    """

    name: str
    username: str
    groups: bool
    reads: bool

    @property
    def link(self) -> str:
        """The link that opens a chat with the bot."""
        return f"https://t.me/{self.username}"

    @property
    def invite(self) -> str:
        """The link that adds the bot to a group as an admin, which is what lets it see reactions."""
        return f"{self.link}?startgroup=parley&admin=manage_chat"


async def examine(options: TelegramOptions) -> TelegramAccount:
    """Ask Telegram about the bot. Raises WrongToken, or PlatformUnreached with the reason."""
    try:
        async with create(options) as bot:
            me: telegram.User = await bot.get_me()
    except InvalidToken:
        raise WrongToken from None
    except TelegramError as error:
        raise PlatformUnreached(error.message) from None
    return TelegramAccount(
        me.full_name, me.username or "", bool(me.can_join_groups), bool(me.can_read_all_group_messages)
    )
