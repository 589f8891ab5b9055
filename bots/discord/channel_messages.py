"""Our messages in channels, which everybody there sees: posting them once, editing and deleting them."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import structlog

from bots.discord.pace import RoutePace
from bots.discord.refusals import UNREADABLE, DiscordRefusal, refusal_of, translated
from bots.discord.render import ASKER, LIMIT, NOBODY, content, files, plain, told, view
from bots.discord.rest import readable, understood
from bots.shared.plain_text import plain_pieces
from core.errors import EditRefused, MessageGone, UserError
from core.messages import AnyEvent, Place, Reply, User

log = structlog.get_logger()

NONCE = 25
"""The longest nonce that Discord accepts, in characters."""

NONCE_HOLDS = timedelta(minutes=2)
"""How long we rely on Discord to recognise a nonce; its documentation says "the past few minutes"."""


@dataclass(slots=True)
class ChannelMessages:
    """Writes messages in channels, threads and direct messages, and changes them."""

    client: discord.Client
    pace: RoutePace
    _sending: Counter[str] = field(default_factory=Counter)

    async def post(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None) -> str:
        """Post a reply, unless it was posted before with the same key. Returns the id of its message."""
        channel = self.channel(place)
        if cause and reply.answer and datetime.now(UTC) - cause.at > NONCE_HOLDS:
            earlier = await self._posted_before(channel, reply, cause)
            if earlier:
                return earlier
        with self._under_way(channel_of(place)):
            try:
                sent = await _send(channel, place, reply, key)
            except discord.HTTPException as error:
                if error.code == UNREADABLE:
                    return await self._post_plain(channel, reply, key, error)
                if refusal_of(error) != DiscordRefusal.UNQUOTED:
                    raise
                log.info("sent_without_reference", code=error.code)
                sent = await _send(channel, place, replace(reply, reply_to=None), key)
        return str(sent.id)

    async def _post_plain(
        self, channel: discord.PartialMessageable, reply: Reply, key: str, error: discord.HTTPException
    ) -> str:
        """Post the words of a reply that Discord does not take, in pieces and with nothing else."""
        log.error("message_refused", error=error)
        sent = [
            await readable(channel.send(piece, nonce=nonce(f"{key}#{number}"), allowed_mentions=NOBODY))
            for number, piece in enumerate(plain_pieces(plain(reply), LIMIT))
        ]
        return str(sent[-1].id)

    async def whisper(self, user: User, reply: Reply, key: str) -> str:
        """Post a reply in the direct messages of a person. Returns the id of its message."""
        shown: dict[str, Any] = {"view": shown_view} if (shown_view := view(reply)) else {}
        words, attached = content(reply), files(reply)
        with understood():
            channel = await self.client.create_dm(discord.Object(int(user.id)))
        sent = await readable(channel.send(words, nonce=nonce(key), files=attached, allowed_mentions=NOBODY, **shown))
        return str(sent.id)

    async def direct(self, user: User) -> int:
        """Return the id of the channel of our direct messages with somebody."""
        with understood():
            return (await self.client.create_dm(discord.Object(int(user.id)))).id

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Replace what a message shows, if it is still there.

        Raises MessageGone if the reply still grows and its message is gone, EditRefused if the message is too old,
        WriteRefused if Discord does not let us.
        """
        message = self.channel(place).get_partial_message(int(message_id))
        words, parts = content(reply), view(reply)
        try:
            async with translated():
                await readable(message.edit(content=words, view=parts, allowed_mentions=ASKER))
        except discord.HTTPException as error:
            if error.code == UNREADABLE:
                log.error("message_refused", error=error)
                await self._change_plain(message, place, reply)
                return
            refusal = refusal_of(error)
            if refusal not in (DiscordRefusal.DELETED, DiscordRefusal.OLD):
                raise
            log.info("edit_refused", code=error.code)
            if refusal == DiscordRefusal.OLD:
                raise EditRefused(f"Discord: {error.code}") from error
            if reply.underway:
                raise MessageGone(f"Discord: {error.code}") from error

    async def _change_plain(self, message: discord.PartialMessage, place: Place, reply: Reply) -> None:
        """Replace what a message shows with the words of a reply; at its end, they go on in further messages."""
        first, *more = plain_pieces(plain(reply), LIMIT)
        async with translated():
            await readable(message.edit(content=first, view=None, allowed_mentions=NOBODY))
            for piece in () if reply.underway else more:
                await readable(self.channel(place).send(piece, allowed_mentions=NOBODY))

    async def delete(self, place: Place, message_id: str) -> None:
        """Delete a message, if it is still there."""
        try:
            with understood():
                await self.channel(place).get_partial_message(int(message_id)).delete()
        except discord.NotFound:
            log.debug("deleted_before", message=message_id)

    def crowded(self, place: Place, message_id: str) -> bool:
        """Return whether an edit would have to wait, for a message on its way or for Discord's limit."""
        channel = channel_of(place)
        path = f"/channels/{channel}/messages/{message_id}"
        return bool(self._sending[channel]) or self.pace.wait("PATCH", path) > 0

    def channel(self, place: Place) -> discord.PartialMessageable:
        """Return the channel of a place, without asking Discord about it.

        Raises UserError if it has no valid id, since an older version accepted any text as a setting.
        """
        if not channel_of(place).isdecimal():
            raise UserError("channel-mute")
        guild = None if place.private else int(place.community)
        return self.client.get_partial_messageable(int(channel_of(place)), guild_id=guild)

    async def _posted_before(self, channel: discord.PartialMessageable, reply: Reply, cause: AnyEvent) -> str:
        """Find the message that an earlier process may have posted for this event; empty if there is none.

        Discord forgets nonces after a few minutes. A message of ours that has since replied to the same message is just
        as good a sign.
        """
        if not reply.reply_to or self.client.user is None:
            return ""
        with understood():
            async for message in channel.history(after=cause.at, limit=100, oldest_first=True):
                replied = message.reference.message_id if message.reference else None
                if message.author.id == self.client.user.id and str(replied) == reply.reply_to:
                    return str(message.id)
        return ""

    @contextmanager
    def _under_way(self, channel: str) -> Iterator[None]:
        self._sending[channel] += 1
        try:
            yield
        finally:
            self._sending[channel] -= 1
            if not self._sending[channel]:
                del self._sending[channel]


def channel_of(place: Place) -> str:
    """Return the id of the channel that messages are sent to; a thread counts as its own channel."""
    return place.thread or place.channel


def nonce(key: str) -> str:
    """Return the nonce for an outbox key; the same key always gives the same nonce."""
    return hashlib.sha256(key.encode()).hexdigest()[:NONCE]


async def _send(channel: discord.PartialMessageable, place: Place, reply: Reply, key: str) -> discord.Message:
    return await readable(
        channel.send(
            content(reply),
            nonce=nonce(key),
            files=files(reply),
            **_attached(place, reply),
            allowed_mentions=told(reply),
            suppress_embeds=True,
        )
    )


def _attached(place: Place, reply: Reply) -> dict[str, Any]:
    """Return the extras of a message: buttons and selects, and a reference to the message that it replies to."""
    found: dict[str, Any] = {"view": view(reply)}
    if reply.reply_to:
        found["reference"] = discord.MessageReference(
            message_id=int(reply.reply_to), channel_id=int(channel_of(place)), fail_if_not_exists=False
        )
    return found
