"""The client of discord.py, not yet started: what it hears goes to the core, committed before anything is answered."""

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
from bots.discord.catching_up import CatchingUp
from bots.discord.endpoints import point
from bots.discord.pace import Pace
from bots.discord.places import Places
from bots.discord.render import choices
from core.errors import StoreError
from core.messages import AnyEvent, Place, Quote, User
from core.ports.chat import Handle
from core.ports.surface import Keep, Records

log = structlog.get_logger()

EMOJI = frozenset({"👍", "👎", "🚩"})
"""The reactions that mean something to us."""

LONGEST_CHAIN = 8
"""Messages up a chain of replies that are looked at."""

PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds between two tries to commit an event."""

BOT_TURNS = 3
"""Turns that bots may take one after another, before a human being has to speak (spec/operations.md C8)."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to connect.

    `shards` are the ids of the shards of this process among `shard_count`; empty and 0 leave both to Discord. `bots`
    are the ids of the bots and webhooks that we listen to. `edit_interval` are the seconds between two edits of a
    message, `ready_timeout` those that we wait for further servers.
    """

    api_base: str = ""
    gateway_url: str = ""
    message_content: bool = True
    shards: tuple[int, ...] = ()
    shard_count: int = 0
    bots: frozenset[str] = frozenset()
    edit_interval: float = 1.2
    ready_timeout: float = 2.0


def create(handle: Handle, records: Records, keep: Keep, options: Options) -> "Bot":
    """A client that is not yet started: `bot.chat` is its way out, and `await bot.start(token)` runs it."""
    point(options.api_base, options.gateway_url)
    # It would warn at every start that it cannot speak; we only write.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    return Bot(handle, records, keep, options)


def intents(*, message_content: bool) -> discord.Intents:
    """What we want to hear of. Only the content of messages is privileged."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = wanted.dm_messages = True
    wanted.guild_reactions = wanted.dm_reactions = True
    wanted.message_content = message_content
    return wanted


def _sharding(options: Options) -> dict[str, Any]:
    if not options.shard_count:
        return {}
    return {"shard_count": options.shard_count, "shard_ids": list(options.shards) or None}


