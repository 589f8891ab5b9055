"""Groups that have become supergroups: they have a new id, and their messages have new ones."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from cachetools import LRUCache
from telegram.error import ChatMigrated

from core.messages import Place

REMEMBERED = 5000


@dataclass(frozen=True, slots=True)
class MovedGroups:
    """Knows where groups are now, from Telegram's updates and from its refusals.

    `_arrived` are the messages that were meant for a former group and sent to the new one: its id, and theirs.
    """

    _now: LRUCache[int, int] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _arrived: LRUCache[tuple[int, int], bool] = field(default_factory=lambda: LRUCache(REMEMBERED))

    def note(self, former: int, now: int) -> None:
        """Remember a group's new id."""
        self._now[former] = now

    def former(self, place: Place) -> Place | None:
        """Return a place as it was called before its group moved; None if we do not know that it did."""
        channel = place.channel
        before = next((str(former) for former, now in self._now.items() if str(now) == channel), None)
        return None if before is None else replace(place, community=before, channel=before)

    def place(self, place: Place) -> Place:
        """Return a place as it is called now."""
        channel = place.channel.removeprefix("-")
        now = self._now.get(int(place.channel)) if channel.isdecimal() else None
        return place if now is None else replace(place, community=str(now), channel=str(now))

    async def sent(self, place: Place, send: Callable[[Place], Awaitable[str]]) -> str:
        """Send a message to a place, wherever it is now. Returns its id."""
        try:
            id = await send(self.place(place))
        except ChatMigrated as error:
            self.note(int(self.place(place).channel), error.new_chat_id)
            id = await send(self.place(place))
        if self.place(place) != place:
            self._arrived[int(place.channel), int(id)] = True
        return id

    def of_message(self, place: Place, message_id: str) -> Place | None:
        """Return where a message of ours is now; None if it has stayed behind in the former group."""
        now = self.place(place)
        return now if now == place or (int(place.channel), int(message_id)) in self._arrived else None
