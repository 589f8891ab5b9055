"""The way out to Discord: the Chat port over a client of discord.py."""

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import aiohttp
import discord
import structlog

from bots.discord import interactions
from bots.discord.interactions import Pending
from bots.discord.pace import Pace
from bots.discord.places import Places
from bots.discord.render import ASKER, NOBODY, ROOM, content, files, linked, view
from core.errors import Unreachable, UserError
from core.messages import AnyEvent, Attachment, Form, Place, Reply, User
from core.ports.chat import Capabilities

log = structlog.get_logger()

CAPABILITIES = Capabilities(
    text_limit=ROOM,
    edit_interval=1.2,
    selects=frozenset({"option", "channel", "role"}),
    personal=True,
    forms=True,
    reactions=True,
    idempotent_send=True,
)
NONCE = 25
"""Characters of a nonce at the most."""

NONCE_HOLDS = timedelta(minutes=2)
"""For so long we trust Discord to know a nonce again; it says "the past few minutes"."""

PASSING = (OSError, aiohttp.ClientError, TimeoutError, discord.DiscordServerError, discord.RateLimited)
LARGEST_FILE = 1024 * 1024
FETCHED_IN = 20.0

UNCHANGEABLE = frozenset({10003, 10008, 30046, 50001, 50013, 50083})
"""Unknown channel or message, too many edits of an old message, no access, no permission, archived thread."""

MUTE = frozenset({10003, 50001, 50013, 50083, 160005})
"""We may not, or cannot, write there."""

THREAD_NAME = 100


