"""The discord.py client, created but not started: it commits each event to the core before anything is answered."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import discord
import structlog

from bots.discord import commands, receive
from bots.discord.adapter import CAPABILITIES, DiscordChat
from bots.discord.catch_up import DiscordCatchUp
from bots.discord.endpoints import point
from bots.discord.pace import RoutePace
from bots.discord.places import PlaceDirectory
from bots.discord.render import choices
from core.errors import StoreError
from core.messages import AnyEvent, Place, Quote, User
from core.ports.chat import Handle
from core.ports.surface import SurfaceRecords, SurfaceStorage

log = structlog.get_logger()

EMOJI = frozenset({"👍", "👎", "🚩"})
"""The reactions that mean something to us."""

LONGEST_CHAIN = 8
"""How many messages up a chain of replies we look at."""

PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds between attempts to commit an event."""

BOT_TURNS = 3
"""How many turns in a row bots may take before a human has to speak (docs/reference/operations.md C8)."""


@dataclass(frozen=True, slots=True)
class DiscordOptions:
    """How to connect.

    `shards` are the ids of this process's shards, out of `shard_count`; if they are empty and 0, Discord decides both.
    `bots` are the ids of the bots and webhooks that we listen to. `edit_interval` is the number of seconds between two
    edits of a message. `ready_timeout` is how many seconds we wait for more servers.
    """

    api_base: str = ""
    gateway_url: str = ""
    message_content: bool = True
    shards: tuple[int, ...] = ()
    shard_count: int = 0
    bots: frozenset[str] = frozenset()
    edit_interval: float = 1.2
    ready_timeout: float = 2.0


def create(handle: Handle, records: SurfaceRecords, keep: SurfaceStorage, options: DiscordOptions) -> "DiscordClient":
    """Create a client that is not started yet: `bot.chat` sends for it, and `await bot.start(token)` runs it."""
    point(options.api_base, options.gateway_url)
    # Without this, discord.py would warn at every start that voice is unavailable. We only write.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    return DiscordClient(handle, records, keep, options)


