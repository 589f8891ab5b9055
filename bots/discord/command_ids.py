"""Discord's ids of our commands, which make their names clickable; whichever process registered them has noted them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from cachetools import TTLCache

from core.messages import Place
from core.ports.surface import SurfaceStorage

REGISTERED = "commands"
"""The name under which it is noted what was registered everywhere; a server's own commands have its id behind."""

REMEMBERED, FRESH = 5000, 60.0
"""For how many servers we remember the ids of their own commands, and for how many seconds: then another process may
have registered others."""


def of_server(guild_id: int | str) -> str:
    """Return the name under which it is noted what was registered in a server."""
    return f"{REGISTERED}:{guild_id}"


@dataclass(slots=True)
class CommandIds:
    """The ids of the slash commands, by name."""

    keep: SurfaceStorage
    _known: TTLCache[str, Mapping[str, str]] = field(default_factory=lambda: TTLCache(REMEMBERED, FRESH))

    def note(self, name: str, ids: Mapping[str, str]) -> None:
        """Note the ids of commands that have just been registered."""
        self._known[name] = ids

    async def in_place(self, place: Place) -> Mapping[str, str]:
        """Return the ids of the commands in a place. Raises StoreError."""
        own = {} if place.private else await self._of(of_server(place.community))
        return {**await self._of(REGISTERED), **own}

    async def _of(self, name: str) -> Mapping[str, str]:
        found = self._known.get(name)
        if found is None:
            kept = json.loads(await self.keep.recall(name) or "{}")
            found = self._known[name] = dict(kept.get("ids", {}))
        return found
