"""The news that the commands have changed, for surfaces that register them at their platform."""

import asyncio
from dataclasses import dataclass, field, replace
from weakref import WeakSet

from core.messages import Place

MOST_PLACES = 1000
"""So many changed places are remembered for each reader; beyond that, they count as changed everywhere."""


@dataclass(slots=True, eq=False, weakref_slot=True)
class CommandChanges:
    """The changes that one reader has not heard of yet, without end: each is the place of a community in which commands
    were switched on or off, or None if they have changed everywhere.
    """

    _places: dict[Place | None, None] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, place: Place | None) -> None:
        """Take a change in. What has changed everywhere has changed in each community."""
        if place is None or len(self._places) >= MOST_PLACES:
            self._places.clear()
            place = None
        if None not in self._places:
            self._places[place] = None
        self._news.set()

    def __aiter__(self) -> "CommandChanges":
        return self

    async def __anext__(self) -> Place | None:
        while not self._places:
            self._news.clear()
            await self._news.wait()
        place = next(iter(self._places))
        del self._places[place]
        return place


class CommandNews:
    """Tells all readers of changes. A reader misses none, also while it is busy with an earlier one.

    `told_here` has the changes that were made in this process, for whoever tells other processes of them.
    """

    def __init__(self) -> None:
        self.told_here = CommandChanges()
        self._readers: WeakSet[CommandChanges] = WeakSet()

    def tell(self, place: Place | None = None) -> None:
        """Tell of a change in the community of a place, or everywhere."""
        community = replace(place, channel="", thread="", private=False) if place else None
        self.told_here.add(community)
        self.hear(community)

    def hear(self, community: Place | None) -> None:
        """Take in a change that another process has made."""
        for reader in list(self._readers):
            reader.add(community)

    def changes(self) -> CommandChanges:
        """The changes from now on."""
        reader = CommandChanges()
        self._readers.add(reader)
        return reader
