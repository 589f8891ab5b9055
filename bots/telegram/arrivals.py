"""Telegram's news that somebody has added us to a group. Pure."""

import telegram
from telegram.constants import ChatMemberStatus, ChatType

from bots.telegram.receive import person, place_of
from core.messages import Arrival, User

GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
AWAY = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)


def arrival(told: telegram.ChatMemberUpdated, key: str) -> Arrival | None:
    """Return the event for our being added to a group; None for any other change of what we are in a chat.

    An admin who does so anonymously is not named: Telegram gives one of its own bots instead.
    """
    added = told.old_chat_member.status in AWAY and told.new_chat_member.status not in AWAY
    if told.chat.type not in GROUPS or not added:
        return None
    user = User("", "", "") if told.from_user.is_bot else person(told.from_user)
    place = place_of(told.chat, None, told.from_user.id)
    return Arrival(key=key, place=place, user=user, at=told.date, name=told.chat.title or "")
