"""Catching up after a gap: Discord keeps no events for us, so we look at the messages and reactions since then."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

import discord
import structlog

from bots.discord import receive
from bots.discord.channel_messages import channel_of
from bots.discord.intake import EventIntake
from bots.discord.rest import UnreadableReply
from bots.discord.shards import shard_of
from bots.shared.failures import SHAPES
from bots.shared.reactions import missed
from core.messages import User
from core.ports.surface import SurfaceRecords, SurfaceStorage, WatchedAnswer
from core.reactions import MEANINGFUL, plain

log = structlog.get_logger()

INTERVAL = 60.0
"""Seconds between two records of the time at which each shard was connected."""

UNSURE = timedelta(minutes=2)
"""Subtracted from each recorded time, because a dead connection is noticed late and the gap may have begun earlier."""

LONGEST = timedelta(hours=24)
"""The longest gap that is caught up on: nobody waits longer than this for an answer."""

MOST = 300
"""The largest number of messages read in one channel."""

Readable = discord.TextChannel | discord.VoiceChannel | discord.Thread
TakeMessage = Callable[[discord.Message], Awaitable[None]]


class DiscordCatchUp:
    """Records when each shard was last connected, and feeds in what happened since then like any other event."""

    def __init__(
        self,
        client: discord.AutoShardedClient,
        take: TakeMessage,
        intake: EventIntake,
        records: SurfaceRecords,
        keep: SurfaceStorage,
    ) -> None:
        self._client = client
        self._take = take
        self._intake = intake
        self._records = records
        self._keep = keep

    async def begin(self) -> None:
        """Record a time for each shard that has none.

        A bot that is stopped right after its first start then finds one at the next start.
        """
        now = datetime.now(UTC)
        for shard_id in self._client.shards:
            if not await self._keep.recall(self._name(shard_id)):
                await self._note(shard_id, now)

    async def watch(self) -> None:
        """Record the time again and again, forever."""
        while True:
            await asyncio.sleep(INTERVAL)
            now = datetime.now(UTC)
            for shard_id, shard in self._client.shards.items():
                if not shard.is_closed():
                    await self._note(shard_id, now - UNSURE)

    async def shard(self, shard_id: int) -> None:
        """Fetch what a shard has missed since it was last connected; on the very first start, fetch nothing."""
        noted = await self._keep.recall(self._name(shard_id))
        now = datetime.now(UTC)
        if noted:
            since = max(datetime.fromisoformat(noted), now - LONGEST)
            await self._messages(shard_id, since)
            await self._reactions(shard_id)
        await self._note(shard_id, now - UNSURE)

    async def _note(self, shard_id: int, at: datetime) -> None:
        await self._keep.remember(self._name(shard_id), at.isoformat())

    def _name(self, shard_id: int) -> str:
        return f"well:{shard_id}/{self._client.shard_count}"

    async def _messages(self, shard_id: int, since: datetime) -> None:
        first = discord.utils.time_snowflake(since)
        for guild in self._client.guilds:
            if guild.shard_id == shard_id:
                channels: list[Readable] = [*guild.text_channels, *guild.voice_channels, *guild.threads]
                for channel in channels:
                    if (channel.last_message_id or 0) > first and _readable(channel, guild):
                        await self._channel(channel, since)
        if shard_id == 0:
            for place in {watched.place for watched in await self._records.watched(receive.PLATFORM)}:
                if place.private:
                    direct = self._client.get_partial_messageable(int(place.channel), type=discord.ChannelType.private)
                    await self._channel(direct, since)

    async def _channel(self, channel: discord.abc.Messageable, since: datetime) -> None:
        try:
            async for message in channel.history(after=since, limit=MOST, oldest_first=True):
                await self._take(message)
        except discord.HTTPException as error:
            log.info("not_caught_up", code=error.code)
        except (UnreadableReply, *SHAPES) as error:
            log.warning("not_caught_up", error=error)

    async def _reactions(self, shard_id: int) -> None:
        count = self._client.shard_count or 1
        for watched in await self._records.watched(receive.PLATFORM):
            if shard_of(watched.place, count) == shard_id:
                await self._reactions_on(watched)

    async def _reactions_on(self, watched: WatchedAnswer) -> None:
        """Tell the core about reactions to an answer that it does not know yet, and about those that were removed."""
        place, last = watched.place, int(watched.messages[-1])
        channel = self._client.get_partial_messageable(
            int(channel_of(place)), guild_id=None if place.private else int(place.community)
        )
        there: dict[str, dict[str, tuple[int, User]]] = {}
        for message_id in watched.messages:
            try:
                message = await channel.fetch_message(int(message_id))
                found = await self._who(message)
            except discord.HTTPException as error:
                log.info("reactions_not_seen", code=error.code)
                return
            except (UnreadableReply, *SHAPES) as error:
                log.warning("reactions_not_seen", error=error)
                return
            for emoji, users in found.items():
                there.setdefault(emoji, {}).update({id: (message.id, user) for id, user in users.items()})
        for emoji, user_id, added in missed(watched, {emoji: users.keys() for emoji, users in there.items()}):
            on, user = there.get(emoji, {}).get(user_id, (last, User(user_id, "", "")))
            await self._intake.handle(receive.reaction(on, emoji, user, place, added=added))

    async def _who(self, message: discord.Message) -> Mapping[str, Mapping[str, User]]:
        """Return the people who put one of our emoji on a message, by emoji and user id."""
        found: dict[str, dict[str, User]] = {}
        for reaction in message.reactions:
            emoji = plain(str(reaction.emoji))
            if emoji not in MEANINGFUL or reaction.is_custom_emoji():
                continue
            async for user in reaction.users(limit=100):
                if not user.bot:
                    found.setdefault(emoji, {})[str(user.id)] = await self._person(message, user)
        return found

    async def _person(self, message: discord.Message, user: discord.User | discord.Member) -> User:
        """Return the person with their roles in the server, because roles decide who may rate."""
        guild = self._client.get_guild(message.guild.id) if message.guild else None
        if guild is None or isinstance(user, discord.Member):
            return receive.author(user)
        try:
            return receive.author(await guild.fetch_member(user.id))
        except discord.NotFound:
            return receive.author(user)


def _readable(channel: "Readable", guild: discord.Guild) -> bool:
    may = channel.permissions_for(guild.me)
    return may.read_message_history and may.view_channel
