"""The live state of each place that somebody looks at. In memory, bounded, and gone after a restart.

The store keeps conversations. This module keeps the rest: answers as they grow, notices, messages that are not yet
part of a conversation, and who is looking.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Literal

from cachetools import FIFOCache

from bots.web.downloads import FileLink
from bots.web.markdown import GrowingMarkdown
from core.errors import BusyError
from core.messages import Form, Place, Reply

KEPT = 3600.0
"""Seconds for which a room without a reader is remembered."""
MOST_NOTES = 40
MOST_LIVE = 20


@dataclass(frozen=True, slots=True)
class RoomLimits:
    """Limits on remembered rooms (total, per person) and on following pages (total, per person, per address)."""

    rooms: int = 2000
    rooms_each: int = 100
    watchers: int = 300
    watchers_each: int = 12
    watchers_address: int = 100


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A form to be filled in, and the id of the message whose button opened it; empty if none did."""

    form: Form
    id: str = ""


Push = OpenForm | Place
"""Something that a page does at once: open a form, or go to another place."""


@dataclass(frozen=True, slots=True)
class RoomNote:
    """Something shown among the messages that is not a turn of the conversation.

    It is a notice of ours, a command that a person gave, or their message that the core has accepted but not yet
    placed. "gone" stands for a card that is not kept any more; its text is then the command that shows it again.
    """

    id: str
    kind: Literal["message", "command", "notice", "gone"]
    reply: Reply
    at: datetime
    links: tuple[FileLink, ...] = ()


@dataclass(frozen=True, slots=True)
class LiveAnswer:
    """An answer as it was last shown, and the finished blocks of its text. `key` is its platform id."""

    key: str
    reply: Reply
    growing: GrowingMarkdown
    links: tuple[FileLink, ...] = ()


@dataclass(slots=True, eq=False)
class RoomWatcher:
    """A page that follows a place, and its owner.

    `fresh` asks it to read the transcript again, not only the growing answers. `rest` says that it made way for others:
    its page does not reconnect until somebody looks at it.
    """

    page: str
    owner: str = ""
    address: str = ""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    fresh: bool = True
    closed: bool = False
    rest: bool = False
    pushes: deque[Push] = field(default_factory=lambda: deque(maxlen=8))

    def wake(self, *, fresh: bool = False) -> None:
        self.fresh = self.fresh or fresh
        self.changed.set()

    def close(self, *, rest: bool = False) -> None:
        self.closed, self.rest = True, rest
        self.changed.set()


@dataclass(slots=True, eq=False)
class ChatRoom:
    """The state of one place. `owner` is the id of its owner, `page` the page that last sent something."""

    owner: str = ""
    language: str = "en"
    page: str = ""
    used: float = 0.0
    notes: FIFOCache[str, RoomNote] = field(default_factory=lambda: FIFOCache(MOST_NOTES))
    live: FIFOCache[str, LiveAnswer] = field(default_factory=lambda: FIFOCache(MOST_LIVE))
    watchers: list[RoomWatcher] = field(default_factory=list)
    waiting: deque[Push] = field(default_factory=lambda: deque(maxlen=3))
    accepted: deque[str] = field(default_factory=lambda: deque(maxlen=200))

    @property
    def unused(self) -> bool:
        """Whether nothing has happened here yet."""
        return not (self.notes or self.live or self.accepted or self.waiting)

    def accept(self, note: RoomNote) -> None:
        """Show what a person has sent. A form that was sent twice is shown once."""
        if note.id not in self.accepted:
            self.accepted.append(note.id)
            self.note(note)

    def note(self, note: RoomNote) -> None:
        """Show a note; it replaces an earlier one with the same id."""
        self.notes[note.id] = note
        self.wake(fresh=True)

    def show(self, live: LiveAnswer) -> None:
        """Show an answer as it is now. While it grows, pages need not read the transcript again."""
        known = live.reply.answer in self.live
        self.live[live.reply.answer] = live
        self.wake(fresh=not (known and live.reply.underway))

    def remove(self, id: str) -> None:
        """Forget a note or an answer by its platform id."""
        self.notes.pop(id, None)
        for answer in [answer for answer, live in self.live.items() if live.key == id]:
            del self.live[answer]
        self.wake(fresh=True)

    def push(self, push: Push) -> None:
        """Have the page that last sent something do this; if no page follows, the next one that is loaded does it."""
        watchers = [watcher for watcher in self.watchers if watcher.page == self.page] or self.watchers
        if not watchers:
            self.waiting.append(push)
        for watcher in watchers:
            watcher.pushes.append(push)
            watcher.wake()

    def wake(self, *, fresh: bool = False) -> None:
        for watcher in self.watchers:
            watcher.wake(fresh=fresh)