def intents(*, message_content: bool) -> discord.Intents:
    """Return the events that we subscribe to. Only the content of messages is privileged."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = wanted.dm_messages = True
    wanted.guild_reactions = wanted.dm_reactions = True
    wanted.message_content = message_content
    return wanted


def _sharding(options: DiscordOptions) -> dict[str, Any]:
    if not options.shard_count:
        return {}
    return {"shard_count": options.shard_count, "shard_ids": list(options.shards) or None}


class DiscordClient(discord.AutoShardedClient):
    """A Discord client that listens for events and passes them to the core."""

    def __init__(self, handle: Handle, records: SurfaceRecords, keep: SurfaceStorage, options: DiscordOptions) -> None:
        self.pace = RoutePace()
        super().__init__(
            intents=intents(message_content=options.message_content),
            **_sharding(options),
            # Other people's messages and members are not kept in memory: the store is what counts.
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=options.ready_timeout,
            http_trace=self.pace.trace(),
            enable_debug_events=False,
        )
        self.handle = handle
        self.records = records
        self.keep = keep
        self.options = options
        self.places = PlaceDirectory(self)
        able = replace(CAPABILITIES, edit_interval=options.edit_interval)
        self.chat = DiscordChat(self, self.places, self.pace, able)
        self.catching_up = DiscordCatchUp(self, records, keep)
        self.labels = commands.labels(records)
        self.when_ready: Callable[[], None] = lambda: None
        self._bot_turns: Counter[int] = Counter()
        self._doors: dict[int, tuple[asyncio.Lock, int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def setup_hook(self) -> None:
        """Prepare after the login, before the first connection."""
        self.chat.command_ids = await commands.sync(self, self.records, self.keep)
        self.later(self._keep_commands())

    async def _keep_commands(self) -> None:
        """Register the commands again whenever a plugin adds or removes some."""
        while True:
            await self.records.changed()
            self.chat.command_ids = await commands.sync(self, self.records, self.keep)
            self.labels = commands.labels(self.records)

    async def on_shard_ready(self, shard_id: int) -> None:
        """Catch up on a shard whose new session knows nothing of what we missed."""
        log.info("shard_ready", shard=shard_id, servers=sum(guild.shard_id == shard_id for guild in self.guilds))
        self.later(self.catching_up.shard(shard_id))

    async def on_ready(self) -> None:
        """Prepare for catching up once all shards of this process are ready."""
        try:
            await self.catching_up.begin()
        except StoreError as error:
            # The time is recorded again in a moment.
            log.warning("time_not_noted", error=error)
        self.when_ready()
        self.later(self.catching_up.watch())

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log an error raised while an event was handled. The event is fetched again at the next start."""
        log.exception("discord_event_failed", handler=event_method)

    async def on_message(self, message: discord.Message) -> None:
        """Handle a message: if it is for us, pass it to the core."""
        if self._ours(message):
            async with self._in_order(message.channel.id):
                await self._said(message)

    async def _said(self, message: discord.Message) -> None:
        if not self._human_enough(message):
            return
        place = await self.places.of_message(message)
        if not await self.calls_us(message, place):
            return
        if message.author.bot:
            self._bot_turns[message.channel.id] += 1
        fresh = not (place.private or place.thread or await self.records.listens(place))
        quoted = await self._quoted(message)
        language = language_of(message.guild)
        await self._take(receive.message(message, place, self.me, fresh=fresh, quoted=quoted, language=language))

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Handle an edit by the author; Discord also sends this event after it has looked up a link."""
        message = payload.message
        if message.edited_at is None or message.author.bot or not self._ours(message):
            return
        async with self._in_order(message.channel.id):
            place = await self.places.of_message(message)
            if await self.calls_us(message, place):
                await self._take(receive.edit(message, place, self.me, language_of(message.guild)))

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

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Handle a command, button, select or form, or somebody typing an option."""
        if interaction.type is discord.InteractionType.autocomplete:
            await self._complete(interaction)
            return
        place = await self._place_of(interaction)
        event = receive.interaction(interaction, place, self.labels)
        if event is None:
            return
        if event.key in self.chat.pending:
            # Delivered again while we are still working on it.
            return
        pending = self.chat.begin(event.key, interaction)
        try:
            await self.handle(event)
        except StoreError:
            # It was not committed, so it is not confirmed either: the person sees that it failed, and can try again.
            del self.chat.pending[event.key]
            raise
        if event.key in self.chat.pending:
            pending.begin()

    async def calls_us(self, message: discord.Message, place: Place) -> bool:
        """Return whether a message is meant for us.

        Direct messages are, and so are messages that mention us or reply to us. In a thread that we opened, and in a
        channel where we always answer, so is every message that is not addressed to somebody else.
        """
        if place.private or any(user.id == self.me for user in message.mentions):
            return True
        guild = message.guild
        own_role = guild.self_role if guild else None
        if own_role and own_role in message.role_mentions:
            return True
        replied = message.reference.message_id if message.reference else None
        if replied and message.type is discord.MessageType.reply:
            target = await self._replied_to(message)
            return target is not None and target.author.id == self.me
        if message.mentions or message.mention_everyone:
            return False
        return await self.places.opened_by_us(place) or await self.records.listens(place)

    def serves(self, place: Place) -> bool:
        """Return whether a place belongs to one of this process's shards; direct messages belong to the first shard."""
        if not self.options.shards:
            return True
        guild = 0 if place.private else int(place.community)
        return (guild >> 22) % self.options.shard_count in self.options.shards

    @property
    def me(self) -> int:
        """Our own user id."""
        return self.user.id if self.user else 0

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something in the background."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def close(self) -> None:
        """Disconnect from Discord."""
        for task in self._tasks:
            task.cancel()
        await super().close()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("discord_task_failed", error=error)

    async def _take(self, event: AnyEvent) -> None:
        """Pass an event to the core, trying again if the database fails: Discord will not deliver it again.

        Raises StoreError if it keeps failing for minutes; the next start fetches what was missed.
        """
        for pause in PAUSES:
            try:
                await self.handle(event)
                return
            except StoreError as error:
                log.warning("not_committed", event_key=event.key, error=error, again_in=pause)
            await asyncio.sleep(pause)
        await self.handle(event)

    @asynccontextmanager
    async def _in_order(self, id: int) -> AsyncIterator[None]:
        """Handle the events of one channel or message one at a time, in order; discord.py starts them all at once."""
        lock, users = self._doors.get(id) or (asyncio.Lock(), 0)
        self._doors[id] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._doors.pop(id)
            if users > 1:
                self._doors[id] = (lock, users - 1)

    def _ours(self, message: discord.Message) -> bool:
        """Return whether a message was written by a person or another bot, not by us and not by Discord as a notice."""
        spoken = message.type in (discord.MessageType.default, discord.MessageType.reply)
        return spoken and message.author.id != self.me

    def _human_enough(self, message: discord.Message) -> bool:
        """Return whether we listen to the author: people, and the bots in our settings, but never endlessly to bots."""
        if not message.author.bot and message.webhook_id is None:
            self._bot_turns.pop(message.channel.id, None)
            return True
        return (
            str(message.webhook_id or message.author.id) in self.options.bots
            and self._bot_turns[message.channel.id] < BOT_TURNS
        )

    async def _quoted(self, message: discord.Message) -> Sequence[Quote]:
        """Return other people's messages up the chain of replies, oldest first, stopping at the first one of ours."""
        found: list[Quote] = []
        at = message
        while at.reference and at.type is discord.MessageType.reply and len(found) < LONGEST_CHAIN:
            above = await self._replied_to(at)
            if above is None or above.author.id == self.me:
                break
            if receive.readable(above, self.me):
                found.append(receive.quote(above, self.me))
            at = above
        return found[::-1]

    async def _replied_to(self, message: discord.Message) -> discord.Message | None:
        """Return the message that this one replies to.

        Discord sends it along, but not always, and never sends the message above it.
        """
        reference = message.reference
        if reference is None or reference.message_id is None:
            return None
        if isinstance(reference.resolved, discord.Message):
            return reference.resolved
        if isinstance(reference.resolved, discord.DeletedReferencedMessage):
            return None
        try:
            fetched = await message.channel.fetch_message(reference.message_id)
        except discord.HTTPException as error:
            log.info("reply_not_found", code=error.code)
            return None
        # The next caller finds it here.
        reference.resolved = fetched
        return fetched

    async def _deleted(self, guild_id: int | None, channel_id: int, message_ids: Sequence[int]) -> None:
        async with self._in_order(channel_id):
            place = await self._place_by_ids(guild_id, channel_id, None)
            for message_id in message_ids:
                await self._take(receive.deletion(message_id, place))

    async def _reacted(self, payload: discord.RawReactionActionEvent, *, added: bool) -> None:
        emoji = receive.plain(payload.emoji.name or "")
        if payload.user_id == self.me or payload.emoji.id or emoji not in EMOJI:
            return
        if payload.message_author_id not in (None, self.me):
            return
        if payload.member and payload.member.bot:
            return
        language = language_of(self.get_guild(payload.guild_id) if payload.guild_id else None)
        # Discord does not say who a person is when they remove a reaction: either the core knows them, or there is
        # nothing to do.
        user = receive.author(payload.member, language) if payload.member else User(str(payload.user_id), "", language)
        async with self._in_order(payload.message_id):
            place = await self._place_by_ids(payload.guild_id, payload.channel_id, payload.user_id)
            await self._take(receive.reaction(payload.message_id, emoji, user, place, added=added))

    async def _complete(self, interaction: discord.Interaction) -> None:
        data: dict[str, Any] = dict(interaction.data or {})
        option = next((option for option in data.get("options", ()) if option.get("focused")), None)
        found = self.records.complete(data["name"], option["name"], str(option.get("value", ""))) if option else ()
        try:
            await interaction.response.autocomplete(choices(found))
        except discord.HTTPException as error:
            log.debug("too_late_to_complete", code=error.code)

    async def _place_of(self, interaction: discord.Interaction) -> Place:
        if interaction.guild_id is None:
            return receive.direct_place(interaction.channel_id or 0, interaction.user.id)
        if isinstance(interaction.channel, discord.Thread):
            return receive.place_in(interaction.guild_id, interaction.channel.parent_id, interaction.channel.id)
        return await self.places.in_guild(interaction.guild_id, interaction.channel_id or 0)

    async def _place_by_ids(self, guild_id: int | None, channel_id: int, user_id: int | None) -> Place:
        if guild_id is not None:
            return await self.places.in_guild(guild_id, channel_id)
        return receive.direct_place(channel_id, user_id or await self.places.partner(channel_id))


def language_of(guild: discord.Guild | None) -> str:
    """Return the language of a community server, chosen on purpose by its admins; empty for other servers."""
    if guild is None or "COMMUNITY" not in guild.features:
        return ""
    return str(guild.preferred_locale.value)
