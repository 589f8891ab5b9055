"""Sending to Discord: the Chat port on top of a discord.py client."""

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
from bots.discord.interactions import PendingInteraction
from bots.discord.pace import RoutePace
from bots.discord.places import PlaceDirectory
from bots.discord.render import ASKER, NOBODY, ROOM, content, files, linked, view
from core.errors import UnreachableError, UserError
from core.messages import AnyEvent, Attachment, Form, Place, Reply, User
from core.ports.chat import ChatCapabilities

log = structlog.get_logger()

CAPABILITIES = ChatCapabilities(
    text_limit=ROOM,
    edit_interval=1.2,
    selects=frozenset({"option", "channel", "role"}),
    personal=True,
    forms=True,
    reactions=True,
    idempotent_send=True,
)
NONCE = 25
"""The longest nonce that Discord accepts, in characters."""

NONCE_HOLDS = timedelta(minutes=2)
"""How long we rely on Discord to recognise a nonce; its documentation says "the past few minutes"."""

PASSING = (OSError, aiohttp.ClientError, TimeoutError, discord.DiscordServerError, discord.RateLimited)
LARGEST_FILE = 1024 * 1024
FETCHED_IN = 20.0

UNCHANGEABLE = frozenset({10003, 10008, 30046, 50001, 50013, 50083})
"""Error codes for a message that cannot be edited.

Unknown channel or message, too many edits of an old message, no access, no permission, archived thread.
"""

MUTE = frozenset({10003, 50001, 50013, 50083, 160005})
"""Error codes which mean that we may not, or cannot, write in a channel."""

THREAD_NAME = 100


@dataclass(slots=True)
class DiscordChat:
    """The Chat port for Discord.

    `pending` holds the interactions in progress by the key of their event. `command_ids` holds Discord's ids for our
    slash commands.
    """

    client: discord.AutoShardedClient
    places: PlaceDirectory
    pace: RoutePace
    capabilities: ChatCapabilities = CAPABILITIES
    pending: dict[str, PendingInteraction] = field(default_factory=dict)
    command_ids: Mapping[str, str] = field(default_factory=dict)
    _sending: Counter[str] = field(default_factory=Counter)

    def begin(self, key: str, interaction: discord.Interaction) -> PendingInteraction:
        """Register an interaction that is now in progress, and forget those that can no longer be answered."""
        for old in [old for old, pending in self.pending.items() if pending.expired]:
            del self.pending[old]
        pending = self.pending[key] = PendingInteraction(interaction)
        return pending

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        """Post a reply, or send it as the answer to an interaction.

        It answers the interaction if the reply is personal or replaces the message that the interaction came from.

        A second post with the same key creates no second message. Raises Unreachable if Discord cannot be reached,
        UserError if we may not write there.
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
        """Show nothing and return False: Discord has no drafts."""
        return False

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Replace what a message shows with a reply.

        While an answer is still growing, an edit that would have to wait is skipped, because a later one will include
        its text. A message that is gone, or too old to be changed, stays as it is.
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
        """Delete one of our messages."""
        async with translated(place):
            try:
                await self._channel(place).get_partial_message(int(message_id)).delete()
            except discord.NotFound:
                log.debug("deleted_before", message=message_id)

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        """Open a form. Raises UserError if the interaction is too old for one."""
        pending = self.pending.get(cause.key)
        if pending is None:
            raise UserError("form-late")
        await pending.open(form)

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        """Open a thread in the conversation's channel and add the person to it; None if there can be no thread."""
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
        """Return a file's content, cut off just above 1 MiB. Raises UserError if it cannot be fetched."""
        limit = aiohttp.ClientTimeout(total=FETCHED_IN)
        try:
            async with aiohttp.ClientSession(timeout=limit) as session, session.get(attachment.address) as answer:
                answer.raise_for_status()
                return await answer.content.read(LARGEST_FILE + 1)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("attachment_not_fetched", error=type(error).__name__)
            raise UserError("attachments-unread", names=attachment.name) from None

    async def done(self, event: AnyEvent) -> None:
        """Close an interaction, including one that got no answer."""
        pending = self.pending.pop(event.key, None)
        if pending:
            await pending.end()

    async def refresh(self, place: Place) -> None:
        """Do nothing: a channel keeps showing everything that was said, whichever branch the conversation follows."""

    async def typing(self, place: Place) -> None:
        """Show "typing" for ten seconds. This is a courtesy: if it fails, the answer still comes."""
        try:
            await self._channel(place).typing()
        except (*PASSING, discord.HTTPException) as error:
            log.info("typing_failed", error=error)

    def mention(self, kind: Literal["channel", "role", "message"], id: str, place: Place | None = None) -> str:
        """Return the text that Discord shows as the name of a channel or role, or as a link to a message."""
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
        """Find the message that an earlier process may have posted for this event; empty if there is none.

        Discord forgets nonces after a few minutes. A message of ours that has since replied to the same message is just
        as good a sign.
        """
        if not reply.reply_to or self.client.user is None:
            return ""
        async for message in channel.history(after=cause.at, limit=100, oldest_first=True):
            replied = message.reference.message_id if message.reference else None
            if message.author.id == self.client.user.id and str(replied) == reply.reply_to:
                return str(message.id)
        return ""

    def _attached(self, place: Place, reply: Reply) -> dict[str, Any]:
        """Return the extras of a message: buttons and selects, and a reference to the message that it replies to."""
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
    """Return the id of the channel that messages are sent to; a thread counts as its own channel."""
    return place.thread or place.channel


def nonce(key: str) -> str:
    """Return the nonce for an outbox key; the same key always gives the same nonce."""
    return hashlib.sha256(key.encode()).hexdigest()[:NONCE]


@asynccontextmanager
async def translated(place: Place) -> AsyncIterator[None]:
    """Turn temporary errors into Unreachable, so that the message is sent later."""
    try:
        yield
    except PASSING as error:
        raise UnreachableError(f"Discord: {type(error).__name__}") from error
    except discord.HTTPException as error:
        if error.status == 429:
            raise UnreachableError("Discord: 429") from error
        raise
    except RuntimeError as error:
        # aiohttp's session is closed while the client reconnects or stops.
        if "closed" not in str(error).lower():
            raise
        raise UnreachableError("Discord: the session is closed") from error
