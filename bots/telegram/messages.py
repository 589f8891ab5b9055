"""Our messages in chats: sending, editing and deleting them."""

import io
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
import telegram
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated

from bots.shared.plain_text import plain_pieces
from bots.telegram.moved_groups import MovedGroups
from bots.telegram.pace import EditPace
from bots.telegram.refusals import UNREADABLE, TelegramRefusal, refusal_of
from bots.telegram.render import LIMIT, asking, html, keyboard, plain
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
    groups: MovedGroups

    async def post(self, place: Place, reply: Reply, asked: User | None) -> str:
        """Send a message, after its files. Returns its id. `asked` is the person whose answer it asks for, if any."""
        return await self.groups.sent(place, lambda here: self._sent(here, reply, asked))

    async def _sent(self, place: Place, reply: Reply, asked: User | None) -> str:
        chat = int(place.channel)
        for file in reply.files:
            await self.edits.pace.call(chat, partial(self._upload, place, file))
        sent = await self.edits.pace.call(chat, partial(self._post, place, reply, asked))
        return str(sent.message_id)

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Replace what a message shows, if it is still there.

        Raises MessageGone if the reply still grows and its message is gone, EditRefused if the message is too old, or
        stayed behind in a group that has become a supergroup.
        """
        here = self.groups.of_message(place, message_id)
        chat = int((here or place).channel)
        try:
            if here:
                await self.edits.pace.call(chat, partial(self._change, here, int(message_id), reply))
                return
        except ChatMigrated as error:
            self.groups.note(chat, error.new_chat_id)
        if not reply.underway:
            raise EditRefused("Telegram: the message is in the group that was")

    async def delete(self, place: Place, message_id: str) -> None:
        """Delete a message. One that is too old for Telegram to delete shows nothing any more instead."""
        try:
            await self.bot.delete_message(int(place.channel), int(message_id))
        except (BadRequest, ChatMigrated) as error:
            log.info("not_deleted", error=error)
            if refusal_of(error) == TelegramRefusal.DELETED:
                return
            with suppress(EditRefused, ChatMigrated):
                await self._change(place, int(message_id), Reply(EMPTIED))

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
            if refusal_of(error) not in UNREADABLE:
                raise
            log.error("markup_refused", error=error)
            *earlier, last = plain_pieces(plain(reply), LIMIT)
            for piece in earlier:
                await self.bot.send_message(chat, piece, **(common | {"reply_markup": None}))
            return await self.bot.send_message(chat, last, **common)

    async def _change(self, place: Place, message_id: int, reply: Reply) -> None:
        common: dict[str, Any] = {
            "chat_id": int(place.channel),
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
            if refusal in UNREADABLE:
                log.error("markup_refused", error=error)
                await self._change_plain(place, common, reply)
                return
            if refusal == TelegramRefusal.OLD:
                raise EditRefused(f"Telegram: {error.message}") from error
            if refusal != TelegramRefusal.DELETED:
                raise
            log.info("edit_refused", error=error)
            if reply.underway:
                raise MessageGone(f"Telegram: {error.message}") from error

    async def _change_plain(self, place: Place, common: dict[str, Any], reply: Reply) -> None:
        """Replace what a message shows with a text without markup, which goes on in further messages at its end."""
        first, *more = plain_pieces(plain(reply), LIMIT)
        await self.bot.edit_message_text(first, **common)
        for piece in () if reply.underway else more:
            shown: dict[str, Any] = {"link_preview_options": QUIET, **topic_arguments(place)}
            await self.bot.send_message(int(place.channel), piece, **shown)


def topic_arguments(place: Place) -> dict[str, Any]:
    """Return the topic of a place as arguments for the Bot API."""
    return {"message_thread_id": int(place.thread)} if place.thread else {}