class ChatRooms:
    """All rooms, by channel. A room is never forgotten while a page follows it."""

    def __init__(self, clock: Callable[[], float] = monotonic, limits: RoomLimits | None = None) -> None:
        self._clock = clock
        self._limits = limits or RoomLimits()
        self._rooms: OrderedDict[str, ChatRoom] = OrderedDict()
        self._owned: dict[str, OrderedDict[str, None]] = {}
        self._watchers: dict[RoomWatcher, ChatRoom] = {}

    def at(self, channel: str) -> ChatRoom:
        """The room of a channel; a new one if there is none yet."""
        room = self._rooms.get(channel)
        if room is None:
            room = self._rooms[channel] = ChatRoom()
        self._touch(channel, room)
        self._tidy()
        return room

    def claim(self, channel: str, owner: str) -> ChatRoom:
        """Give a room to a person, unless it has an owner. A person with too many rooms loses their oldest."""
        room = self.at(channel)
        if room.owner:
            return room
        room.owner = owner
        mine = self._owned.setdefault(owner, OrderedDict())
        mine[channel] = None
        for old in tuple(mine)[: max(0, len(mine) - self._limits.rooms_each)]:
            if not self._rooms[old].watchers:
                self._forget(old)
        return room

    def hand_over(self, owner: str, heir: str) -> None:
        """Give all rooms of a person to their new account."""
        for channel in self._owned.pop(owner, OrderedDict()):
            self._rooms[channel].owner = ""
            self.claim(channel, heir)

    def join(self, channel: str, page: str, owner: str = "", address: str = "") -> RoomWatcher | None:
        """Let a page follow a channel. Returns None if too many pages follow already.

        A person with too many pages keeps the newest, and the oldest rests. If all slots are taken, a page on which
        nothing has happened makes way. Raises BusyError if too many pages follow from the address.
        """
        room, limits = self.at(channel), self._limits
        if address and sum(one.address == address for one in self._watchers) >= limits.watchers_address:
            raise BusyError("web-error-busy")
        mine = [one for one in self._watchers if one.owner == owner]
        if owner and len(mine) >= limits.watchers_each:
            self._rest(mine[0])
        if len(self._watchers) >= limits.watchers:
            idle = next((one for one, where in self._watchers.items() if where.unused), None)
            if idle is None:
                return None
            self._rest(idle)
        watcher = RoomWatcher(page, owner, address)
        room.watchers.append(watcher)
        self._watchers[watcher] = room
        return watcher

    def leave(self, watcher: RoomWatcher) -> None:
        """Remove a page that no longer follows."""
        room = self._watchers.pop(watcher, None)
        if room:
            room.watchers.remove(watcher)

    def close(self) -> None:
        """Release all pages, so that a server can stop."""
        for watcher in self._watchers:
            watcher.close()

    def __len__(self) -> int:
        return len(self._rooms)

    def _rest(self, watcher: RoomWatcher) -> None:
        self.leave(watcher)
        watcher.close(rest=True)

    def _touch(self, channel: str, room: ChatRoom) -> None:
        room.used = self._clock()
        self._rooms.move_to_end(channel)
        if room.owner in self._owned and channel in self._owned[room.owner]:
            self._owned[room.owner].move_to_end(channel)

    def _forget(self, channel: str) -> None:
        room = self._rooms.pop(channel)
        mine = self._owned.get(room.owner)
        if mine is not None:
            mine.pop(channel, None)
            if not mine:
                del self._owned[room.owner]

    def _tidy(self) -> None:
        """Forget rooms that are too old or too many; the newest always stays."""
        for _ in range(len(self._rooms) - 1):
            channel, room = next(iter(self._rooms.items()))
            full = len(self._rooms) > self._limits.rooms
            if not full and room.used > self._clock() - KEPT:
                return
            if full and not room.unused:
                channel, room = self._least()
            if room.watchers:
                self._touch(channel, room)
            else:
                self._forget(channel)

    def _least(self) -> tuple[str, ChatRoom]:
        """Pick the room that matters least: the oldest in which nothing has happened, otherwise the oldest.

        This way, somebody who opens page after page cannot push out what others have said.
        """
        older = list(self._rooms.items())[:-1]
        return next((pair for pair in older if pair[1].unused and not pair[1].watchers), older[0])