@dataclass(slots=True)
class DiscordChat:
    """Implements the Chat port.

    `pending` are the interactions under way by their event's key, `command_ids` Discord's ids of our slash commands.
    """

    client: discord.AutoShardedClient
    places: Places
    pace: Pace
    capabilities: Capabilities = CAPABILITIES
    pending: dict[str, Pending] = field(default_factory=dict)
    command_ids: Mapping[str, str] = field(default_factory=dict)
    _sending: Counter[str] = field(default_factory=Counter)

    def begin(self, key: str, interaction: discord.Interaction) -> Pending:
        """An interaction is under way. Those that are past answering are forgotten."""
        for old in [old for old, pending in self.pending.items() if pending.expired]:
            del self.pending[old]
        pending = self.pending[key] = Pending(interaction)
        return pending

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        """Post a reply, or answer an interaction with it where it is personal or takes its message's place.

        A second post with the same key makes no second message. Raises Unreachable where Discord cannot be reached,
        UserError where we may not write there.
        """
        if not reply.answer:
            reply = replace(reply, text=linked(reply.text, self.command_ids))
        async with translated(place):
            pending = self.pending.get(cause.key) if cause else None
            public = reply.answer or not (reply.personal or reply.replaces)
            if public or cause is None or not (pending or cause.ticket):
                shown = await self._post(place, reply, key, cause)
                if pending:
                    await pending.end()
                return shown
            if pending:
                return await pending.tell(reply)
            return await interactions.tell_late(self.client, cause.ticket, reply)

    async def draft(self, place: Place, reply: Reply, key: str) -> bool:
        """Discord has nothing of the kind."""
        return False

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Show a reply in place of what the message showed.

        While an answer grows, an edit that would have to wait is left out: a later one has its text too. A message
        that is gone, or too old to be changed, stays as it is.
        """
        channel = channel_of(place)
        if reply.underway and self._crowded(channel, message_id):
            return
        try:
            async with translated(place):
                message = self._channel(place).get_partial_message(int(message_id))
                await message.edit(content=content(reply), view=view(reply), allowed_mentions=ASKER)
        except discord.HTTPException as error:
            if error.code not in UNCHANGEABLE:
                raise
            log.info("edit_refused", code=error.code)

    async def delete(self, place: Place, message_id: str) -> None:
        """Take a message of ours away."""
        async with translated(place):
            try:
                await self._channel(place).get_partial_message(int(message_id)).delete()
            except discord.NotFound:
                log.debug("deleted_before", message=message_id)

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        """Open a form. Raises UserError where the interaction is too old for one."""
        pending = self.pending.get(cause.key)
        if pending is None:
            raise UserError("form-late")
        await pending.open(form)

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        """A thread beside the conversation, with the person in it; None where there can be none."""
        parent = self.client.get_channel(int(place.channel))
        if place.private or not isinstance(parent, discord.TextChannel):
            return None
        name = f"{user.name} · {datetime.now(UTC):%Y-%m-%d %H:%M}"[:THREAD_NAME]
        try:
            thread = await parent.create_thread(
                name=name, type=discord.ChannelType.public_thread, auto_archive_duration=1440
            )
            await thread.add_user(discord.Object(int(user.id)))
        except discord.HTTPException as error:
            log.info("thread_refused", code=error.code)
            return None
        opened = Place(place.platform, place.community, place.channel, str(thread.id))
        self.places.ours(thread)
        pending = self.pending.get(cause.key)
        if pending:
            await pending.tell(Reply(f"➜ {thread.mention}", personal=True))
        return opened

    async def read(self, attachment: Attachment) -> bytes:
        """The content of a file, at most a little more than 1 MiB of it. Raises UserError where it cannot be had."""
        limit = aiohttp.ClientTimeout(total=FETCHED_IN)
        try:
            async with aiohttp.ClientSession(timeout=limit) as session, session.get(attachment.address) as answer:
                answer.raise_for_status()
                return await answer.content.read(LARGEST_FILE + 1)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("attachment_not_fetched", error=type(error).__name__)
            raise UserError("attachments-unread", names=attachment.name) from None

    async def done(self, event: AnyEvent) -> None:
        """Let an interaction end that was answered with nothing."""
        pending = self.pending.pop(event.key, None)
        if pending:
            await pending.end()

    async def refresh(self, place: Place) -> None:
        """A channel shows what was said, whatever branch the conversation goes on with."""

    async def typing(self, place: Place) -> None:
        """Show for ten seconds that we are at work. It is a courtesy: where it fails, the answer comes all the same."""
        try:
            await self._channel(place).typing()
        except (*PASSING, discord.HTTPException) as error:
            log.info("typing_failed", error=repr(error))

    def mention(self, kind: Literal["channel", "role", "message"], id: str, place: Place | None = None) -> str:
        """What Discord shows as the name of a channel or a role, or as a link to a message."""
        if kind == "message" and place:
            where = "@me" if place.private else place.community
            return f"https://discord.com/channels/{where}/{channel_of(place)}/{id}"
        return f"<@&{id}>" if kind == "role" else f"<#{id}>"

    async def _post(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None) -> str:
        channel = self._channel(place)
        if cause and reply.answer and datetime.now(UTC) - cause.at > NONCE_HOLDS:
            earlier = await self._posted_before(channel, reply, cause)
            if earlier:
                return earlier
        where = channel_of(place)
        self._sending[where] += 1
        try:
            sent = await channel.send(
                content(reply),
                nonce=nonce(key),
                files=files(reply),
                **self._attached(place, reply),
                allowed_mentions=ASKER if reply.reply_to else NOBODY,
                suppress_embeds=True,
            )
        except discord.HTTPException as error:
            if error.code in MUTE:
                raise UserError("channel-mute") from error
            raise
        finally:
            self._sending[where] -= 1
            if not self._sending[where]:
                del self._sending[where]
        return str(sent.id)

    async def _posted_before(self, channel: discord.PartialMessageable, reply: Reply, cause: AnyEvent) -> str:
        """The message that an earlier process may have posted for this event, empty where there is none.

        Discord forgets nonces after a few minutes; that we replied to the same message since is as good a sign.
        """
        if not reply.reply_to or self.client.user is None:
            return ""
        async for message in channel.history(after=cause.at, limit=100, oldest_first=True):
            replied = message.reference.message_id if message.reference else None
            if message.author.id == self.client.user.id and str(replied) == reply.reply_to:
                return str(message.id)
        return ""

    def _attached(self, place: Place, reply: Reply) -> dict[str, Any]:
        """What a message has or has not: buttons and selects, and another message that it replies to."""
        found: dict[str, Any] = {"view": view(reply)}
        if reply.reply_to:
            found["reference"] = discord.MessageReference(
                message_id=int(reply.reply_to), channel_id=int(channel_of(place)), fail_if_not_exists=False
            )
        return found

    def _crowded(self, channel: str, message_id: str) -> bool:
        path = f"/channels/{channel}/messages/{message_id}"
        return bool(self._sending[channel]) or self.pace.wait("PATCH", path) > 0

    def _channel(self, place: Place) -> discord.PartialMessageable:
        guild = None if place.private else int(place.community)
        return self.client.get_partial_messageable(int(channel_of(place)), guild_id=guild)


def channel_of(place: Place) -> str:
    """The id of the channel that messages go to: a thread is a channel of its own."""
    return place.thread or place.channel


def nonce(key: str) -> str:
    """The nonce of an outbox key: the same key gives the same."""
    return hashlib.sha256(key.encode()).hexdigest()[:NONCE]


@asynccontextmanager
async def translated(place: Place) -> AsyncIterator[None]:
    """What passes by itself becomes Unreachable, so that what was to be sent is sent later."""
    try:
        yield
    except PASSING as error:
        raise Unreachable(f"Discord: {type(error).__name__}") from error
    except discord.HTTPException as error:
        if error.status == 429:
            raise Unreachable("Discord: 429") from error
        raise
    except RuntimeError as error:
        # aiohttp's session is closed while the client reconnects or stops.
        if "closed" not in str(error).lower():
            raise
        raise Unreachable("Discord: the session is closed") from error
