"""A plugin's storage in one community, kept in the store."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from sqlmodel import Session

from core.messages import Place
from core.outside_text import cleaned, cleaned_line
from core.ports.store import Store
from core.store import identities, plugins
from core.store import text_search as passages
from core.store.plugin_tables import PluginPassageRow
from core.store.text_search import IndexedText, IndexedWord
from parley import Passage, PluginError

T = TypeVar("T")

LARGEST = 64 * 1024
"""The most characters of one value as JSON."""

LONGEST_KEY, LONGEST_TITLE, LONGEST_URL = 200, 200, 2000
LONGEST_TEXT, MOST_FOUND = 500_000, 20


@dataclass(frozen=True, slots=True)
class StorageQuota:
    """The most that a plugin may store in one community: characters of values, characters of texts, and how many.

    The characters of texts include those that the words in their index count as.
    """

    characters: int = 32 * 1024 * 1024
    values: int = 10_000
    texts: int = 2_000


USUAL_ROOM = StorageQuota()


class StorageFull(PluginError):
    """A plugin has stored as much in a community as it may."""

    def __init__(self, plugin: str, what: str) -> None:
        super().__init__(f"{plugin} keeps {what} here already, which is all that it may; take something away first")


class OtherPut(PluginError):
    """Another process has stored a text with the same key meanwhile, and is deleting what this one had added."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key[:40]} was stored by another process at the same time; try again")


@dataclass(frozen=True, slots=True)
class PlaceStorage:
    """Implements the plugin API's `Storage` for a plugin in the community where it was called."""

    store: Store
    plugin: str
    place: Place
    room: StorageQuota = StorageQuota()

    async def get(self, key: str, default: Any = None) -> Any:
        """The value that is stored under a key, or else the default."""
        check_key(self.plugin, key)
        found = await self.store.read(lambda session: self._value(session, key))
        return default if found is None else found

    async def set(self, key: str, value: Any) -> None:
        """Store a value. Raises PluginError if it is too large or not JSON, and StorageFull if there is no room."""
        check_key(self.plugin, key)
        try:
            size = len(json.dumps(value, allow_nan=False))
        except (TypeError, ValueError, RecursionError):
            raise PluginError(f"{self.plugin}: {key} cannot be kept: it is nothing that JSON can hold") from None
        if size > LARGEST:
            raise PluginError(f"{self.plugin}: {key[:40]} cannot be kept: at most {LARGEST} characters of JSON")
        if fault := await self.store.write(partial(self._set, key=key, value=value, size=size)):
            raise fault

    async def delete(self, key: str) -> None:
        """Delete a value."""

        def unit(session: Session) -> None:
            plugins.keep(session, identities.community(session, self.place), self.plugin, key, None)

        check_key(self.plugin, key)
        await self.store.write(unit)

    async def keys(self, prefix: str = "") -> list[str]:
        """The keys that begin with a prefix."""
        if prefix:
            check_key(self.plugin, prefix)

        def unit(session: Session) -> list[str]:
            community_id = identities.known_community(session, self.place)
            return plugins.names(session, community_id, self.plugin, prefix) if community_id else []

        return await self.store.read(unit)

    def _value(self, session: Session, key: str) -> Any:
        community_id = identities.known_community(session, self.place)
        return plugins.value(session, community_id, self.plugin, key) if community_id else None

    def _set(self, session: Session, key: str, value: Any, size: int) -> StorageFull | None:
        # A fault is returned and not raised, so that it does not undo the units that share the transaction.
        community_id = identities.community(session, self.place)
        plugins.hold(session, community_id)
        before = plugins.value(session, community_id, self.plugin, key)
        if value is not None and (fault := self._full(session, community_id, size, before)):
            return fault
        plugins.keep(session, community_id, self.plugin, key, value)
        return None

    def _full(self, session: Session, community_id: str, size: int, before: Any) -> StorageFull | None:
        count = plugins.count_values(session, community_id, self.plugin)
        if before is None and count >= self.room.values:
            return StorageFull(self.plugin, f"{self.room.values} values")
        # A few values cannot be too large together, so then their sizes need not be read.
        if (count + 1) * LARGEST > self.room.characters:
            kept = plugins.size_of_values(session, community_id, self.plugin)
            freed = 0 if before is None else len(json.dumps(before))
            if size > freed and kept + size - freed > self.room.characters:
                return StorageFull(self.plugin, f"{mib(self.room.characters)} of values")
        return None


