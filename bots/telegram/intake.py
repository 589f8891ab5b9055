"""Receiving updates: each is passed to the core, and confirmed to Telegram only once it is committed there."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import structlog
import telegram
from cachetools import TTLCache
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bots.shared.unreadable import unreadable
from bots.telegram import receive
from bots.telegram.adapter import TelegramChat
from bots.telegram.albums import AlbumUses
from bots.telegram.arrivals import arrival
from bots.telegram.commands import CommandLists
from bots.telegram.enclosed import is_speech
from bots.telegram.moved_groups import MovedGroups
from bots.telegram.updates import UPDATE, ReadUpdate, UpdateBatch
from core.errors import StoreError
from core.foreign_code import ForeignFault, guarded
from core.messages import AnyEvent, Place, User
from core.ports.chat import Handle
from core.ports.surface import SurfaceRecords, SurfaceStorage

log = structlog.get_logger()

WANTED = ("message", "edited_message", "callback_query", "message_reaction", "my_chat_member")
"""The kinds of update that we ask for; reactions are sent only to a bot that is an admin of the group."""

ADMIN_KNOWN_FOR = 60.0
"""Seconds for which we remember whether somebody is an admin."""

REMEMBERED = 1000
ADMINS = (ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)


@dataclass(slots=True)
class UpdateIntake:
    """Takes updates and passes them to the core. `me` is our own account."""

    bot: telegram.Bot
    me: telegram.User
    handle: Handle
    records: SurfaceRecords
    keep: SurfaceStorage
    chat: TelegramChat
    lists: CommandLists
    _albums: AlbumUses = field(init=False)
    _admins: TTLCache[tuple[int, int], bool] = field(default_factory=lambda: TTLCache(REMEMBERED, ADMIN_KNOWN_FOR))

    def __post_init__(self) -> None:
        self._albums = AlbumUses(self.keep, self.bot)

    async def take(self, given: ReadUpdate) -> None:
        """Pass what an update contains to the core. Raises StoreError if it could not be committed.

        Telegram delivers an update again until it is confirmed, so the update's number is the event's key. One that
        we cannot read is put aside: it would be as unreadable the next time, and keep all later ones from coming.
        """
        update = given.update
        key = f"telegram:{self.me.id}:{update.update_id}"
        try:
            with guarded(StoreError):
                for event in await self._events(update, key):
                    await self.handle(event)
                    self.lists.heard_from(event.place)
        except ForeignFault as fault:
            # No update, whatever it is, may end the surface.
            await self.keep.put_aside(unreadable(UPDATE, update.update_id, given.raw, fault.cause))

    def cancel(self) -> None:
        """Stop what runs in the background."""
        self._albums.cancel()
        self.lists.cancel()

    async def take_all(self, batch: UpdateBatch) -> None:
        """Take several updates at once: in order within one chat, and different chats at the same time.

        Raises StoreError if one could not be committed; those that were committed are recognised when they come again.
        """
        for item in batch.unreadable:
            await self.keep.put_aside(item)
        moved = dict(given.moved for given in batch.read if given.moved)
        chats: dict[int, list[ReadUpdate]] = {}
        for given in batch.read:
            # What is said after a group has moved follows what was said before.
            chats.setdefault(moved.get(given.chat, given.chat), []).append(given)

        async def one(queue: Sequence[ReadUpdate]) -> None:
            for given in queue:
                await self.take(given)

        done = await asyncio.gather(*(one(queue) for queue in chats.values()), return_exceptions=True)
        for error in done:
            if isinstance(error, BaseException):
                raise error

    async def _events(self, update: telegram.Update, key: str) -> list[AnyEvent]:
        if update.message and (moved := receive.relocated(update.message, key)):
            self.chat.groups.note(int(moved.former.channel), int(moved.place.channel))
            return [moved]
        if update.message and is_heard(update.message):
            return await self._message(update.message, key)
        if update.edited_message and is_heard(update.edited_message):
            return await self._edited(update.edited_message, key)
        if update.callback_query:
            return await self._press(update.callback_query, key)
        if told := update.message_reaction:
            # In a private chat there is always a user.
            return [*receive.reactions(told, key, receive.place_of(told.chat, None, told.user.id if told.user else 0))]
        if joined := update.my_chat_member and arrival(update.my_chat_member, key):
            return [joined]
        return []

    async def _message(self, message: telegram.Message, key: str) -> list[AnyEvent]:
        place = self._place(message)
        self.chat.topics.forums[message.chat.id] = bool(
            message.chat.is_forum or (place.private and self.me.has_topics_enabled)
        )
        written = receive.written_command(message)
        if written and self._is_ours(written, place):
            if message.media_group_id:
                await self._albums.note(message, "command")
            admin = await self._by_admin(message)
            event = receive.command(message, written, key, place, self.me, admin=admin)
            return [replace(event, quoted=receive.quote_above(message, self.me))]
        if message.media_group_id:
            return await self._album_part(message, key, place)
        return [await self._spoken(message, key)] if await self._for_us(message, place) else []

    async def _album_part(self, message: telegram.Message, key: str, place: Place) -> list[AnyEvent]:
        use = await self._albums.of(message)
        if use == "command":
            return []
        if use == "question" or await self._for_us(message, place):
            # In a private chat everything is for us, so nothing has to be remembered.
            earlier = [] if place.private else await self._albums.note(message, "question")
            return [await self._spoken(part, of) for part, of in (*earlier, (message, key))]
        if await self._albums.hold(message, key) or await self._albums.of(message) == "command":
            return []
        return [await self._spoken(message, key)]

    async def _spoken(self, message: telegram.Message, key: str) -> AnyEvent:
        place = self._place(message)
        return receive.spoken(message, key, place, self.me, fresh=await self._begins_anew(place))

    async def _edited(self, message: telegram.Message, key: str) -> list[AnyEvent]:
        place = self._place(message)
        if receive.written_command(message) or not await self._for_us(message, place):
            return []
        return [receive.edited(message, key, place, self.me, fresh=await self._begins_anew(place))]

    async def _begins_anew(self, place: Place) -> bool:
        """Return whether each call in a place begins a conversation of its own."""
        return not (place.private or place.thread or await listens(self.records, self.chat.groups, place))

    def _is_ours(self, written: receive.WrittenCommand, place: Place) -> bool:
        """Return whether a command is for us: in a group, there may be other bots with commands of their own."""
        if written.bot:
            return written.is_for(self.me)
        known = self.records.commands(User("", "", admin=True))
        return place.private or written.name in {command.name for command in known}

    async def _press(self, query: telegram.CallbackQuery, key: str) -> list[AnyEvent]:
        shown = query.message
        if shown is None or query.data is None:
            return []
        topic = receive.topic_of(shown) if isinstance(shown, telegram.Message) else None
        place = receive.place_of(shown.chat, topic, query.from_user.id)
        admin = await self._is_admin(shown.chat, query.from_user.id)
        return [receive.press(query, key, place, datetime.now(UTC), admin=admin)]

    async def _for_us(self, message: telegram.Message, place: Place) -> bool:
        if place.private or receive.calls(message, self.me):
            return True
        ours = receive.in_topic_of(message, self.me) or await listens(self.records, self.chat.groups, place)
        return ours and not receive.to_somebody_else(message, self.me)

    def _place(self, message: telegram.Message) -> Place:
        assert message.from_user
        return receive.place_of(message.chat, receive.topic_of(message), message.from_user.id)

    async def _by_admin(self, message: telegram.Message) -> bool | None:
        """Return whether an admin of the group wrote a message. Somebody who writes as a channel is not an admin."""
        if message.sender_chat or message.from_user is None:
            return receive.is_anonymous_admin(message)
        return await self._is_admin(message.chat, message.from_user.id)

    async def _is_admin(self, chat: telegram.Chat, user_id: int) -> bool | None:
        """Return whether somebody is a group's admin, None if Telegram does not say. Nobody is in a private chat."""
        if chat.type == ChatType.PRIVATE:
            return False
        known = self._admins.get((chat.id, user_id))
        if known is not None:
            return known
        try:
            member = await self.bot.get_chat_member(chat.id, user_id)
        except TelegramError as error:
            log.warning("admin_not_known", error=error)
            return None
        return self._admins.setdefault((chat.id, user_id), member.status in ADMINS)


def is_heard(message: telegram.Message) -> bool:
    """Return whether somebody says something with a message: not a bot, and not Telegram with a notice."""
    return message.from_user is not None and receive.speaker(message) is not None and is_speech(message)


async def listens(records: SurfaceRecords, groups: MovedGroups, place: Place) -> bool:
    """Return whether the assistant answers in a place without being called.

    What is said right after a group has moved may come before its settings have moved along.
    """
    former = groups.former(place)
    return await records.listens(place) or (former is not None and await records.listens(former))
