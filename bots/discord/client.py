"""The discord.py client, created but not started: it connects, and gives each event to whoever takes it."""

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import discord
import structlog
from discord.gateway import KeepAliveHandler

from bots.discord.adapter import DiscordChat
from bots.discord.arrivals import ServerArrivals
from bots.discord.capabilities import CAPABILITIES
from bots.discord.catch_up import DiscordCatchUp
from bots.discord.channel_messages import ChannelMessages
from bots.discord.commands import CommandRegistration
from bots.discord.echoes import leave_out_echoes
from bots.discord.endpoints import point
from bots.discord.gateway_events import GatewayEvents
from bots.discord.intake import FIRST_PAUSE, EventIntake
from bots.discord.interaction_events import InteractionEvents
from bots.discord.name_lookup import ServerDirectory
from bots.discord.open_interactions import OpenInteractions
from bots.discord.pace import RoutePace
from bots.discord.places import PlaceDirectory
from bots.discord.relevance import MessageRelevance
from bots.discord.rest import LONGEST, check_replies, understood
from bots.discord.session_budget import SessionBudget
from bots.discord.shards import shard_of
from bots.discord.unreadable_events import UnreadableEvents
from bots.shared.background import BackgroundTasks
from bots.shared.command_changes import follow
from bots.shared.last_check import Check, check_last
from core.errors import ParleyError, StoreError
from core.foreign_code import ForeignFault, guarded
from core.messages import Place
from core.ports.chat import Handle
from core.ports.surface import SurfaceRecords, SurfaceStorage

log = structlog.get_logger()

IDENTIFY_PAUSE = 5.0
"""Seconds between two sessions that begin in one bucket (docs/reference/operations.md A1.1)."""


