"""Our messages in chats: sending, editing and deleting them."""

import io
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
import telegram
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bots.telegram.pace import EditPace
from bots.telegram.refusals import TelegramRefusal, refusal_of
from bots.telegram.render import asking, html, keyboard, plain
from core.errors import EditRefused, MessageGone
from core.messages import File, Place, Reply, User

log = structlog.get_logger()

EMPTIED = "🗑"
"""The text of a message that we could not delete."""

QUIET = telegram.LinkPreviewOptions(is_disabled=True)


@dataclass(slots=True)
class ChatMessages:
    """Writes messages, none of them sooner than Telegram allows."""

    bot: telegram.Bot
    edits: EditPace

    async def post(self, place: Place, reply: Reply, asked: User | None) -> str:
        """Send a message, after its files. Returns its id. `asked` is the person whose answer it asks for, if any."""
        chat = int(place.channel)
        for file in reply.files:
            await self.edits.pace.call(chat, partial(self._upload, place, file))
        sent = await self.edits.pace.call(chat, partial(self._post, place, reply, asked))
        return str(sent.message_id)

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Replace what a message shows, if it is still there.

        Raises MessageGone if the reply still grows and its message is gone, EditRefused if the message is too old.
        """
        chat = int(place.channel)
        await self.edits.pace.call(chat, partial(self._change, chat, int(message_id), reply))

    async def delete(self, place: Place, message_id: str) -> None:
        """Delete a message. One that is too old for Telegram to delete shows nothing any more instead."""
        try:
            await self.bot.delete_message(int(place.channel), int(message_id))
        except BadRequest as error:
            log.info("not_deleted", error=error)
            if refusal_of(error) == TelegramRefusal.DELETED:
                return
            with suppress(EditRefused):
                await self._change(int(place.channel), int(message_id), Reply(EMPTIED))

    async def _upload(self, place: Place, file: File) -> None:
        document = telegram.InputFile(io.BytesIO(file.content), filename=file.name)
        await self.bot.send_document(int(place.channel), document, **topic_arguments(place))

    async def _post(self, place: Place, reply: Reply, asked: User | None) -> telegram.Message:
        markup = keyboard(reply) or asking(reply)
        common: dict[str, Any] = {"reply_markup": markup, "link_preview_options": QUIET, **topic_arguments(place)}
        if reply.reply_to:
            common["reply_parameters"] = telegram.ReplyParameters(int(reply.reply_to), allow_sending_without_reply=True)
        chat = int(place.channel)
        try:
            return await self.bot.send_message(chat, html(reply, asked), parse_mode=ParseMode.HTML, **common)
        except BadRequest as error:
            if refusal_of(error) != TelegramRefusal.MARKUP:
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
            refusal = refusal_of(error)
            if refusal == TelegramRefusal.UNCHANGED:
                return
            if refusal == TelegramRefusal.MARKUP:
                log.error("markup_refused", error=error)
                await self.bot.edit_message_text(plain(reply), **common)
                return
            if refusal == TelegramRefusal.OLD:
                raise EditRefused(f"Telegram: {error.message}") from error
            if refusal != TelegramRefusal.DELETED:
                raise
            log.info("edit_refused", error=error)
            if reply.underway:
                raise MessageGone(f"Telegram: {error.message}") from error


def topic_arguments(place: Place) -> dict[str, Any]:
    """Return the topic of a place as arguments for the Bot API."""
    return {"message_thread_id": int(place.thread)} if place.thread else {}
