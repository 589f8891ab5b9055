"""Catching up after a gap: Discord keeps no events for us, so we look at the messages and reactions since then."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import discord
import structlog

from bots.discord import receive
from bots.discord.channel_messages import channel_of
from bots.discord.intake import EventIntake
from bots.discord.refusals import PASSING
from bots.discord.shards import shard_of
from bots.shared.missed_parts import MissedParts
from bots.shared.reactions import missed
from core.errors import StoreError
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

ServerChannel = discord.TextChannel | discord.VoiceChannel | discord.Thread
Readable = ServerChannel | discord.PartialMessageable
Parts = Mapping[Hashable, Callable[[], Awaitable[None]]]
TakeMessage = Callable[[discord.Message], Awaitable[None]]


class DiscordCatchUp:
    """Records when each shard was last connected, and feeds in what happened since then like any other event.

    `_away` are the shards that have lost their connection. `_behind` are those that have not caught up, with what of
    their gap has been read.
    """

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
        self._away: set[int] = set()
        self._behind: dict[int, MissedParts] = {}

    async def begin(self) -> None:
        """Record a time for each shard that has none.

        A bot that is stopped right after its first start then finds one at the next start.
        """
        now = datetime.now(UTC)
        for shard_id in self._client.shards:
            if not await self._keep.recall(self._name(shard_id)):
                await self._note(shard_id, now)

    async def watch(self) -> None:
        """Record the time again and again, forever, of each shard that is connected and has missed nothing."""
        while True:
            await asyncio.sleep(INTERVAL)
            now = datetime.now(UTC)
            for shard_id, shard in self._client.shards.items():
                if not shard.is_closed() and shard_id not in self._away and shard_id not in self._behind:
                    await self._note(shard_id, now - UNSURE)

    def lost(self, shard_id: int) -> None:
        """Record no more times of a shard, whose connection is lost, until it has resumed its session or caught up."""
        self._away.add(shard_id)

    def resumed(self, shard_id: int) -> None:
        """Take the news that a shard has resumed its session: Discord has told it everything in between."""
        self._away.discard(shard_id)

    async def shard(self, shard_id: int) -> None:
        """Fetch what a shard has missed since it was last connected; on the very first start, fetch nothing.

        What cannot be read at the moment is tried again, until the shard has to begin another session.
        """
        now = datetime.now(UTC)
        self._behind[shard_id] = gap = unread_gap()
        self._away.discard(shard_id)
        while not await self._caught_up(shard_id, gap):
            await asyncio.sleep(INTERVAL)
            if self._behind.get(shard_id) is not gap:
                return
        if self._behind.get(shard_id) is gap:
            del self._behind[shard_id]
            await self._note(shard_id, now - UNSURE)

    async def _caught_up(self, shard_id: int, gap: MissedParts) -> bool:
        """Take what a shard has missed and has not read yet. Returns False if some should be tried again."""
        try:
            noted = await self._keep.recall(self._name(shard_id))
            if not noted:
                return True
            since = max(datetime.fromisoformat(noted), datetime.now(UTC) - LONGEST)
            parts = self._parts(shard_id, since, await self._records.watched(receive.PLATFORM))
            return all([await gap.read(part, reading) for part, reading in parts.items()])
        except StoreError as error:
            log.warning("not_caught_up", error=error)
            return False

    async def _note(self, shard_id: int, at: datetime) -> None:
        await self._keep.remember(self._name(shard_id), at.isoformat())

    def _name(self, shard_id: int) -> str:
        return f"well:{shard_id}/{self._client.shard_count}"

    def _parts(self, shard_id: int, since: datetime, watched: Sequence[WatchedAnswer]) -> Parts:
        """Return what is to be read: channels by their ids, and the reactions to answers by those of their messages."""
        count = self._client.shard_count or 1
        ours = [one for one in watched if shard_of(one.place, count) == shard_id]
        channels = _channels(self._client, shard_id, since, watched)
        return {
            **{channel.id: partial(self._messages, channel, since) for channel in channels},
            **{one.messages: partial(self._reactions, one) for one in ours},
        }

    async def _messages(self, channel: Readable, since: datetime) -> None:
        """Take what was said in a channel."""
        async for message in channel.history(after=since, limit=MOST, oldest_first=True):
            await self._take(message)

    async def _reactions(self, watched: WatchedAnswer) -> None:
        """Tell the core about reactions to an answer that it does not know yet, and about those that were removed."""
        place, last = watched.place, int(watched.messages[-1])
        channel = self._client.get_partial_messageable(
            int(channel_of(place)), guild_id=None if place.private else int(place.community)
        )
        there: dict[str, dict[str, tuple[int, User]]] = {}
        for message_id in watched.messages:
            message = await channel.fetch_message(int(message_id))
            for emoji, users in (await self._who(message)).items():
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


def unread_gap() -> MissedParts:
    """A gap of which nothing has been read yet."""
    return MissedParts((*PASSING, discord.HTTPException), _passing)


def _passing(error: Exception) -> bool:
    return isinstance(error, PASSING) or (isinstance(error, discord.HTTPException) and error.status == 429)


def _channels(
    client: discord.AutoShardedClient, shard_id: int, since: datetime, watched: Sequence[WatchedAnswer]
) -> Iterator[Readable]:
    """Yield the channels in which something may have been said."""
    first = discord.utils.time_snowflake(since)
    for guild in client.guilds:
        if guild.shard_id == shard_id:
            channels: list[ServerChannel] = [*guild.text_channels, *guild.voice_channels, *guild.threads]
            yield from (one for one in channels if (one.last_message_id or 0) > first and _readable(one, guild))
    if shard_id == 0:
        for channel_id in {one.place.channel for one in watched if one.place.private}:
            yield client.get_partial_messageable(int(channel_id), type=discord.ChannelType.private)


def _readable(channel: ServerChannel, guild: discord.Guild) -> bool:
    try:
        may = channel.permissions_for(guild.me)
    except discord.ClientException:
        # A thread of a channel that Discord has not told us of.
        return False
    return may.read_message_history and may.view_channel
