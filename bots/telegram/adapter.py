"""The way out to Telegram: the Chat port over its Bot API."""

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

from bots.telegram.pace import Edits
from bots.telegram.render import ROOM, asking, html, keyboard, plain, toast
from bots.telegram.request import NOT_SENT
from core.errors import Unreachable, Unsure, UserError
from core.messages import AnyEvent, Attachment, Form, Place, Press, Reply, User
from core.ports.chat import Capabilities

log = structlog.get_logger()

CAPABILITIES = Capabilities(
    text_limit=ROOM, astral=2, edit_interval=1.0, selects=frozenset({"option"}), reactions=True, idempotent_send=False
)
TOPIC_NAME = 128
QUIET = telegram.LinkPreviewOptions(is_disabled=True)


@dataclass(slots=True)
class TelegramChat:
    """Implements the Chat port. `forums` are the chats with topics that we know of.

    `_open` are the presses that Telegram waits for an answer to, by their event's key.
    """

    bot: telegram.Bot
    edits: Edits = field(default_factory=Edits)
    capabilities: Capabilities = CAPABILITIES
    forums: set[int] = field(default_factory=set)
    _drafts: bool = True
    _open: set[str] = field(default_factory=set)

    def pressed(self, event: Press) -> None:
        """A button turns its little wheel until we have answered."""
        self._open.add(event.key)

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        """Post a reply; a short notice about a press is shown over the chat instead, to that person alone.

        Raises Unsure where nobody knows whether it was sent, Unreachable where it was not, UserError where we may not
        write there.
        """
        if isinstance(cause, Press) and reply.personal and (words := toast(reply)):
            await self._answer(cause, words)
            return ""
        if reply.replaces:
            await self.edit(place, reply.replaces, reply)
            return reply.replaces
        if (reply.files or reply.literal) and reply.personal and cause and not place.private:
            # What is theirs alone does not go to a group.
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
        """A growing answer in a private chat, which Telegram draws smoothly and forgets after half a minute."""
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
            # An older server of one's own answers so where it does not know the method.
            log.info("no_drafts", error=error.message)
            self._drafts = False
            return False
        except TelegramError as error:
            log.info("draft_dropped", error=error.message)
        return True

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Show a reply in place of what the message showed; one that is not the last may be left out."""
        chat = int(place.channel)
        if reply.underway and self.edits.crowded(chat):
            return
        self.edits.edited(chat)
        async with translated(sending=False):
            await self.edits.pace.call(chat, partial(self._change, chat, int(message_id), reply))

    async def delete(self, place: Place, message_id: str) -> None:
        """Take a message of ours away."""
        async with translated(sending=False):
            try:
                await self.bot.delete_message(int(place.channel), int(message_id))
            except BadRequest as error:
                log.info("not_deleted", error=error.message)

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        """Telegram has no forms, and `capabilities` says so."""
        raise UserError("button-outdated")

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        """A topic of its own where the chat has topics and lets us open one; else it begins anew where it is."""
        if int(place.channel) not in self.forums:
            return None
        name = f"{user.name} · {datetime.now(UTC):%Y-%m-%d %H:%M}"[:TOPIC_NAME]
        chat = int(place.channel)
        try:
            topic = await self.edits.pace.call(chat, partial(self.bot.create_forum_topic, chat, name))
        except TelegramError as error:
            log.info("topic_refused", error=error.message)
            return None
        opened = replace(place, thread=str(topic.message_thread_id))
        await self.send(place, Reply(f"➜ {self._address(opened) or name}"), f"{cause.key}#topic", cause)
        return opened

    async def read(self, attachment: Attachment) -> bytes:
        """The content of a file. Raises UserError where it cannot be had."""
        try:
            file = await self.bot.get_file(attachment.address)
            return bytes(await file.download_as_bytearray())
        except TelegramError as error:
            log.warning("attachment_not_fetched", error=error.message)
            raise UserError("attachments-unread", names=attachment.name) from None

    async def done(self, event: AnyEvent) -> None:
        """Let the wheel on a button stop."""
        if isinstance(event, Press):
            await self._answer(event, "")

    async def refresh(self, place: Place) -> None:
        """A chat shows what was said, whatever branch the conversation goes on with."""

    async def typing(self, place: Place) -> None:
        """Show for five seconds that we are at work. Where that fails, the answer comes all the same."""
        try:
            await self.bot.send_chat_action(int(place.channel), ChatAction.TYPING, **thread(place))
        except TelegramError as error:
            log.info("typing_failed", error=error.message)

    def mention(self, kind: Literal["channel", "role", "message"], id: str, place: Place | None = None) -> str:
        """A link to a message of a large group; nothing else can be pointed to."""
        if kind == "message" and place and place.channel.startswith("-100"):
            return f"https://t.me/c/{place.channel.removeprefix('-100')}/{id}"
        return id if kind != "message" else ""

    def _address(self, place: Place) -> str:
        """A link to a topic of a group; a private chat's topics have none."""
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
            log.error("markup_refused", error=error.message)
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
                log.error("markup_refused", error=error.message)
                await self.bot.edit_message_text(plain(reply), **common)
            elif "not modified" not in error.message:
                # It is gone, or too old to be changed: what it shows stays.
                log.info("edit_refused", error=error.message)

    async def _answer(self, event: Press, text: str) -> None:
        if event.key not in self._open:
            return
        self._open.discard(event.key)
        try:
            await self.bot.answer_callback_query(event.ticket, text or None)
        except TelegramError as error:
            log.info("press_not_answered", error=error.message)


def draft_id(key: str) -> int:
    """The draft of an outbox key: never zero, and the same for the same key."""
    return zlib.crc32(key.encode()) or 1


def thread(place: Place) -> dict[str, Any]:
    """The topic of a place, as the Bot API takes it."""
    return {"message_thread_id": int(place.thread)} if place.thread else {}


@asynccontextmanager
async def translated(*, sending: bool) -> AsyncIterator[None]:
    """Telegram's errors as ours. A send whose answer is lost may have happened, and is not repeated."""
    try:
        yield
    except Forbidden as error:
        # It is not in the group any more, or the person has not begun a chat with it.
        raise UserError("write-privately") from error
    except BadRequest as error:
        if "chat not found" in error.message.casefold():
            raise UserError("write-privately") from error
        raise
    except NetworkError as error:
        if sending and not isinstance(error.__cause__, NOT_SENT):
            raise Unsure(f"Telegram: {error.message}") from error
        raise Unreachable(f"Telegram: {error.message}") from error
