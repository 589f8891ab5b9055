"""Our messages in chats: sending, editing and deleting them."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from typing import Any

import structlog
import telegram
from cachetools import LRUCache
from telegram.error import BadRequest, ChatMigrated

from bots.shared.plain_text import first_taken
from bots.telegram.moved_groups import MovedGroups
from bots.telegram.pace import EditPace
from bots.telegram.refusals import UNREADABLE, TelegramRefusal, refusal_of
from bots.telegram.render import RenderedMessage, asking, keyboard, ways
from core.errors import EditRefused, MessageGone
from core.messages import File, Place, Reply, User

log = structlog.get_logger()

EMPTIED = "🗑"
"""The text of a message that we could not delete."""

REMEMBERED = 1000
"""For how many messages we remember with which others they show one reply."""

QUIET = telegram.LinkPreviewOptions(is_disabled=True)


@dataclass(slots=True)
class ChatMessages:
    """Writes messages, none of them sooner than Telegram allows.

    `_pieces` are the ids of all messages that show one reply, by the chat and the id of each of them.
    """

    bot: telegram.Bot
    edits: EditPace
    groups: MovedGroups
    _pieces: LRUCache[tuple[int, int], list[int]] = field(default_factory=lambda: LRUCache(REMEMBERED))

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
        here = self.groups.of_message(place, message_id) or place
        chat, number = int(here.channel), int(message_id)
        try:
            await self.edits.pace.call(chat, partial(self.bot.delete_message, chat, number))
        except (BadRequest, ChatMigrated) as error:
            log.info("not_deleted", error=error)
            if refusal_of(error) == TelegramRefusal.DELETED:
                return
            with suppress(EditRefused, ChatMigrated):
                await self.edits.pace.call(chat, partial(self._change, here, number, Reply(EMPTIED)))

    async def _upload(self, place: Place, file: File) -> None:
        document = telegram.InputFile(io.BytesIO(file.content), filename=file.name)
        await self.bot.send_document(int(place.channel), document, **topic_arguments(place))

    async def _post(self, place: Place, reply: Reply, asked: User | None) -> telegram.Message:
        chat, markup = int(place.channel), keyboard(reply) or asking(reply)
        pieces: list[int] = []
        common: dict[str, Any] = {"reply_markup": markup, "link_preview_options": QUIET, **topic_arguments(place)}
        if reply.reply_to:
            common["reply_parameters"] = telegram.ReplyParameters(int(reply.reply_to), allow_sending_without_reply=True)

        async def send(one: RenderedMessage, number: int) -> telegram.Message:
            shown = common if one.controls else common | {"reply_markup": None}
            sent = await self.bot.send_message(chat, one.text, parse_mode=one.mode, **shown)
            self._go_on(chat, pieces, sent.message_id)
            return sent

        return await first_taken(ways(reply, asked), send, BadRequest, _unreadable)

    async def _change(self, place: Place, message_id: int, reply: Reply) -> None:
        chat, markup = int(place.channel), keyboard(reply)
        pieces = self._pieces.get((chat, message_id), [message_id])

        async def change(piece: tuple[RenderedMessage, int | None], number: int) -> None:
            one, there = piece
            shown: dict[str, Any] = {"parse_mode": one.mode, "link_preview_options": QUIET}
            shown |= {"reply_markup": markup} if one.controls else {}
            if there is None:
                sent = await self.bot.send_message(chat, one.text, **shown, **topic_arguments(place))
                self._go_on(chat, pieces, sent.message_id)
                return
            try:
                await self.bot.edit_message_text(one.text, chat_id=chat, message_id=there, **shown)
            except BadRequest as error:
                # The pieces after it may have changed.
                if refusal_of(error) != TelegramRefusal.UNCHANGED:
                    raise

        try:
            await first_taken(_placed(ways(reply), message_id, pieces), change, BadRequest, _unreadable)
        except BadRequest as error:
            refusal = refusal_of(error)
            if refusal == TelegramRefusal.OLD:
                raise EditRefused(f"Telegram: {error.message}") from error
            if refusal != TelegramRefusal.DELETED:
                raise
            log.info("edit_refused", error=error)
            if reply.underway:
                raise MessageGone(f"Telegram: {error.message}") from error

    def _go_on(self, chat: int, pieces: list[int], sent: int) -> None:
        """Remember that a reply goes on in a message that was just sent."""
        pieces.append(sent)
        if len(pieces) > 1:
            self._pieces.update({(chat, one): pieces for one in pieces})


def _placed(
    ways: Iterable[Sequence[RenderedMessage]], message_id: int, pieces: Sequence[int]
) -> Iterator[list[tuple[RenderedMessage, int | None]]]:
    """Yield each way to change a reply, with the id of the message that each piece replaces; None if it is a new one.

    What fits into one message replaces the one that is to be changed, which has the buttons.
    """
    for way in ways:
        there = pieces if len(way) > 1 else [message_id]
        yield list(zip_longest(way, there[: len(way)]))


def _unreadable(error: BadRequest) -> bool:
    """Return whether Telegram does not take a message as we have made it."""
    return refusal_of(error) in UNREADABLE


def topic_arguments(place: Place) -> dict[str, Any]:
    """Return the topic of a place as arguments for the Bot API."""
    return {"message_thread_id": int(place.thread)} if place.thread else {}
