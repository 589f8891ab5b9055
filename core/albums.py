"""Albums: files that somebody sends together reach us one by one, and are one question.

Each part is committed by itself before its platform hears of it, so that none is lost in a crash.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from core.messages import AnyEvent, Message, Place

QUIET, LONGEST = 1.0, 5.0
"""Seconds without a further part after which an album counts as whole, and the most seconds that we wait for it."""

MOST_PARTS = 10
"""The most parts of an album on any platform; there is nothing to wait for after these."""

AlbumKey = tuple[Place, str, str]


@dataclass(slots=True)
class OpenAlbum:
    """An album whose parts are still coming in. `quiet` is for how many seconds it waits for the next one."""

    parts: list[Message]
    quiet: float
    _grown: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, part: Message, quiet: float) -> None:
        """Take a further part."""
        self.parts.append(part)
        self.quiet = quiet
        self._grown.set()

    async def complete(self) -> None:
        """Wait until no further part comes, or for long enough."""
        clock = asyncio.get_running_loop().time
        end = clock() + LONGEST
        while len(self.parts) < MOST_PARTS and clock() < end:
            self._grown.clear()
            try:
                async with asyncio.timeout_at(min(clock() + self.quiet, end)):
                    await self._grown.wait()
            except TimeoutError:
                return


@dataclass(frozen=True, slots=True)
class OpenAlbums:
    """The albums that are coming in. Each leaves when it is whole."""

    _open: dict[AlbumKey, OpenAlbum] = field(default_factory=dict)

    def joins(self, event: AnyEvent, *, left_behind: bool = False) -> bool:
        """Take a part of an album. Returns whether it has joined another part, whose work is for both.

        The first part begins an album, and any other event has none. If an earlier process left a part behind, we may
        not be connected to its platform yet, which has the next parts.
        """
        if not isinstance(event, Message) or not event.album:
            return False
        key, quiet = _key(event), LONGEST if left_behind else QUIET
        if key in self._open:
            self._open[key].add(event, quiet)
            return True
        self._open[key] = OpenAlbum([event], quiet)
        return False

    async def whole(self, event: AnyEvent) -> Message | None:
        """Wait for the album of which an event is the first part. Returns it as one message; None if there is none."""
        if not isinstance(event, Message) or not event.album:
            return None
        key = _key(event)
        album = self._open.get(key)
        if album is None or album.parts[0] is not event:
            return None
        try:
            await album.complete()
        finally:
            if self._open.get(key) is album:
                del self._open[key]
        return put_together(album.parts)

    def drop(self, there: Callable[[Place], bool]) -> None:
        """Forget the albums that are coming in at some places: their work is not done here any more."""
        for key in [key for key in self._open if there(key[0])]:
            del self._open[key]


def put_together(parts: Sequence[Message]) -> Message:
    """The parts of an album as one message, in the order in which they were sent."""
    # Ids of one platform have numbers that grow.
    first, *others = sorted(parts, key=lambda part: (len(part.id), part.id))
    ordered = (first, *others)
    replied = next((part for part in ordered if part.reply_to), first)
    return replace(
        first,
        text="\n\n".join(part.text for part in ordered if part.text.strip()),
        reply_to=replied.reply_to,
        quoted=replied.quoted,
        passages=tuple(dict.fromkeys(passage for part in ordered for passage in part.passages)),
        attachments=tuple(file for part in ordered for file in part.attachments),
        outside=any(part.outside for part in ordered),
        joined=tuple(part.key for part in others),
        resumed=any(part.resumed for part in ordered),
    )


def _key(part: Message) -> AlbumKey:
    return part.place, part.user.id, part.album
