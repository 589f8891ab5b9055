"""Topics, one for each new conversation in a chat that has them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import structlog
import telegram
from cachetools import TTLCache
from telegram.error import TelegramError

from bots.telegram.pace import EditPace
from core.messages import Place, User

log = structlog.get_logger()

TOPIC_NAME = 128
REMEMBERED = 5000
KNOWN_FOR = 600.0
"""Seconds for which we remember whether a chat has topics."""


@dataclass(slots=True)
class ForumTopics:
    """Opens topics. `forums` says which chats have topics, as far as messages from them came to this process."""

    bot: telegram.Bot
    edits: EditPace
    forums: TTLCache[int, bool] = field(default_factory=lambda: TTLCache(REMEMBERED, KNOWN_FOR))

    async def begin(self, place: Place, user: User, question: str = "") -> tuple[str, str] | None:
        """Open a topic for a person, named after their question if there is one.

        Returns its id and name; None if the chat has no topics, or does not let us.
        """
        chat = int(place.channel)
        if not await self._has_topics(place):
            return None
        name = (" ".join(question.split()) or f"{user.name} · {datetime.now(UTC):%Y-%m-%d %H:%M}")[:TOPIC_NAME]
        try:
            topic = await self.edits.pace.call(chat, partial(self.bot.create_forum_topic, chat, name))
        except TelegramError as error:
            log.info("topic_refused", error=error)
            return None
        return str(topic.message_thread_id), name

    async def _has_topics(self, place: Place) -> bool:
        chat = int(place.channel)
        if chat not in self.forums:
            try:
                self.forums[chat] = await self._asked(place)
            except TelegramError as error:
                log.info("topics_not_known", error=error)
                return False
        return self.forums[chat]

    async def _asked(self, place: Place) -> bool:
        """Ask Telegram: another process may have taken the message."""
        if place.private:
            return bool(self.bot.bot.has_topics_enabled)
        return bool((await self.bot.get_chat(int(place.channel))).is_forum)


def address_of(place: Place) -> str:
    """Return a link to a topic in a group; topics in a private chat have none."""
    return f"https://t.me/c/{place.channel.removeprefix('-100')}/{place.thread}" if not place.private else ""