@dataclass(frozen=True, slots=True)
class PlaceTexts:
    """Implements the plugin API's `Texts` for a plugin in the community where it was called.

    `turn` is held while the plugin stores or removes a text: it does so one text after the other, however many it
    sends at once.
    """

    store: Store
    plugin: str
    place: Place
    room: StorageQuota = StorageQuota()
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def put(self, key: str, title: str, text: str, url: str = "") -> None:
        """Store a text, replacing the one with the same key. Raises PluginError if it is too long, and StorageFull."""
        check_key(self.plugin, key)
        if len(text) > LONGEST_TEXT:
            raise PluginError(f"{key[:40]} cannot be kept: a text has at most {LONGEST_TEXT} characters")
        text, title, url = cleaned(text), cleaned_line(title, LONGEST_TITLE), cleaned_line(url, LONGEST_URL)
        async with self.turn:
            made = await asyncio.to_thread(passages.indexed, key, title, text, url)
            await self._drop_hidden(key)
            if fault := await self._read(partial(self._full, text=made), None):
                raise fault
            steps = passages.batches(made.words)
            for step in steps:
                unit = partial(self._store, text=made, batch=step, first=step is steps[0], last=step is steps[-1])
                if fault := await self._write(unit):
                    break
            # What is out of sight now: the text before, or, if there was no room, this one. After another put, it is
            # that one's passages too, which it has yet to show.
            if not isinstance(fault, OtherPut):
                await self._drop_hidden(key)
        if fault:
            raise fault

    async def remove(self, key: str) -> bool:
        """Delete a text. Returns whether it was there."""
        check_key(self.plugin, key)
        async with self.turn:
            gone = await self._write(partial(passages.hide, plugin=self.plugin, key=key))
            await self._drop_hidden(key)
        return gone

    async def titles(self) -> dict[str, str]:
        """The titles of all texts, by their keys."""
        return await self._read(lambda session, community_id: passages.titles(session, community_id, self.plugin), {})

    async def search(self, words: str, limit: int = 3) -> list[Passage]:
        """The passages that fit the words best, the best first."""
        most = max(1, min(int(limit), MOST_FOUND))
        nothing: Sequence[PluginPassageRow] = ()
        found = await self._read(
            lambda session, community_id: passages.search(session, community_id, self.plugin, words, most), nothing
        )
        return [Passage(row.key, row.title, row.url, row.text) for row in found]

    def _full(self, session: Session, community_id: str, text: IndexedText) -> PluginError | None:
        texts, taken = passages.room_taken(session, community_id, self.plugin, text.key)
        if texts >= self.room.texts:
            return StorageFull(self.plugin, f"{self.room.texts} texts")
        if taken + text.room <= self.room.characters:
            return None
        # What is full already can shrink.
        if text.room <= passages.room_of(session, community_id, self.plugin, text.key):
            return None
        return StorageFull(self.plugin, f"{mib(self.room.characters)} of texts with their index")

    def _store(
        self,
        session: Session,
        community_id: str,
        text: IndexedText,
        batch: Sequence[IndexedWord],
        *,
        first: bool,
        last: bool,
    ) -> PluginError | None:
        # Other processes may have stored texts since the plugin's room was looked at.
        if last and (fault := self._full(session, community_id, text)):
            return fault
        if first:
            passages.add(session, community_id, self.plugin, text)
        elif not passages.has_all(session, text):
            return OtherPut(text.key)
        passages.add_words(session, community_id, self.plugin, batch)
        if last:
            passages.show(session, community_id, self.plugin, text)
        return None

    async def _drop_hidden(self, key: str) -> None:
        """Delete what is out of sight, a little at a time, so that other writes need not wait for all of it."""
        listed = partial(passages.hidden_words, plugin=self.plugin, key=key)
        nothing: Sequence[IndexedWord] = ()
        while found := await self._read(listed, nothing):
            for batch in passages.batches(found):
                await self._write(partial(passages.drop_words, plugin=self.plugin, key=key, batch=batch))

    async def _read(self, unit: Callable[[Session, str], T], nothing: T) -> T:
        def found(session: Session) -> T:
            community_id = identities.known_community(session, self.place)
            return unit(session, community_id) if community_id else nothing

        return await self.store.read(found)

    async def _write(self, unit: Callable[[Session, str], T]) -> T:
        def held(session: Session) -> T:
            community_id = identities.community(session, self.place)
            plugins.hold(session, community_id)
            return unit(session, community_id)

        return await self.store.write(held)


def check_key(plugin: str, key: str) -> None:
    """Check a key. Raises PluginError if it is empty or too long, or if no database can hold it."""
    if not 0 < len(key) <= LONGEST_KEY or "\0" in key or key != key.encode("utf-8", "replace").decode():
        raise PluginError(f"{plugin}: a key has 1 to {LONGEST_KEY} characters, without a NUL or half a character")


def mib(characters: int) -> str:
    """A number of characters, in words, as MiB."""
    return f"{characters / 1024 / 1024:.3g} MiB"
