"""Our messages in channels, which everybody there sees: posting them once, editing and deleting them."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import structlog
from discord.http import MultipartParameters

from bots.discord.pace import RoutePace
from bots.discord.refusals import DiscordRefusal, refusal_of, translated
from bots.discord.render import ASKER, NOBODY, RenderedMessage, told
from bots.discord.reply_pieces import ReplyPieces
from bots.discord.rest import readable, understood
from core.errors import EditRefused, MessageGone, UserError
from core.messages import AnyEvent, Place, Reply, User

log = structlog.get_logger()

NONCE = 25
"""The longest nonce that Discord accepts, in characters."""

NO_EMBEDS = discord.MessageFlags(suppress_embeds=True).value
"""The flag of a message beneath which Discord shows no previews of links."""

ANY_TYPE = "application/octet-stream"

NONCE_HOLDS = timedelta(minutes=2)
"""How long we rely on Discord to recognise a nonce; its documentation says "the past few minutes"."""


@dataclass(slots=True)
class ChannelMessages:
    """Writes messages in channels, threads and direct messages, and changes them."""

    client: discord.Client
    pace: RoutePace
    _pieces: ReplyPieces = field(default_factory=ReplyPieces)
    _sending: Counter[str] = field(default_factory=Counter)

    async def post(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None) -> str:
        """Post a reply, unless it was posted before with the same key. Returns the id of its message."""
        if cause and reply.answer and datetime.now(UTC) - cause.at > NONCE_HOLDS:
            earlier = await self._posted_before(self.channel(place), reply, cause)
            if earlier:
                return earlier
        with self._under_way(channel_of(place)):
            try:
                return await self._send(place, reply, key)
            except discord.HTTPException as error:
                if refusal_of(error) != DiscordRefusal.UNQUOTED:
                    raise
                log.info("sent_without_reference", code=error.code)
                return await self._send(place, replace(reply, reply_to=None), key)

    async def whisper(self, user: User, reply: Reply, key: str) -> str:
        """Post a reply in the direct messages of a person. Returns the id of its message."""
        with understood():
            channel = await self.client.create_dm(discord.Object(int(user.id)))

        async def send(one: RenderedMessage, number: int) -> str:
            mark = nonce(f"{key}#{number}" if one.plain else key)
            return await _sent(channel, one, nonce=mark, files=one.files)

        return await self._pieces.post(reply, send)

    async def direct(self, user: User) -> int:
        """Return the id of the channel of our direct messages with somebody."""
        with understood():
            return (await self.client.create_dm(discord.Object(int(user.id)))).id

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Replace what a message shows, if it is still there.

        Raises MessageGone if the reply still grows and its message is gone, EditRefused if the message is too old,
        WriteRefused if Discord does not let us.
        """
        channel = self.channel(place)

        async def write(one: RenderedMessage, there: str | None) -> str:
            with translated():
                if there is None:
                    return await _sent(channel, one)
                request = {
                    "content": one.content,
                    "components": one.components,
                    "allowed_mentions": (NOBODY if one.plain else ASKER).to_dict(),
                }
                with parameters(request) as given, understood():
                    edited = await self.client.http.edit_message(channel.id, int(there), params=given)
                    return str(int(edited["id"]))

        async def delete(there: str) -> None:
            with translated():
                await self._remove(channel, there)

        try:
            await self._pieces.change(message_id, reply, write, delete)
        except discord.HTTPException as error:
            refusal = refusal_of(error)
            if refusal not in (DiscordRefusal.DELETED, DiscordRefusal.OLD):
                raise
            log.info("edit_refused", code=error.code)
            if refusal == DiscordRefusal.OLD:
                raise EditRefused(f"Discord: {error.code}") from error
            if reply.underway:
                raise MessageGone(f"Discord: {error.code}") from error

    async def delete(self, place: Place, message_id: str) -> None:
        """Delete a message, if it is still there, and the others that show the same reply."""
        for piece in self._pieces.of(message_id):
            await self._remove(self.channel(place), piece)

    async def _remove(self, channel: discord.PartialMessageable, message_id: str) -> None:
        try:
            with understood():
                await channel.get_partial_message(int(message_id)).delete()
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

    async def _send(self, place: Place, reply: Reply, key: str) -> str:
        channel = self.channel(place)

        async def send(one: RenderedMessage, number: int) -> str:
            request = {
                "content": one.content,
                "components": one.components,
                "nonce": nonce(f"{key}#{number}" if one.plain else key),
                "enforce_nonce": True,
                "flags": NO_EMBEDS,
                "allowed_mentions": (NOBODY if one.plain else told(reply)).to_dict(),
            }
            if reply.reply_to and not one.plain:
                request["message_reference"] = _reference(place, reply.reply_to)
            with parameters(request, one.files) as given, understood():
                sent = await self.client.http.send_message(channel.id, params=given)
                return str(int(sent["id"]))

        return await self._pieces.post(reply, send)

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


async def _sent(channel: discord.abc.Messageable, one: RenderedMessage, **more: Any) -> str:
    """Send a message that notifies nobody. Returns its id."""
    shown: dict[str, Any] = {"view": one.view} if one.view else {}
    sent = channel.send(one.content, allowed_mentions=NOBODY, suppress_embeds=True, **shown, **more)
    return str((await readable(sent)).id)


def nonce(key: str) -> str:
    """Return the nonce for an outbox key; the same key always gives the same nonce."""
    return hashlib.sha256(key.encode()).hexdigest()[:NONCE]


def _reference(place: Place, reply_to: str) -> dict[str, Any]:
    """Return the reference of a message to the one that it replies to."""
    return {"message_id": int(reply_to), "channel_id": int(channel_of(place)), "fail_if_not_exists": False}


def parameters(request: dict[str, Any], files: Sequence[discord.File] = ()) -> MultipartParameters:
    """Return a request in the form in which the library's own client takes it.

    The library's `send` and `edit` make an object of the message that Discord returns, of which we need the id at most,
    and take twice as long for all of it as the request itself.
    """
    if not files:
        return MultipartParameters(request, None, None)
    named = [file.to_dict(number) for number, file in enumerate(files)]
    form: list[dict[str, Any]] = [{"name": "payload_json", "value": json.dumps({**request, "attachments": named})}]
    form += [
        {"name": f"files[{number}]", "value": file.fp, "filename": file.filename, "content_type": ANY_TYPE}
        for number, file in enumerate(files)
    ]
    return MultipartParameters(None, form, files)
