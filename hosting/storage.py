"""A plugin's storage in one community, over the store."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from sqlmodel import Session

from core.messages import Place
from core.ports import Store
from core.store import identities, passages, plugins
from core.store.tables import PluginPassage
from parley import Passage, PluginError

T = TypeVar("T")

LARGEST = 64 * 1024
"""Characters of one value as JSON."""

LONGEST_KEY = 200
LONGEST_TEXT, MOST_FOUND = 2_000_000, 20


@dataclass(frozen=True, slots=True)
class PlaceStorage:
    """Implements the plugin API's `Storage` for a plugin where it was called."""

    store: Store
    plugin: str
    place: Place

    async def get(self, key: str, default: Any = None) -> Any:
        """What is kept under a key, else the default."""
        found = await self.store.read(lambda session: self._value(session, key))
        return default if found is None else found

    async def set(self, key: str, value: Any) -> None:
        """Keep a value. Raises PluginError for one that JSON cannot hold or that is too large."""
        try:
            size = len(json.dumps(value))
        except (TypeError, ValueError):
            raise PluginError(f"{self.plugin}: {key} cannot be kept: it is nothing that JSON can hold") from None
        if size > LARGEST or not 0 < len(key) <= LONGEST_KEY:
            raise PluginError(f"{self.plugin}: {key[:40]} cannot be kept: at most {LARGEST} characters of JSON")
        await self.store.write(partial(self._keep, key=key, value=value))

    async def delete(self, key: str) -> None:
        """Take a value away."""
        await self.store.write(partial(self._keep, key=key, value=None))

    async def keys(self, prefix: str = "") -> list[str]:
        """The keys that begin so."""

        def unit(session: Session) -> list[str]:
            community_id = identities.known_community(session, self.place)
            return plugins.names(session, community_id, self.plugin, prefix) if community_id else []

        return await self.store.read(unit)

    def _value(self, session: Session, key: str) -> Any:
        community_id = identities.known_community(session, self.place)
        return plugins.value(session, community_id, self.plugin, key) if community_id else None

    def _keep(self, session: Session, key: str, value: Any) -> None:
        plugins.keep(session, identities.community(session, self.place), self.plugin, key, value)


@dataclass(frozen=True, slots=True)
class PlaceTexts:
    """Implements the plugin API's `Texts` for a plugin where it was called."""

    store: Store
    plugin: str
    place: Place

    async def put(self, key: str, title: str, text: str, url: str = "") -> None:
        """Keep a text in place of the one with the same key. Raises PluginError for one that is too long."""
        if len(text) > LONGEST_TEXT or not 0 < len(key) <= LONGEST_KEY:
            raise PluginError(f"{key[:40]} cannot be kept: a text has at most {LONGEST_TEXT} characters")
        kept = partial(passages.put, plugin=self.plugin, key=key, title=title[:200], text=text, url=url[:2000])
        await self._write(lambda session, community_id: kept(session, community_id))

    async def remove(self, key: str) -> bool:
        """Take a text away. Returns whether it was there."""
        return await self._write(lambda session, community_id: passages.remove(session, community_id, self.plugin, key))

    async def titles(self) -> dict[str, str]:
        """The titles of all texts, by their keys."""
        return await self._read(lambda session, community_id: passages.titles(session, community_id, self.plugin), {})

    async def search(self, words: str, limit: int = 3) -> list[Passage]:
        """The passages that fit words best, the best first."""
        most = max(1, min(int(limit), MOST_FOUND))
        nothing: Sequence[PluginPassage] = ()
        found = await self._read(
            lambda session, community_id: passages.search(session, community_id, self.plugin, words, most), nothing
        )
        return [Passage(row.key, row.title, row.url, row.text) for row in found]

    async def _read(self, unit: Callable[[Session, str], T], nothing: T) -> T:
        def found(session: Session) -> T:
            community_id = identities.known_community(session, self.place)
            return unit(session, community_id) if community_id else nothing

        return await self.store.read(found)

    async def _write(self, unit: Callable[[Session, str], T]) -> T:
        return await self.store.write(lambda session: unit(session, identities.community(session, self.place)))