class Bot(discord.AutoShardedClient):
    """Hears what happens on Discord."""

    def __init__(self, handle: Handle, records: Records, keep: Keep, options: Options) -> None:
        self.pace = Pace()
        super().__init__(
            intents=intents(message_content=options.message_content),
            **_sharding(options),
            # Nothing of other people's messages and members is kept in memory: what counts is in the store.
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
        self.places = Places(self)
        able = replace(CAPABILITIES, edit_interval=options.edit_interval)
        self.chat = DiscordChat(self, self.places, self.pace, able)
        self.catching_up = CatchingUp(self, records, keep)
        self.labels = commands.labels(records)
        self.when_ready: Callable[[], None] = lambda: None
        self._bot_turns: Counter[int] = Counter()
        self._doors: dict[int, tuple[asyncio.Lock, int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def setup_hook(self) -> None:
        """After the login and before the first connection."""
        self.chat.command_ids = await commands.sync(self, self.records, self.keep)
        self.later(self._keep_commands())

    async def _keep_commands(self) -> None:
        """Register the commands anew whenever a plugin brings some, or takes them along."""
        while True:
            await self.records.changed()
            self.chat.command_ids = await commands.sync(self, self.records, self.keep)
            self.labels = commands.labels(self.records)

    async def on_shard_ready(self, shard_id: int) -> None:
        """A session has begun that knows nothing of what we missed."""
        log.info("shard_ready", shard=shard_id, servers=sum(guild.shard_id == shard_id for guild in self.guilds))
        self.later(self.catching_up.shard(shard_id))

    async def on_ready(self) -> None:
        """All shards of this process are there."""
        try:
            await self.catching_up.begin()
        except StoreError as error:
            # It is noted again in a moment.
            log.warning("time_not_noted", error=str(error))
        self.when_ready()
        self.later(self.catching_up.watch())

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """A fault while an event was taken. Its event is fetched again at the next start."""
        log.exception("discord_event_failed", handler=event_method)

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote something: if it is for us, the core gets it."""
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
        """A message was changed by its author; Discord also sends this when it has looked at a link."""
        message = payload.message
        if message.edited_at is None or message.author.bot or not self._ours(message):
            return
        async with self._in_order(message.channel.id):
            place = await self.places.of_message(message)
            if await self.calls_us(message, place):
                await self._take(receive.edit(message, place, self.me, language_of(message.guild)))

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A message was deleted."""
        await self._deleted(payload.guild_id, payload.channel_id, [payload.message_id])

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Many messages were deleted at once."""
        await self._deleted(payload.guild_id, payload.channel_id, sorted(payload.message_ids))

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """An emoji was put on a message."""
        await self._reacted(payload, added=True)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """An emoji was taken off a message."""
        await self._reacted(payload, added=False)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """A command, a button, a select, a form, or somebody typing an option."""
        if interaction.type is discord.InteractionType.autocomplete:
            await self._complete(interaction)
            return
        place = await self._place_of(interaction)
        event = receive.interaction(interaction, place, self.labels)
        if event is None:
            return
        if event.key in self.chat.pending:
            # Delivered again while we are at it.
            return
        pending = self.chat.begin(event.key, interaction)
        try:
            await self.handle(event)
        except StoreError:
            # Not committed, so not confirmed either: the person sees that it failed, and may try again.
            del self.chat.pending[event.key]
            raise
        if event.key in self.chat.pending:
            pending.begin()

    async def calls_us(self, message: discord.Message, place: Place) -> bool:
        """Whether a message is meant for us.

        Direct messages are, and what mentions us or replies to us; in a thread that we opened and in a channel where we
        always answer, so is what is not said to somebody else.
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
        """Whether a place is one of this process's shards; direct messages are on the first."""
        if not self.options.shards:
            return True
        guild = 0 if place.private else int(place.community)
        return (guild >> 22) % self.options.shard_count in self.options.shards

    @property
    def me(self) -> int:
        """Our own user id."""
        return self.user.id if self.user else 0

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside what is going on."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def close(self) -> None:
        """Leave Discord."""
        for task in self._tasks:
            task.cancel()
        await super().close()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("discord_task_failed", error=repr(error))

    async def _take(self, event: AnyEvent) -> None:
        """Give an event to the core; Discord will not deliver it again, so a database that fails is asked again.

        Raises StoreError where it fails for minutes; the next start fetches what was missed.
        """
        for pause in PAUSES:
            try:
                await self.handle(event)
                return
            except StoreError as error:
                log.warning("not_committed", event_key=event.key, error=str(error), again_in=pause)
            await asyncio.sleep(pause)
        await self.handle(event)

    @asynccontextmanager
    async def _in_order(self, id: int) -> AsyncIterator[None]:
        """What happens to a channel or a message, one after another as it came: discord.py begins all at once."""
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
        """Whether a message is a person's or a bot's words, and not our own or a notice of Discord's."""
        spoken = message.type in (discord.MessageType.default, discord.MessageType.reply)
        return spoken and message.author.id != self.me

    def _human_enough(self, message: discord.Message) -> bool:
        """Whether we listen to the author: people, and the bots that we were told to; never without end to a bot."""
        if not message.author.bot and message.webhook_id is None:
            self._bot_turns.pop(message.channel.id, None)
            return True
        return (
            str(message.webhook_id or message.author.id) in self.options.bots
            and self._bot_turns[message.channel.id] < BOT_TURNS
        )

    async def _quoted(self, message: discord.Message) -> Sequence[Quote]:
        """Other people's messages up the chain of replies, oldest first, until one that is ours."""
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
        """The message that one replies to; Discord sends it along, but not always, and not what is above it."""
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
        # The next time that somebody asks, it is there.
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
        # Discord does not say who somebody is who takes a reaction off: the core knows them, or there is nothing to do.
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
    """The language of a community server, which its admins have chosen on purpose; empty for others."""
    if guild is None or "COMMUNITY" not in guild.features:
        return ""
    return str(guild.preferred_locale.value)
