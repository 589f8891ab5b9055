"""Which albums in groups are for us: only one of an album's messages has its caption, which may call us.

Telegram sends each photo or file of an album as a message of its own.
"""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Literal

import structlog
import telegram
from cachetools import LRUCache, TTLCache

from bots.shared.background import BackgroundTasks
from core.errors import StoreError
from core.ports.surface import SurfaceStorage

log = structlog.get_logger()

NAME, HELD = "albums", "albums-held"
REMEMBERED, HELD_FOR = 200, 30.0
"""How many albums are remembered, and the seconds for which messages are held that may belong to one that calls us."""

AlbumUse = Literal["", "question", "command"]
"""What an album is to us: nothing so far, a question, or the files of a command."""

HeldPart = tuple[telegram.Message, str]
"""A message of an album, with the key of its update."""


@dataclass(slots=True)
class AlbumUses:
    """Remembers which albums are for us, also over a restart in the middle of one, and for other processes.

    `_held` are the messages of other albums: the caption may come later. Telegram does not send them again, so they are
    stored before it hears that we have them, and for no longer than they are held.
    """

    keep: SurfaceStorage
    bot: telegram.Bot
    _held: TTLCache[str, list[HeldPart]] = field(default_factory=lambda: TTLCache(REMEMBERED, HELD_FOR))
    _known: LRUCache[str, AlbumUse] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _stored: frozenset[str] = frozenset()
    _recalled: bool = False
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)
    _background: BackgroundTasks = field(default_factory=BackgroundTasks)

    async def of(self, message: telegram.Message) -> AlbumUse:
        """Return what the album of a message is to us."""
        name = _album(message)
        if not self._known.get(name):
            self._known.update(json.loads(await self.keep.recall(NAME) or "{}"))
        return self._known.get(name, "")

    async def note(self, message: telegram.Message, use: AlbumUse) -> list[HeldPart]:
        """Remember what an album is to us. Returns its earlier messages. Raises StoreError if that fails.

        They are still held after that: we may die before they are committed, and then the caption comes again.
        """
        name = _album(message)
        async with self._one:
            if self._known.get(name) != use:
                noted = await self.keep.change(NAME, lambda kept: _noted(kept, name, use))
                self._known.update(json.loads(noted))
            self._take_in(await self.keep.recall(HELD))
        return list(self._held.get(name, ()))

    async def hold(self, message: telegram.Message, key: str) -> bool:
        """Hold a message whose album has not called us so far. Raises StoreError if that fails.

        Returns False if it has called us meanwhile, perhaps in another process.
        """
        name = _album(message)
        async with self._one:
            if not self._recalled:
                # What a process has left behind is forgotten by the next one.
                self._take_in(await self.keep.recall(HELD))
                self._recalled = True
            held = self._held.get(name, [])
            if key not in (one for _, one in held):
                self._held[name] = [*held, (message, key)]
                try:
                    await self._store()
                except StoreError:
                    self._held[name] = held
                    raise
        self._forget_later()
        # Whoever notes an album looks at what is held after that, and we do it the other way round.
        return await self.of(message) == ""

    def _take_in(self, stored: str) -> None:
        """Hold what others have held, too. However long they, or we, were away: what Telegram has to send comes now."""
        kept: dict[str, list[list[str]]] = json.loads(stored or "{}")
        for name, held in kept.items():
            ours = self._held.get(name, [])
            keys = {key for _, key in ours}
            if others := [(_read(message, self.bot), key) for message, key in held if key not in keys]:
                self._held[name] = [*ours, *others]
        if kept:
            self._forget_later()

    async def _store(self) -> None:
        """Store what is held. What others hold is left alone; they forget it, or whoever has taken it in."""
        kept = {name: [[message.to_json(), key] for message, key in held] for name, held in self._held.items()}
        ours = self._stored | {key for held in kept.values() for _, key in held}

        def changed(stored: str) -> str:
            there: dict[str, list[list[str]]] = json.loads(stored or "{}")
            others = {name: [one for one in held if one[1] not in ours] for name, held in there.items()}
            names = dict.fromkeys((*others, *kept))
            return json.dumps({name: both for name in names if (both := [*others.get(name, ()), *kept.get(name, ())])})

        await self.keep.change(HELD, changed)
        self._stored = frozenset(key for held in kept.values() for _, key in held)

    def _forget_later(self) -> None:
        if not self._background.running:
            self._background.start(self._forget())

    async def _forget(self) -> None:
        """Erase what was stored once it is no longer held."""
        while self._held.currsize or self._stored:
            await asyncio.sleep(HELD_FOR)
            async with self._one:
                self._held.expire()
                try:
                    await self._store()
                except StoreError as error:
                    log.warning("album_not_forgotten", error=error)

    def cancel(self) -> None:
        """Stop what runs in the background. What is held is there at the next start."""
        self._background.cancel()


def _noted(kept: str, name: str, use: AlbumUse) -> str:
    """Return what all albums are to us, now with this one; the oldest are forgotten."""
    known: dict[str, AlbumUse] = json.loads(kept or "{}")
    known.pop(name, None)
    return json.dumps(dict([*known.items(), (name, use)][-REMEMBERED:]))


def _read(message: str, bot: telegram.Bot) -> telegram.Message:
    return telegram.Message.de_json(json.loads(message), bot)


def _album(message: telegram.Message) -> str:
    return f"{message.chat.id}:{message.media_group_id}"
