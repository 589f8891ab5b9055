"""Which messages concern us: who wrote them, and whom they address."""

from dataclasses import dataclass, field

import discord
from cachetools import LRUCache

from bots.discord.places import REMEMBERED, PlaceDirectory
from bots.discord.replies import replied_to
from core.messages import Place
from core.ports.surface import SurfaceRecords

BOT_TURNS = 3
"""How many turns in a row bots may take before a human has to speak (docs/reference/operations.md C8)."""


@dataclass(slots=True)
class MessageRelevance:
    """Says which messages we listen to, and which of them are meant for us.

    `bots` are the ids of the bots and webhooks that we listen to.
    """

    client: discord.Client
    places: PlaceDirectory
    records: SurfaceRecords
    bots: frozenset[str]
    _bot_turns: LRUCache[int, int] = field(default_factory=lambda: LRUCache(REMEMBERED))

    @property
    def me(self) -> int:
        """Our own user id."""
        return self.client.user.id if self.client.user else 0

    def spoken(self, message: discord.Message) -> bool:
        """Return whether a message was written by a person or another bot, not by us and not by Discord as a notice."""
        spoken = message.type in (discord.MessageType.default, discord.MessageType.reply)
        return spoken and message.author.id != self.me

    def heard(self, message: discord.Message) -> bool:
        """Return whether we listen to the author: people, and the bots in our settings, but never endlessly to bots."""
        if not message.author.bot and message.webhook_id is None:
            self._bot_turns.pop(message.channel.id, None)
            return True
        return (
            str(message.webhook_id or message.author.id) in self.bots
            and self._bot_turns.get(message.channel.id, 0) < BOT_TURNS
        )

    def count(self, message: discord.Message) -> None:
        """Count a message that we take as its author's turn, if the author is a bot."""
        if message.author.bot:
            self._bot_turns[message.channel.id] = self._bot_turns.get(message.channel.id, 0) + 1

    def named(self, message: discord.Message) -> bool:
        """Return whether a message mentions us, or the role that Discord made for us."""
        own_role = message.guild.self_role if message.guild else None
        mentioned = any(user.id == self.me for user in message.mentions)
        return mentioned or (own_role is not None and own_role in message.role_mentions)

    def hidden(self, message: discord.Message) -> bool:
        """Return whether Discord keeps the content of a message from us.

        Without the message content intent, it shows us only direct messages and those that mention us.
        """
        blind = not self.client.intents.message_content
        return blind and message.guild is not None and not self.named(message)

    async def calls_us(self, message: discord.Message, place: Place) -> bool:
        """Return whether a message is meant for us.

        Direct messages are, and so are messages that mention us or reply to us. In a thread that we opened, and in a
        channel where we always answer, so is every message that is not addressed to somebody else.
        """
        if place.private or self.named(message):
            return True
        replied = message.reference.message_id if message.reference else None
        if replied and message.type is discord.MessageType.reply:
            target = await replied_to(message)
            return target is not None and target.author.id == self.me
        if message.mentions or message.mention_everyone:
            return False
        return await self.places.opened_by_us(place) or await self.records.listens(place)
