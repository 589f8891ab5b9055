"""Telegram's refusals: what its error texts mean for us, and its errors turned into ours."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from enum import Enum, auto

from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bots.telegram.request import NOT_DONE
from core.errors import UncertainDelivery, UnreachableError, WriteRefused


class TelegramRefusal(Enum):
    """What to do about a message that Telegram refuses."""

    MUTE = auto()
    """We may not, or cannot, write in that chat or topic: tell the person in private, and the admins."""
    UNKNOWN = auto()
    """There is no such chat for us: the person has not begun one."""
    DELETED = auto()
    """The message is not there any more: a growing answer ends."""
    OLD = auto()
    """The message cannot be changed any more: what it was to show is shown elsewhere."""
    UNCHANGED = auto()
    """The message shows this already."""
    MARKUP = auto()
    """Telegram cannot read the markup, or finds no text in it: send the text without."""
    LONG = auto()
    """Telegram counts more characters than we do: send the text without markup, in pieces."""


MESSAGE_REFUSALS: Mapping[str, TelegramRefusal] = {
    "not enough rights": TelegramRefusal.MUTE,
    "have no rights to send": TelegramRefusal.MUTE,
    "need administrator rights": TelegramRefusal.MUTE,
    "chat_write_forbidden": TelegramRefusal.MUTE,
    "chat_send_plain_forbidden": TelegramRefusal.MUTE,
    "chat_restricted": TelegramRefusal.MUTE,
    "topic_closed": TelegramRefusal.MUTE,
    "topic_deleted": TelegramRefusal.MUTE,
    "message thread not found": TelegramRefusal.MUTE,
    "bot was kicked": TelegramRefusal.MUTE,
    "bot is not a member": TelegramRefusal.MUTE,
    "chat not found": TelegramRefusal.UNKNOWN,
    "message to edit not found": TelegramRefusal.DELETED,
    "message to delete not found": TelegramRefusal.DELETED,
    "message_id_invalid": TelegramRefusal.DELETED,
    "message can't be edited": TelegramRefusal.OLD,
    "not modified": TelegramRefusal.UNCHANGED,
    "parse entities": TelegramRefusal.MARKUP,
    "text is empty": TelegramRefusal.MARKUP,
    "must be non-empty": TelegramRefusal.MARKUP,
    "is too long": TelegramRefusal.LONG,
}
"""Parts of Telegram's error texts, and what we do about each: it gives refusals no codes."""

UNREADABLE = frozenset({TelegramRefusal.MARKUP, TelegramRefusal.LONG})

REFUSED_KEYS: Mapping[TelegramRefusal, str] = {
    TelegramRefusal.MUTE: "channel-mute",
    TelegramRefusal.UNKNOWN: "write-privately",
}
"""The text that the person is told."""


def refusal_of(error: TelegramError) -> TelegramRefusal | None:
    """Return what to do about a refused message; None for an error that we do not expect."""
    words = error.message.casefold()
    found = next((refusal for part, refusal in MESSAGE_REFUSALS.items() if part in words), None)
    # Telegram has many texts for a person who has not started a chat with the bot, or has blocked it.
    return found or (TelegramRefusal.UNKNOWN if isinstance(error, Forbidden) else None)


@asynccontextmanager
async def translated(*, sending: bool) -> AsyncIterator[None]:
    """Turn Telegram's errors into ours. A send whose answer is lost may have succeeded, so it is not repeated."""
    try:
        yield
    except (Forbidden, BadRequest) as error:
        refusal = refusal_of(error)
        if key := REFUSED_KEYS.get(refusal) if refusal else None:
            raise WriteRefused(key, error.message) from error
        raise
    except NetworkError as error:
        if sending and not isinstance(error.__cause__, NOT_DONE):
            raise UncertainDelivery(f"Telegram: {error.message}") from error
        raise UnreachableError(f"Telegram: {error.message}") from error
    except RetryAfter as error:
        raise UnreachableError(f"Telegram: {error.message}") from error
    except InvalidToken as error:
        # Nothing was done. The token may be about to change, or something between us and Telegram is failing.
        raise UnreachableError(f"Telegram: {error.message}") from error
