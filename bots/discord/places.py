"""Where something happened: Discord gives a channel or thread by one id, and the core wants to know both."""

from dataclasses import dataclass, field

import discord
from cachetools import LRUCache

from bots.discord.receive import direct_place, place_in
from bots.discord.rest import understood
from core.messages import Place

REMEMBERED = 5000


@dataclass(frozen=True, slots=True)
class ThreadParent:
    """A thread's parent, and whether we opened it."""

    parent: int
    ours: bool


@dataclass(slots=True)
class PlaceDirectory:
    """Finds places by their ids. It asks Discord once about each unknown thread, and remembers the answer."""

    client: discord.Client
    _partners: LRUCache[int, int] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _threads: LRUCache[int, ThreadParent | None] = field(default_factory=lambda: LRUCache(REMEMBERED))

    async def of_message(self, message: discord.Message) -> Place:
        """Return the place of a message."""
        if message.guild is None:
            partner = self._partners[message.channel.id] = self._partner(message)
            return direct_place(message.channel.id, partner)
        return await self.in_guild(message.guild.id, message.channel.id)

    async def in_guild(self, guild_id: int, channel_id: int) -> Place:
        """Return the place of a channel or thread in a server.

        Raises discord.HTTPException if Discord cannot be asked.
        """
        thread = await self._thread(channel_id)
        return place_in(guild_id, thread.parent, channel_id) if thread else place_in(guild_id, channel_id)

    async def opened_by_us(self, place: Place) -> bool:
        """Return whether the place is a thread that we opened for a conversation."""
        thread = await self._thread(int(place.thread)) if place.thread else None
        return bool(thread and thread.ours)

    def ours(self, thread_id: int, parent_id: int) -> None:
        """Remember a thread that we have just opened."""
        self._threads[thread_id] = ThreadParent(parent_id, True)

    async def _thread(self, channel_id: int) -> ThreadParent | None:
        if channel_id in self._threads:
            return self._threads[channel_id]
        channel = self.client.get_channel(channel_id)
        if channel is None:
            with understood():
                channel = await self.client.fetch_channel(channel_id)
        found = None
        if isinstance(channel, discord.Thread):
            me = self.client.user
            found = ThreadParent(channel.parent_id, bool(me and channel.owner_id == me.id))
        self._threads[channel_id] = found
        return found

    async def partner(self, channel_id: int) -> int:
        """Return the id of the other person in a direct-message channel.

        Raises discord.HTTPException if Discord cannot be asked.
        """
        if channel_id not in self._partners:
            with understood():
                channel = self.client.get_channel(channel_id) or await self.client.fetch_channel(channel_id)
            recipient = getattr(channel, "recipient", None)
            self._partners[channel_id] = recipient.id if recipient else 0
        return self._partners[channel_id]

    def _partner(self, message: discord.Message) -> int:
        """Return the other person in direct messages: the author, or for a message of ours, the channel's recipient."""
        me = self.client.user
        if me is None or message.author.id != me.id:
            return message.author.id
        recipient = getattr(message.channel, "recipient", None)
        return recipient.id if recipient else message.author.id
