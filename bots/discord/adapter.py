"""Sending to Discord: the Chat port on top of a discord.py client."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import aiohttp
import discord
import structlog
from cachetools import LRUCache

from bots.discord.capabilities import CAPABILITIES
from bots.discord.channel_messages import ChannelMessages, channel_of
from bots.discord.command_ids import CommandIds
from bots.discord.name_lookup import ServerDirectory, named
from bots.discord.open_interactions import OpenInteractions
from bots.discord.places import PlaceDirectory
from bots.discord.receive import direct_place
from bots.discord.refusals import PASSING, translated
from bots.discord.render import linked
from bots.discord.rest import understood
from bots.discord.surroundings import last_messages
from bots.discord.threads import begin_thread, thread_under
from bots.shared.attached_files import download
from bots.shared.command_names import COMMAND
from core.errors import EditPutOff, UserError, WriteRefused
from core.messages import AnyEvent, Attachment, Form, Message, Place, Quote, Reply, User
from core.ports.chat import ChatCapabilities, NamedKind

log = structlog.get_logger()

Change = Callable[[str, Reply], Awaitable[None]]
"""Changes what a notice shows, by its id."""

REMEMBERED = 1000
"""For how many notices we remember how to change them."""


@dataclass(slots=True)
class DiscordChat:
    """The Chat port for Discord.

    `_told` changes the notices that interactions were answered with, by their ids; `_letters` are the places of the
    direct messages that were sent instead of one.
    """

    client: discord.AutoShardedClient
    places: PlaceDirectory
    messages: ChannelMessages
    interactions: OpenInteractions
    ids: CommandIds
    servers: ServerDirectory
    capabilities: ChatCapabilities = CAPABILITIES
    _told: LRUCache[str, Change] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _letters: LRUCache[str, Place] = field(default_factory=lambda: LRUCache(REMEMBERED))

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        """Post a reply, or send it as the answer to an interaction.

        It answers the interaction if the reply is personal or replaces the message that the interaction came from.

        A second post with the same key creates no second message. Raises UnreachableError if Discord cannot be reached,
        WriteRefused if we may write neither there nor, for a personal reply, to the person.
        """
        if not reply.answer and COMMAND.search(reply.text):
            reply = replace(reply, text=linked(reply.text, await self.ids.in_place(place)))
        try:
            return await self._send(place, reply, key, cause)
        except WriteRefused as refusal:
            if not (reply.personal and cause) or place.private:
                raise
            try:
                with translated():
                    return await self._write_to(cause.user, place, reply, key)
            except WriteRefused:
                # They take no direct messages either.
                raise refusal from None

    async def _send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None) -> str:
        with translated():
            pending = self.interactions.of(cause) if cause else None
            public = not reply.personal and (reply.answer or not reply.replaces)
            if public or cause is None or pending is None:
                shown = await self.messages.post(place, reply, key, cause)
                if pending:
                    await pending.end()
                return shown
            told = await pending.tell(reply)
            # Discord may say that an interaction failed which did not: the person is told in private then.
            if told is None:
                return await self._write_to(cause.user, place, reply, key)
            if not reply.replaces:
                self._told[told] = pending.change
            return told

    async def _write_to(self, user: User, place: Place, reply: Reply, key: str) -> str:
        """Post a reply in the direct messages of a person."""
        letter = await self.messages.whisper(user, reply, key)
        if direct := await self.direct(place, user):
            self._letters[letter] = direct
        return letter

    async def draft(self, place: Place, reply: Reply, key: str) -> bool:
        """Show nothing and return False: Discord has no drafts."""
        return False

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Replace what a message shows with a reply.

        Raises EditPutOff if an answer still grows and the edit would have to wait: a later one will include its text.
        """
        if change := self._told.get(message_id):
            with translated():
                await change(message_id, reply)
            return
        place = self._letters.get(message_id, place)
        if reply.underway and self.messages.crowded(place, message_id):
            raise EditPutOff("Discord: the route is closed")
        await self.messages.edit(place, message_id, reply)

    async def delete(self, place: Place, message_id: str) -> None:
        """Delete one of our messages."""
        with translated():
            await self.messages.delete(self._letters.get(message_id, place), message_id)

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        """Open a form. Raises UserError if the interaction is too old for one."""
        pending = self.interactions.of(cause)
        if pending is None:
            raise UserError("form-late")
        with translated():
            await pending.open(form)

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        """Open a thread in the conversation's channel and tell the person where; None if there can be no thread.

        A question gets a thread under itself.
        """
        if isinstance(cause, Message):
            with translated():
                under = await thread_under(self.client, cause)
            if under:
                self.places.ours(int(under), int(place.channel))
            return replace(place, thread=under) if under else None
        with translated():
            thread = await begin_thread(self.client, place, user)
        if thread is None:
            return None
        self.places.ours(thread.id, thread.parent_id)
        if pending := self.interactions.of(cause):
            with translated():
                await pending.tell(Reply(f"➜ {thread.mention}", personal=True))
        return Place(place.platform, place.community, place.channel, str(thread.id))

    async def direct(self, place: Place, user: User) -> Place | None:
        """Return our direct messages with somebody, which every account has. Whether they take any shows in sending."""
        with translated():
            return direct_place(await self.messages.direct(user), int(user.id))

    async def read(self, attachment: Attachment) -> bytes:
        """Return a file's whole content. Raises UserError if it cannot be fetched."""
        async with aiohttp.ClientSession() as session:
            return await download(session, attachment, attachment.address)

    async def recent(self, place: Place, before: str | None, most: int) -> Sequence[Quote]:
        """Return what others have said in a channel or thread before a message."""
        me = self.client.user.id if self.client.user else 0
        return await last_messages(self.messages.channel(place), int(before) if before else None, most, me)

    async def done(self, event: AnyEvent) -> None:
        """Close an interaction, including one that got no answer."""
        pending = self.interactions.of(event)
        self.interactions.drop(event.key)
        if pending:
            with translated():
                await pending.end()

    async def refresh(self, place: Place) -> None:
        """Do nothing: a channel keeps showing everything that was said, whichever branch the conversation follows."""

    async def typing(self, place: Place) -> bool:
        """Show "typing" for ten seconds. This is a courtesy: if it fails, the answer still comes."""
        try:
            with understood():
                await self.messages.channel(place).typing()
        except (*PASSING, discord.HTTPException) as error:
            log.info("typing_failed", error=error)
        return True

    async def find(self, kind: NamedKind, text: str, place: Place) -> str:
        """Return the id of a channel or role of the server."""
        with translated():
            server = None if place.private else await self.servers.parts(int(place.community))
        return named(server, kind, text, place)

    def mention(self, kind: NamedKind | Literal["message"], id: str, place: Place | None = None) -> str:
        """Return the text that Discord shows as the name of a channel or role, or as a link to a message."""
        if kind == "message" and place:
            where = "@me" if place.private else place.community
            return f"https://discord.com/channels/{where}/{channel_of(place)}/{id}"
        return f"<@&{id}>" if kind == "role" else f"<#{id}>"
