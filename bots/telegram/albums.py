"""Which albums in groups are for us: only one of an album's messages has its caption, which may call us.

Telegram sends each photo or file of an album as a message of its own.
"""

import json
from dataclasses import dataclass, field
from typing import Literal

import telegram
from cachetools import LRUCache, TTLCache

from core.ports.surface import SurfaceStorage

NAME = "albums"
REMEMBERED, HELD_FOR = 200, 30.0
"""How many albums are remembered, and the seconds for which messages are held that may belong to one that calls us."""

AlbumUse = Literal["", "question", "command"]
"""What an album is to us: nothing so far, a question, or the files of a command."""


@dataclass(slots=True)
class AlbumUses:
    """Remembers which albums are for us, also over a restart in the middle of one.

    `_held` are the messages of other albums, with the keys of their updates: the caption may come later.
    """

    keep: SurfaceStorage
    _held: TTLCache[str, list[tuple[telegram.Message, str]]] = field(
        default_factory=lambda: TTLCache(REMEMBERED, HELD_FOR)
    )
    _known: LRUCache[str, AlbumUse] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _recalled: bool = False

    async def of(self, message: telegram.Message) -> AlbumUse:
        """Return what the album of a message is to us."""
        if not self._recalled:
            self._known.update(json.loads(await self.keep.recall(NAME) or "{}"))
            self._recalled = True
        return self._known.get(_album(message), "")

    async def note(self, message: telegram.Message, use: AlbumUse) -> list[tuple[telegram.Message, str]]:
        """Remember what an album is to us. Returns its earlier messages. Raises StoreError if that fails."""
        name = _album(message)
        if await self.of(message) != use:
            await self.keep.remember(NAME, json.dumps({**self._known, name: use}))
            self._known[name] = use
        return self._held.pop(name, [])

    def hold(self, message: telegram.Message, key: str) -> None:
        """Hold a message whose album has not called us so far."""
        held = self._held.setdefault(_album(message), [])
        if key not in (one for _, one in held):
            held.append((message, key))


def _album(message: telegram.Message) -> str:
    return f"{message.chat.id}:{message.media_group_id}"
