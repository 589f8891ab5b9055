"""Telegram's updates, each read by itself: one that cannot be read takes no other with it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import telegram

from bots.shared.unreadable import unreadable
from bots.telegram import receive
from core.foreign_code import ForeignFault, guarded
from core.ports.surface import UnreadableItem

UPDATE = "update"
LARGEST_NUMBER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ReadUpdate:
    """An update, and what it was read from.

    `chat` is the id of the chat that it belongs to, 0 if to none; `moved` the former and the new id of a group that has
    moved.
    """

    update: telegram.Update
    raw: Any
    chat: int
    moved: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class UpdateBatch:
    """What an answer to getUpdates contains. `last` is the number of its last update; None if none has a number."""

    read: tuple[ReadUpdate, ...]
    unreadable: tuple[UnreadableItem, ...]
    last: int | None

    @property
    def numberless(self) -> bool:
        """Whether it has updates, but none with a number: we can confirm nothing, so they will come again."""
        return self.last is None and bool(self.unreadable)


def read_batch(items: Sequence[Any], bot: telegram.Bot) -> UpdateBatch:
    """Read the updates of an answer."""
    found = [read_update(item, bot) for item in items]
    numbers = [number for item in items if (number := number_of(item)) is not None]
    return UpdateBatch(
        tuple(one for one in found if isinstance(one, ReadUpdate)),
        tuple(one for one in found if isinstance(one, UnreadableItem)),
        numbers[-1] if numbers else None,
    )


def read_update(item: Any, bot: telegram.Bot) -> ReadUpdate | UnreadableItem:
    """Read one update; if that is impossible, describe it."""
    number = number_of(item)
    try:
        with guarded():
            if number is None:
                raise ValueError("no number")
            update = telegram.Update.de_json(item, bot)
            chat, moved = update.effective_chat, receive.moved(update.message)
            id = chat.id if chat else 0
            # The library takes anything for an id, and updates are put in order by it.
            if not all(type(one) is int for one in (id, *(moved or ()))):
                raise ValueError("a chat whose id is no number")
    except ForeignFault as fault:
        return unreadable(UPDATE, number, item, fault.cause)
    return ReadUpdate(update, item, id, moved)


def number_of(item: Any) -> int | None:
    """Return the number of an update; None if it has none."""
    number = item.get("update_id") if isinstance(item, dict) else None
    return number if type(number) is int and 0 <= number <= LARGEST_NUMBER else None
