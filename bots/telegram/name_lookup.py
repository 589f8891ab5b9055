"""Finds the group or topic that an admin names in a setting, by name, id or link."""

import re
from dataclasses import dataclass, field

import telegram
from cachetools import LRUCache
from telegram.constants import ChatAction, ChatMemberStatus
from telegram.error import BadRequest, ChatMigrated

from core.errors import UserError
from core.messages import Place
from core.ports.chat import NamedKind

REMEMBERED = 5000
PERSON = re.compile(r"(?:tg://user\?id=)?(\d{1,16})")
GONE = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
LINK = re.compile(r"(?:https?://)?t\.me/(?:c/(?P<id>\d+)|(?P<name>\w+))(?:/(?P<first>\d+))?(?:/(?P<second>\d+))?/?")


@dataclass(frozen=True, slots=True)
class NamedTargets:
    """Asks Telegram about a group. Bots cannot list its topics, only try one, and know members only by their ids.

    `titles` are the groups and people that we have asked about, by id.
    """

    bot: telegram.Bot
    titles: LRUCache[str, str] = field(default_factory=lambda: LRUCache(REMEMBERED))

    async def find(self, kind: NamedKind, text: str, place: Place) -> str:
        """Return the id of the group, of one of its topics as `group/topic`, or of a member; empty for any other.

        Raises UserError for a role, since Telegram has none, and in a private chat.
        """
        if kind == "role" or place.private:
            raise UserError(f"named-no-{kind}")
        if kind == "person":
            return await self._member(text, place)
        try:
            chat = await self.bot.get_chat(int(place.community))
        except ChatMigrated as moved:
            chat = await self.bot.get_chat(moved.new_chat_id)
        id = str(chat.id)
        self.titles[id] = chat.title or id
        own = {id, (chat.title or id).casefold(), f"@{chat.username or id}".casefold()}
        if text.casefold() in own:
            return id
        linked = LINK.fullmatch(text)
        link = linked.groupdict() if linked else {}
        if not linked or not {f"-100{link['id']}", f"@{link['name']}".casefold()} & own:
            return await self._topic(chat, text.partition("/")[2]) if text.partition("/")[0] == id else ""
        topic = link["first"] if link["second"] or chat.is_forum else ""
        return await self._topic(chat, topic) if topic else id

    async def _member(self, text: str, place: Place) -> str:
        linked = PERSON.fullmatch(text)
        if linked is None:
            return ""
        try:
            member = await self.bot.get_chat_member(int(place.community), int(linked[1]))
        except BadRequest:
            return ""
        if member.status in GONE:
            return ""
        self.titles[linked[1]] = member.user.full_name
        return linked[1]

    async def _topic(self, chat: telegram.ChatFullInfo, topic: str) -> str:
        if not (topic.isdecimal() and chat.is_forum):
            return ""
        try:
            await self.bot.send_chat_action(chat.id, ChatAction.TYPING, message_thread_id=int(topic))
        except BadRequest:
            return ""
        return f"{chat.id}/{topic}"
