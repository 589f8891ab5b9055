"""A plugin's storage in one community, over the store."""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlmodel import Session

from core.messages import Place
from core.ports import Store
from core.store import identities, plugins
from parley import PluginError

LARGEST = 64 * 1024
"""Characters of one value as JSON."""

LONGEST_KEY = 200


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
