"""Sending to Telegram: the Chat port on top of its Bot API."""

import io
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

import structlog
import telegram
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, TelegramError

from bots.telegram.pace import EditPace
from bots.telegram.render import ROOM, asking, html, keyboard, plain, toast
from bots.telegram.request import NOT_SENT
from core.errors import UncertainDelivery, UnreachableError, UserError
from core.messages import AnyEvent, Attachment, Form, Place, Press, Reply, User
from core.ports.chat import ChatCapabilities

log = structlog.get_logger()

CAPABILITIES = ChatCapabilities(
    text_limit=ROOM, astral=2, edit_interval=1.0, selects=frozenset({"option"}), reactions=True, idempotent_send=False
)
TOPIC_NAME = 128
QUIET = telegram.LinkPreviewOptions(is_disabled=True)


@dataclass(slots=True)
class TelegramChat:
    """The Chat port for Telegram. `forums` holds the chats that we know to have topics.

    `_open` holds the presses that Telegram is waiting for us to answer, by the key of their event.
    """

    bot: telegram.Bot
    edits: EditPace = field(default_factory=EditPace)
    capabilities: ChatCapabilities = CAPABILITIES
    forums: set[int] = field(default_factory=set)
    _drafts: bool = True
    _open: set[str] = field(default_factory=set)

    def pressed(self, event: Press) -> None:
        """Note a press that needs an answer: the button shows a spinner until we have answered."""
        self._open.add(event.key)

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        """Post a reply; a short notice about a press is instead shown over the chat, to that person alone.

        Raises Unsure if nobody knows whether it was sent, Unreachable if it was not sent, UserError if we may not write
        there.
        """
        if isinstance(cause, Press) and reply.personal and (words := toast(reply)):
            await self._answer(cause, words)
            return ""
        if reply.replaces:
            await self.edit(place, reply.replaces, reply)
            return reply.replaces
        if (reply.files or reply.literal) and reply.personal and cause and not place.private:
            # A reply for one person alone does not go to a group.
            place = Place(place.platform, cause.user.id, cause.user.id, private=True)
            reply = replace(reply, reply_to=None)
        chat = int(place.channel)
        async with translated(sending=True):
            for file in reply.files:
                document = telegram.InputFile(io.BytesIO(file.content), filename=file.name)
                await self.edits.pace.call(chat, partial(self.bot.send_document, chat, document, **thread(place)))
            asked = cause.user if cause and asking(reply) and not (keyboard(reply) or place.private) else None
            sent = await self.edits.pace.call(chat, partial(self._post, place, reply, asked))
        return str(sent.message_id)

    async def draft(self, place: Place, reply: Reply, key: str) -> bool:
        """Show a growing answer in a private chat; Telegram animates it smoothly and forgets it after half a minute."""
        if not place.private or not self._drafts or not reply.text:
            return False
        chat = int(place.channel)
        try:
            await self.edits.pace.call(
                ("draft", chat),
                partial(
                    self.bot.send_message_draft,
                    chat,
                    draft_id(key),
                    html(replace(reply, status="")),
                    parse_mode=ParseMode.HTML,
                    **thread(place),
                ),
            )
        except (BadRequest, InvalidToken) as error:
            # A self-hosted server that is too old to know the method answers like this.
            log.info("no_drafts", error=error)
            self._drafts = False
            return False
        except TelegramError as error:
            log.info("draft_dropped", error=error)
        return True

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Replace what a message shows with a reply; an edit that is not the last may be skipped."""
        chat = int(place.channel)
        if reply.underway and self.edits.crowded(chat):
            return
        self.edits.edited(chat)
        async with translated(sending=False):
            await self.edits.pace.call(chat, partial(self._change, chat, int(message_id), reply))

    async def delete(self, place: Place, message_id: str) -> None:
        """Delete one of our messages."""
        async with translated(sending=False):
            try:
                await self.bot.delete_message(int(place.channel), int(message_id))
            except BadRequest as error:
                log.info("not_deleted", error=error)

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        """Do nothing: Telegram has no forms, and `capabilities` says so."""
        raise UserError("button-outdated")

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        """Open a new topic if the chat has topics and lets us; else a new conversation starts in the same place."""
        if int(place.channel) not in self.forums:
            return None
        name = f"{user.name} · {datetime.now(UTC):%Y-%m-%d %H:%M}"[:TOPIC_NAME]
        chat = int(place.channel)
        try:
            topic = await self.edits.pace.call(chat, partial(self.bot.create_forum_topic, chat, name))
        except TelegramError as error:
            log.info("topic_refused", error=error)
            return None
        opened = replace(place, thread=str(topic.message_thread_id))
        await self.send(place, Reply(f"➜ {self._address(opened) or name}"), f"{cause.key}#topic", cause)
        return opened

    async def read(self, attachment: Attachment) -> bytes:
        """Return a file's content. Raises UserError if it cannot be fetched."""
        try:
            file = await self.bot.get_file(attachment.address)
            return bytes(await file.download_as_bytearray())
        except TelegramError as error:
            log.warning("attachment_not_fetched", error=error)
            raise UserError("attachments-unread", names=attachment.name) from None

    async def done(self, event: AnyEvent) -> None:
        """Stop the spinner on a button."""
        if isinstance(event, Press):
            await self._answer(event, "")

    async def refresh(self, place: Place) -> None:
        """Do nothing: a chat keeps showing everything that was said, whichever branch the conversation follows."""

    async def typing(self, place: Place) -> None:
        """Show "typing" for five seconds. If that fails, the answer still comes."""
        try:
            await self.bot.send_chat_action(int(place.channel), ChatAction.TYPING, **thread(place))
        except TelegramError as error:
            log.info("typing_failed", error=error)

    def mention(self, kind: Literal["channel", "role", "message"], id: str, place: Place | None = None) -> str:
        """Return a link to a message in a large group; nothing else can be linked to."""
        if kind == "message" and place and place.channel.startswith("-100"):
            return f"https://t.me/c/{place.channel.removeprefix('-100')}/{id}"
        return id if kind != "message" else ""

    def _address(self, place: Place) -> str:
        """Return a link to a topic in a group; topics in a private chat have none."""
        return f"https://t.me/c/{place.channel.removeprefix('-100')}/{place.thread}" if not place.private else ""

    async def _post(self, place: Place, reply: Reply, asked: User | None = None) -> telegram.Message:
        markup = keyboard(reply) or asking(reply)
        common: dict[str, Any] = {"reply_markup": markup, "link_preview_options": QUIET, **thread(place)}
        if reply.reply_to:
            common["reply_parameters"] = telegram.ReplyParameters(int(reply.reply_to), allow_sending_without_reply=True)
        chat = int(place.channel)
        try:
            return await self.bot.send_message(chat, html(reply, asked), parse_mode=ParseMode.HTML, **common)
        except BadRequest as error:
            if "parse entities" not in error.message:
                raise
            log.error("markup_refused", error=error)
            return await self.bot.send_message(chat, plain(reply), **common)

    async def _change(self, chat: int, message_id: int, reply: Reply) -> None:
        common: dict[str, Any] = {
            "chat_id": chat,
            "message_id": message_id,
            "reply_markup": keyboard(reply),
            "link_preview_options": QUIET,
        }
        try:
            await self.bot.edit_message_text(html(reply), parse_mode=ParseMode.HTML, **common)
        except BadRequest as error:
            if "parse entities" in error.message:
                log.error("markup_refused", error=error)
                await self.bot.edit_message_text(plain(reply), **common)
            elif "not modified" not in error.message:
                # The message is gone, or too old to be changed: it keeps what it shows.
                log.info("edit_refused", error=error)

    async def _answer(self, event: Press, text: str) -> None:
        if event.key not in self._open:
            return
        self._open.discard(event.key)
        try:
            await self.bot.answer_callback_query(event.ticket, text or None)
        except TelegramError as error:
            log.info("press_not_answered", error=error)


def draft_id(key: str) -> int:
    """Return the draft id for an outbox key: never zero, and always the same for the same key."""
    return zlib.crc32(key.encode()) or 1


def thread(place: Place) -> dict[str, Any]:
    """Return the topic of a place as arguments for the Bot API."""
    return {"message_thread_id": int(place.thread)} if place.thread else {}


@asynccontextmanager
async def translated(*, sending: bool) -> AsyncIterator[None]:
    """Turn Telegram's errors into ours. A send whose answer is lost may have succeeded, so it is not repeated."""
    try:
        yield
    except Forbidden as error:
        # The bot is no longer in the group, or the person has not started a chat with it.
        raise UserError("write-privately") from error
    except BadRequest as error:
        if "chat not found" in error.message.casefold():
            raise UserError("write-privately") from error
        raise
    except NetworkError as error:
        if sending and not isinstance(error.__cause__, NOT_SENT):
            raise UncertainDelivery(f"Telegram: {error.message}") from error
        raise UnreachableError(f"Telegram: {error.message}") from error
