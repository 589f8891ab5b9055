"""What goes on at each place that somebody looks at. In memory, bounded, and gone after a restart.

The store keeps conversations. What it does not keep is here: answers as they grow, notices, messages that are not yet
part of a conversation, and who is looking.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Literal

from bots.web.markdown import Growing
from bots.web.shelf import Link
from core.messages import Form, Place, Reply

KEPT = 3600.0
"""Seconds that a room without a reader is remembered."""
MOST_ROOMS = 2000
MOST_WATCHERS = 400
MOST_WATCHERS_PER_ROOM = 12
MOST_NOTES = 40
MOST_LIVE = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A form to be filled in, and the message whose button has opened it, empty where none has."""

    form: Form
    id: str = ""


Push = Asked | Place
"""What a page does at once: open a form, or go to another place."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something in the flow that is no turn of the conversation: a notice of ours, a command that a person gave, or a
    message of theirs that the core has accepted and not yet placed."""

    id: str
    kind: Literal["message", "command", "notice"]
    reply: Reply
    at: datetime
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Live:
    """An answer as it was last shown, and the blocks of its text that are done. `key` is its platform id."""

    key: str
    reply: Reply
    growing: Growing
    links: tuple[Link, ...] = ()


@dataclass(slots=True, eq=False)
class Watcher:
    """A page that follows a place. `fresh` asks it to read the transcript anew and not only the growing answers."""

    page: str
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    fresh: bool = True
    closed: bool = False
    pushes: deque[Push] = field(default_factory=lambda: deque(maxlen=8))

    def wake(self, *, fresh: bool = False) -> None:
        self.fresh = self.fresh or fresh
        self.changed.set()

    def close(self) -> None:
        self.closed = True
        self.changed.set()


@dataclass(slots=True, eq=False)
class Room:
    """One place. `owner` is the id of the person it belongs to, `page` the page that spoke last."""

    owner: str = ""
    language: str = "en"
    page: str = ""
    used: float = 0.0
    notes: OrderedDict[str, Note] = field(default_factory=OrderedDict)
    live: OrderedDict[str, Live] = field(default_factory=OrderedDict)
    watchers: list[Watcher] = field(default_factory=list)
    waiting: deque[Push] = field(default_factory=lambda: deque(maxlen=3))
    accepted: deque[str] = field(default_factory=lambda: deque(maxlen=200))

    def accept(self, note: Note) -> None:
        """Show what a person has sent. A form that is sent twice is shown once."""
        if note.id not in self.accepted:
            self.accepted.append(note.id)
            self.note(note)

    def note(self, note: Note) -> None:
        """Show a note, in the place of an earlier one with the same id."""
        self.notes[note.id] = note
        while len(self.notes) > MOST_NOTES:
            self.notes.popitem(last=False)
        self.wake(fresh=True)

    def show(self, live: Live) -> None:
        """Show an answer as it is now. While it grows, pages need not read the transcript again."""
        known = live.reply.answer in self.live
        self.live[live.reply.answer] = live
        while len(self.live) > MOST_LIVE:
            self.live.popitem(last=False)
        self.wake(fresh=not (known and live.reply.underway))

    def remove(self, id: str) -> None:
        """Forget a note or an answer by its platform id."""
        self.notes.pop(id, None)
        for answer in [answer for answer, live in self.live.items() if live.key == id]:
            del self.live[answer]
        self.wake(fresh=True)

    def push(self, push: Push) -> None:
        """Have the page that spoke last do something; without a page that follows, the next one that is loaded."""
        watchers = [watcher for watcher in self.watchers if watcher.page == self.page] or self.watchers
        if not watchers:
            self.waiting.append(push)
        for watcher in watchers:
            watcher.pushes.append(push)
            watcher.wake()

    def wake(self, *, fresh: bool = False) -> None:
        for watcher in self.watchers:
            watcher.wake(fresh=fresh)


class Rooms:
    """The rooms by channel."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._rooms: OrderedDict[str, Room] = OrderedDict()

    def at(self, channel: str) -> Room:
        """The room of a channel; a new one where there is none."""
        room = self._rooms.get(channel)
        if room is None:
            room = self._rooms[channel] = Room()
        self._touch(channel, room)
        self._tidy()
        return room

    def join(self, channel: str, page: str) -> Watcher | None:
        """Let a page follow a channel. None where too many pages follow already."""
        room = self.at(channel)
        if sum(len(room.watchers) for room in self._rooms.values()) >= MOST_WATCHERS:
            return None
        if len(room.watchers) >= MOST_WATCHERS_PER_ROOM:
            room.watchers.pop(0).close()
        watcher = Watcher(page)
        room.watchers.append(watcher)
        return watcher

    def leave(self, channel: str, watcher: Watcher) -> None:
        room = self.at(channel)
        if watcher in room.watchers:
            room.watchers.remove(watcher)

    def close(self) -> None:
        """Let all pages go, so that a server can stop."""
        for room in self._rooms.values():
            for watcher in room.watchers:
                watcher.close()

    def __len__(self) -> int:
        return len(self._rooms)

    def _touch(self, channel: str, room: Room) -> None:
        room.used = self._clock()
        self._rooms.move_to_end(channel)

    def _tidy(self) -> None:
        while len(self._rooms) > 1:
            channel, room = next(iter(self._rooms.items()))
            if len(self._rooms) <= MOST_ROOMS and room.used > self._clock() - KEPT:
                return
            if room.watchers:
                self._touch(channel, room)
            else:
                del self._rooms[channel]