@dataclass(frozen=True, slots=True)
class DiscordOptions:
    """How to connect.

    `shards` are the ids of this process's shards, out of `shard_count`; if they are empty and 0, Discord decides both.
    `bots` are the ids of the bots and webhooks that we listen to. `edit_interval` is the number of seconds between two
    edits of a message. `ready_timeout` is how many seconds we wait for more servers. `first_pause` is how many seconds
    we wait before we try again to commit an event. `longest_call` is how many seconds a call may take. `part` says that
    we only receive, or only answer, while other processes do the rest. `turn` waits for our turn at something that all
    processes together may do once in so many seconds; it is given its name. `check` is made just before each request.
    """

    api_base: str = ""
    gateway_url: str = ""
    message_content: bool = True
    shards: tuple[int, ...] = ()
    shard_count: int = 0
    bots: frozenset[str] = frozenset()
    edit_interval: float = 1.2
    ready_timeout: float = 2.0
    first_pause: float = FIRST_PAUSE
    longest_call: float = LONGEST
    part: Literal["both", "receiving", "answering"] = "both"
    turn: Callable[[str, float], Awaitable[None]] | None = None
    check: Check | None = None


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
    """A Discord client that keeps connected, and passes what it hears to the core."""

    def __init__(self, handle: Handle, records: SurfaceRecords, keep: SurfaceStorage, options: DiscordOptions) -> None:
        self.pace = RoutePace()
        trace = self.pace.trace()
        super().__init__(
            intents=intents(message_content=options.message_content),
            **_sharding(options),
            # Other people's messages and members are not kept in memory: the store is what counts.
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=options.ready_timeout,
            http_trace=check_last(trace, options.check) if options.check else trace,
            enable_debug_events=False,
        )
        check_replies(self.http, options.longest_call)
        self._records = records
        self.floor = UnreadableEvents(keep)
        self.floor.guard(self._connection.parsers)
        leave_out_echoes(self._connection.parsers, lambda: self.user)
        self.options = options
        self.when_ready: Callable[[], None] = lambda: None
        self.identifies_at_once = 1
        self.sessions = SessionBudget()
        self.intake = EventIntake(handle, options.first_pause)
        self.commands = CommandRegistration(self, records, keep)
        places = PlaceDirectory(self)
        able = replace(CAPABILITIES, edit_interval=options.edit_interval)
        messages, servers, open_ones = ChannelMessages(self, self.pace), ServerDirectory(self), OpenInteractions(self)
        self.chat = DiscordChat(self, places, messages, open_ones, self.commands.ids, servers, able)
        relevance = MessageRelevance(self, places, records, options.bots)
        gateway = GatewayEvents(self, self.intake, places, relevance, records)
        worked_on = None if options.part == "receiving" else open_ones
        interactions = InteractionEvents(self.intake, places, self.commands, records, worked_on)
        arrivals = ServerArrivals(self, self.intake, self.commands)
        for listener in (*gateway.all, interactions.on_interaction):
            self.event(listener)
        self.event(arrivals.on_guild_join)

        async def missed(message: discord.Message) -> None:
            try:
                with guarded(ParleyError, discord.DiscordException):
                    await gateway.on_message(message)
            except ForeignFault as fault:
                # One odd message must not hide all later ones.
                await self.floor.failed("missed_message", (message,), fault.cause)

        self._catching_up = DiscordCatchUp(self, missed, self.intake, records, keep)
        self._background = BackgroundTasks()

    async def login(self, token: str) -> None:
        """Log in. Raises LoginFailure for a wrong token, UnreadableReply for an answer that is not Discord's."""
        with understood():
            await super().login(token)

    async def setup_hook(self) -> None:
        """Prepare after the login, before the first connection."""
        if self.options.part == "answering":
            return
        changes = self._records.changes()
        if self.options.part == "receiving":
            # We may be taking over, and nobody hears of anything before we are connected.
            self._background.start(self.commands.register())
        else:
            await self.commands.register()
        self._background.start(follow(changes, self.commands.changed))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait until Discord lets us begin a session: every five seconds for each of its buckets, in all processes.

        If too many were lost and begun anew, it is begun later. The library is told that this attempt was cancelled:
        else it would wait by itself, and its other shards with it.
        """
        begun = False
        try:
            # A shard that the library is still launching has none to lose, and it would give up on a cancelled one.
            lost = self.get_shard(shard_id or 0)
            if lost and (seconds := await self.sessions.spend(self)):
                self._background.start(self._begin_later(lost, seconds))
                raise asyncio.CancelledError
            if self.options.turn is None:
                await super().before_identify_hook(shard_id, initial=initial)
            else:
                bucket = (shard_id or 0) % self.identifies_at_once
                await self.options.turn(f"discord identify {bucket}", IDENTIFY_PAUSE)
            begun = True
        finally:
            if not begun:
                await self._close_unused(shard_id)

    async def _begin_later(self, shard: discord.ShardInfo, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await shard.reconnect()

    async def _close_unused(self, shard_id: int | None) -> None:
        """Close a connection that the library does not get to use, with the thread of its heartbeat: it keeps them."""
        beating = [thread for thread in threading.enumerate() if isinstance(thread, KeepAliveHandler)]
        for thread in beating:
            if thread.shard_id == shard_id and thread.ws._connection is self._connection:
                await thread.ws.close()

    async def on_shard_ready(self, shard_id: int) -> None:
        """Catch up on a shard whose new session knows nothing of what we missed."""
        servers = [guild.id for guild in self.guilds if guild.shard_id == shard_id]
        log.info("shard_ready", shard=shard_id, servers=len(servers))
        self._background.start(self._catching_up.shard(shard_id))
        self._background.start(self.commands.register_in_all(servers))

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Note that we may be missing something."""
        self._catching_up.lost(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Note that we have missed nothing."""
        self._catching_up.resumed(shard_id)

    async def on_ready(self) -> None:
        """Prepare for catching up once all shards of this process are ready."""
        try:
            await self._catching_up.begin()
        except StoreError as error:
            # The time is recorded again in a moment.
            log.warning("time_not_noted", error=error)
        self.when_ready()
        self._background.start(self._catching_up.watch())

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log an error raised while an event was handled; put the event aside if the fault is in it.

        An event that could not be committed is fetched again at the next start.
        """
        log.exception("discord_event_failed", handler=event_method)
        error = sys.exception()
        if error and not isinstance(error, (ParleyError, discord.HTTPException)):
            await self.floor.failed(event_method, args, error)

    def serves(self, place: Place) -> bool:
        """Return whether a place belongs to one of this process's shards."""
        return not self.options.shards or shard_of(place, self.options.shard_count) in self.options.shards

    async def close(self) -> None:
        """Disconnect from Discord."""
        self._background.cancel()
        await super().close()
