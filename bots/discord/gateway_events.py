"""What Discord's gateway tells us about messages and reactions, on its way to the core."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bots.discord import receive
from bots.discord.intake import EventIntake
from bots.discord.places import PlaceDirectory
from bots.discord.relevance import MessageRelevance
from bots.discord.replies import quoted
from bots.discord.surroundings import beginning_of_thread
from core.messages import Message, Place, User
from core.ports.surface import SurfaceRecords
from core.reactions import MEANINGFUL, plain


@dataclass(slots=True)
class GatewayEvents:
    """Takes messages, edits, deletions and reactions."""

    client: discord.Client
    intake: EventIntake
    places: PlaceDirectory
    relevance: MessageRelevance
    records: SurfaceRecords

    @property
    def all(self) -> Sequence[Callable[[Any], Coroutine[Any, Any, None]]]:
        """The listeners, each with the name of the discord.py event that it takes."""
        return (
            self.on_message,
            self.on_raw_message_edit,
            self.on_raw_message_delete,
            self.on_raw_bulk_message_delete,
            self.on_raw_reaction_add,
            self.on_raw_reaction_remove,
        )

    async def on_message(self, message: discord.Message) -> None:
        """Handle a message: if it is for us, pass it to the core."""
        if self.relevance.spoken(message):
            async with self.intake.in_order(message.channel.id):
                await self._said(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Handle an edit by the author; Discord also sends this event after it has looked up a link."""
        message = payload.message
        if message.edited_at is None or message.author.bot or not self.relevance.spoken(message):
            return
        async with self.intake.in_order(message.channel.id):
            place = await self.places.of_message(message)
            if self.relevance.hidden(message) or not await self.relevance.calls_us(message, place):
                return
            named = not place.private and self.relevance.named(message)
            question = await self._question(message, place) if named else None
            language = receive.language_of(message.guild)
            await self.intake.commit(receive.edit(message, place, self.relevance.me, language, question))

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Handle a deleted message."""
        await self._deleted(payload.guild_id, payload.channel_id, [payload.message_id])

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Handle many messages deleted at once."""
        await self._deleted(payload.guild_id, payload.channel_id, sorted(payload.message_ids))

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Handle an emoji added to a message."""
        await self._reacted(payload, added=True)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """Handle an emoji removed from a message."""
        await self._reacted(payload, added=False)

    async def _said(self, message: discord.Message) -> None:
        if not self.relevance.heard(message):
            return
        place = await self.places.of_message(message)
        if not await self.relevance.calls_us(message, place):
            return
        self.relevance.count(message)
        await self.intake.commit(await self._question(message, place))

    async def _question(self, message: discord.Message, place: Place) -> Message:
        """Return a message to us, with what it was said about."""
        me = self.relevance.me
        fresh = not (place.private or place.thread or await self.records.listens(place))
        begins = bool(place.thread) and not await self.records.begun(place)
        around, files = await beginning_of_thread(message, me) if begins else ((), ())
        return receive.message(
            message,
            place,
            me,
            fresh=fresh,
            quoted=await quoted(message, me),
            around=around,
            files=files,
            hidden=self.relevance.hidden(message),
            language=receive.language_of(message.guild),
        )

    async def _deleted(self, guild_id: int | None, channel_id: int, message_ids: Sequence[int]) -> None:
        async with self.intake.in_order(channel_id):
            place = await self._place(guild_id, channel_id, None)
            for message_id in message_ids:
                await self.intake.commit(receive.deletion(message_id, place))

    async def _reacted(self, payload: discord.RawReactionActionEvent, *, added: bool) -> None:
        emoji = plain(payload.emoji.name or "")
        if payload.user_id == self.relevance.me or payload.emoji.id or emoji not in MEANINGFUL:
            return
        if payload.message_author_id not in (None, self.relevance.me):
            return
        if payload.member and payload.member.bot:
            return
        language = receive.language_of(self.client.get_guild(payload.guild_id) if payload.guild_id else None)
        # Discord does not say who a person is when they remove a reaction: either the core knows them, or there is
        # nothing to do.
        user = receive.author(payload.member, language) if payload.member else User(str(payload.user_id), "", language)
        async with self.intake.in_order(payload.message_id):
            place = await self._place(payload.guild_id, payload.channel_id, payload.user_id)
            await self.intake.commit(receive.reaction(payload.message_id, emoji, user, place, added=added))

    async def _place(self, guild_id: int | None, channel_id: int, user_id: int | None) -> Place:
        if guild_id is not None:
            return await self.places.in_guild(guild_id, channel_id)
        return receive.direct_place(channel_id, user_id or await self.places.partner(channel_id))
