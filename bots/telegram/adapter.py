"""Sending to Telegram: the Chat port on top of its Bot API."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import structlog
import telegram
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bots.telegram import attachments
from bots.telegram.capabilities import CAPABILITIES
from bots.telegram.drafts import AnswerDrafts
from bots.telegram.messages import ChatMessages, topic_arguments
from bots.telegram.moved_groups import MovedGroups
from bots.telegram.name_lookup import NamedTargets
from bots.telegram.pace import EditPace
from bots.telegram.presses import AnsweredPresses
from bots.telegram.receive import is_chat
from bots.telegram.refusals import translated
from bots.telegram.render import asking, keyboard, toast
from bots.telegram.topics import ForumTopics, address_of
from core.errors import EditPutOff, EditRefused, UncertainDelivery, UnreachableError, UserError, WriteRefused
from core.messages import AnyEvent, Attachment, Form, Message, Place, Press, Quote, Reply, User
from core.ports.chat import ChatCapabilities, NamedKind

log = structlog.get_logger()


class TelegramChat:
    """The Chat port for Telegram."""

    def __init__(self, bot: telegram.Bot) -> None:
        self.capabilities: ChatCapabilities = CAPABILITIES
        self._bot = bot
        self._edits = EditPace()
        self.presses = AnsweredPresses(bot, self._edits.pace)
        self.topics = ForumTopics(bot, self._edits)
        self.groups = MovedGroups()
        self._messages = ChatMessages(bot, self._edits, self.groups)
        self._drafts = AnswerDrafts(bot, self._edits)
        self._named = NamedTargets(bot)

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        """Post a reply; a short notice about a press is instead shown over the chat, to that person alone, if possible.

        Raises UncertainDelivery if nobody knows whether it was sent, UnreachableError if it was not sent, WriteRefused
        if we may write neither there nor, for a personal reply, to the person.
        """
        words = toast(reply) if reply.personal else ""
        if words and isinstance(cause, Press) and await self.presses.answer(cause, words):
            return ""
        if reply.replaces and await self._replaced(place, reply.replaces, reply):
            return reply.replaces
        if (reply.files or reply.literal) and reply.personal and cause and not place.private:
            # A personal reply goes neither to a group nor to the chat in whose name somebody writes.
            return await self._whisper(reply, cause)
        try:
            return await self._post(place, reply, cause)
        except WriteRefused as refusal:
            if not (reply.personal and cause) or place.private or is_chat(cause.user):
                raise
            try:
                return await self._whisper(reply, cause)
            except WriteRefused:
                # They have never begun a chat with us.
                raise refusal from None

    async def _replaced(self, place: Place, message_id: str, reply: Reply) -> bool:
        """Replace what a message shows. Returns False if it cannot be changed any more."""
        try:
            await self.edit(place, message_id, reply)
        except EditRefused as error:
            log.info("not_replaced", error=error)
            return False
        return True

    async def direct(self, place: Place, user: User) -> Place | None:
        """Return the private chat with somebody, which exists once they have begun it; a chat has none."""
        return None if is_chat(user) else Place(place.platform, user.id, user.id, private=True)

    async def _whisper(self, reply: Reply, cause: AnyEvent) -> str:
        place = await self.direct(cause.place, cause.user)
        if place is None:
            raise UserError("write-privately-as-yourself")
        return await self._post(place, replace(reply, reply_to=None), cause)

    async def _post(self, place: Place, reply: Reply, cause: AnyEvent | None) -> str:
        if not place.channel.removeprefix("-").isdecimal():
            # An older version accepted any text as a setting.
            raise UserError("channel-mute")
        opens = asking(reply) and not (keyboard(reply) or place.private)
        # A chat has no name that could be linked to; the field opens for whoever is replied to.
        asked = cause.user if cause and opens and not is_chat(cause.user) else None
        async with translated(sending=True):
            return await self._messages.post(place, reply, asked)

    async def draft(self, place: Place, reply: Reply, key: str) -> bool:
        """Show a growing answer as a draft, in a private chat."""
        return await self._drafts.show(place, reply, key)

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Replace what a message shows with a reply. Raises EditPutOff, too, while the message grows."""
        chat = int(place.channel)
        if reply.underway and self._edits.crowded(chat):
            raise EditPutOff("Telegram: the group has just been edited")
        self._edits.edited(chat)
        async with translated(sending=False):
            await self._messages.edit(place, message_id, reply)

    async def delete(self, place: Place, message_id: str) -> None:
        """Delete one of our messages."""
        async with translated(sending=False):
            await self._messages.delete(place, message_id)

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        """Refuse: Telegram has no forms, and `capabilities` says so."""
        raise UserError("button-outdated")

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        """Open a new topic if the chat has topics and lets us; else a new conversation starts in the same place."""
        topic = await self.topics.begin(place, user, cause.text if isinstance(cause, Message) else "")
        if topic is None:
            return None
        thread, name = topic
        opened = replace(place, thread=thread)
        try:
            await self.send(place, Reply(f"➜ {address_of(opened) or name}"), f"{cause.key}#topic", cause)
        except (UnreachableError, UncertainDelivery, UserError) as error:
            # The topic is there, with its name, and the conversation goes on in it.
            log.warning("topic_not_pointed_to", error=error)
        return opened

    async def read(self, attachment: Attachment) -> bytes:
        """Return a file's whole content. Raises UserError if it cannot be fetched."""
        return await attachments.read(self._bot, attachment)

    async def recent(self, place: Place, before: str | None, most: int) -> Sequence[Quote]:
        """Return nothing: bots cannot read what was said before."""
        return ()

    async def done(self, event: AnyEvent) -> None:
        """Stop the spinner on a button."""
        if isinstance(event, Press):
            await self.presses.answer(event)

    async def refresh(self, place: Place) -> None:
        """Do nothing: a chat keeps showing everything that was said, whichever branch the conversation follows."""

    async def typing(self, place: Place) -> bool:
        """Show "typing" for five seconds. If that fails, the answer still comes."""
        place = self.groups.place(place)
        try:
            await self._bot.send_chat_action(int(place.channel), ChatAction.TYPING, **topic_arguments(place))
        except TelegramError as error:
            log.info("typing_failed", error=error)
        return True

    async def find(self, kind: NamedKind, text: str, place: Place) -> str:
        """Return the id of the group, of one of its topics or of a member: all that a community has here."""
        async with translated(sending=False):
            return await self._named.find(kind, text, place)

    def mention(self, kind: NamedKind | Literal["message"], id: str, place: Place | None = None) -> str:
        """Return a link to a message or topic of a large group, or the name of a group or person as far as known."""
        channel, _, topic = id.partition("/")
        if kind == "channel":
            link = f"https://t.me/c/{channel.removeprefix('-100')}/{topic}"
            return link if topic else self._named.titles.get(channel, id)
        if kind == "message" and place and place.channel.startswith("-100"):
            return f"https://t.me/c/{place.channel.removeprefix('-100')}/{id}"
        if kind == "person" and id in self._named.titles:
            return f"{self._named.titles[id]} ({id})"
        return id if kind != "message" else ""
