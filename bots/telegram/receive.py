"""Turning Telegram's updates into events. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import telegram
from telegram.constants import ChatType, MessageEntityType

from bots.telegram.enclosed import attachments, is_forwarded, is_passed_on, is_speech, own_words, passages
from core.messages import Edit, Invocation, Message, Place, Press, Quote, Reaction, Relocation, User
from core.reactions import plain

PLATFORM = "telegram"
CHOSEN = "="
"""Separates a select's action from the value in a button's data."""

COMMAND = re.compile(r"/(?P<name>\w{1,64})(?:@(?P<bot>\w{1,64}))?(?:\s+(?P<rest>.*))?", re.DOTALL | re.ASCII)
"""A command: its name is followed by white space, unlike the first folder of a path."""

MENTIONS = (MessageEntityType.MENTION, MessageEntityType.TEXT_MENTION)


def place_of(chat: telegram.Chat, thread: int | None, user_id: int) -> Place:
    """Return the place of a message; a private chat is its person's own community, and a group is one too.

    Each topic is a conversation.
    """
    if chat.type == ChatType.PRIVATE:
        return Place(PLATFORM, str(user_id), str(chat.id), str(thread or ""), private=True)
    return Place(PLATFORM, str(chat.id), str(chat.id), str(thread or ""))


def topic_of(message: telegram.Message) -> int | None:
    """Return the topic that a message is in. Outside forums, replies have a thread id too, but it is not a topic."""
    return message.message_thread_id if message.is_topic_message else None


def person(user: telegram.User, *, admin: bool | None = False) -> User:
    """Return a person as Telegram describes them. `admin` is None if it did not say whether they are one."""
    return User(str(user.id), user.full_name, user.language_code or "", bool(admin), admin_unknown=admin is None)


def person_of(chat: telegram.Chat, *, admin: bool | None = False) -> User:
    """Return a chat in whose name somebody writes as a person. Telegram does not tell their language."""
    return User(str(chat.id), chat.title or "", "", bool(admin), admin_unknown=admin is None)


def speaker(message: telegram.Message, *, admin: bool | None = False) -> User | None:
    """Return the author of a message; None for a bot, and for a post that Telegram copies from a channel.

    Somebody who writes in the name of a chat counts as that chat. So all anonymous admins of a group are one person for
    us, and somebody who writes as a channel is that channel. `from_user` is then one of Telegram's own bots.
    """
    if message.is_automatic_forward:
        return None
    if message.sender_chat:
        return person_of(message.sender_chat, admin=admin)
    user = message.from_user
    return None if user is None or user.is_bot else person(user, admin=admin)


def author(message: telegram.Message, *, admin: bool | None = False) -> User:
    """Return the author of a message, even if it is a bot."""
    assert message.from_user
    return speaker(message, admin=admin) or person(message.from_user)


def is_anonymous_admin(message: telegram.Message) -> bool:
    """Return whether an admin of a group wrote a message anonymously. Nobody else can write as the group itself."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id


def is_chat(user: User) -> bool:
    """Return whether somebody writes as a group or a channel, which have negative ids. No private chat leads there."""
    return user.id.startswith("-")


def in_topic_of(message: telegram.Message, me: telegram.User) -> bool:
    """Return whether a message is in a topic that we opened: it then replies to the topic's beginning."""
    above = message.reply_to_message
    return bool(above and above.forum_topic_created and above.from_user and above.from_user.id == me.id)


def replied(message: telegram.Message) -> telegram.Message | None:
    """Return the message that this one replies to.

    In a topic every message replies to the topic's beginning, which means nothing.
    """
    above = message.reply_to_message
    if above is None or above.forum_topic_created or above.message_id == topic_of(message):
        return None
    return above


def calls(message: telegram.Message, me: telegram.User) -> bool:
    """Return whether a message in a group is for us: it mentions us, or it replies to us."""
    above = replied(message)
    if above and above.from_user and above.from_user.id == me.id:
        return True
    return names(message, me)


def names(message: telegram.Message, me: telegram.User) -> bool:
    """Return whether the sender of a message mentions us, rather than whoever they forward."""
    if is_forwarded(message):
        return False
    return any(
        (kind == MessageEntityType.MENTION and text.casefold() == f"@{me.username}".casefold())
        or (kind == MessageEntityType.TEXT_MENTION and user is not None and user.id == me.id)
        for kind, text, user in _entities(message)
    )


def to_somebody_else(message: telegram.Message, me: telegram.User) -> bool:
    """Return whether a message is addressed to others: it replies to them, mentions them, or is no command of ours.

    What begins with a slash is a command of another bot's, or a path.
    """
    above = replied(message)
    named = any(kind in MENTIONS for kind, _, _ in _entities(message))
    slash = (message.text or message.caption or "").startswith("/")
    return not calls(message, me) and (above is not None or named or slash)


def _entities(message: telegram.Message) -> list[tuple[str, str, telegram.User | None]]:
    found: Mapping[telegram.MessageEntity, str] = {**message.parse_entities(), **message.parse_caption_entities()}
    return [(entity.type, text, entity.user) for entity, text in found.items()]


def words(message: telegram.Message, me: telegram.User) -> str:
    """Return what the sender of a message says, without our name at its start or end."""
    text = own_words(message)
    own = re.escape(f"@{me.username}")
    # Beside a letter, it is part of a longer name or of an address.
    at_an_end = re.compile(rf"\A{own}(?!\w)[ ,:;]*|(?<!\w){own}\Z", re.IGNORECASE)
    for _ in range(2):
        text = at_an_end.sub("", text.strip())
    return text.strip()


def spoken(message: telegram.Message, key: str, place: Place, me: telegram.User, *, fresh: bool) -> Message:
    """Return the event for a message that somebody wrote to us."""
    above = replied(message)
    quoted = above is not None and above.from_user is not None and above.from_user.id != me.id and is_speech(above)
    return Message(
        key=key,
        place=place,
        user=author(message),
        at=message.date,
        id=str(message.message_id),
        text=words(message, me),
        reply_to=str(above.message_id) if above else None,
        fresh=fresh,
        quoted=(quote(above, me),) if above and quoted else (),
        passages=passages(message),
        attachments=attachments(message),
        outside=is_passed_on(message),
        album=message.media_group_id or "",
        source="direct" if place.private else "gateway",
    )


def quote(message: telegram.Message, me: telegram.User) -> Quote:
    """Return a message that somebody replies to."""
    return Quote(
        str(message.message_id),
        author(message),
        words(message, me),
        outside=is_passed_on(message),
        passages=passages(message),
        attachments=attachments(message),
    )


def quote_above(message: telegram.Message, me: telegram.User) -> Quote | None:
    """Return the words of the message that a command replies to."""
    above = replied(message)
    if above is None or above.from_user is None or not (above.text or above.caption):
        return None
    return Quote(str(above.message_id), author(above), words(above, me), outside=True)


def edited(message: telegram.Message, key: str, place: Place, me: telegram.User, *, fresh: bool) -> Edit:
    """Return the event for a message's new text, which may name us for the first time."""
    named = not place.private and names(message, me)
    return Edit(
        key=key,
        place=place,
        user=author(message),
        at=message.edit_date or message.date,
        id=str(message.message_id),
        text=words(message, me),
        offer=True,
        question=spoken(message, key, place, me, fresh=fresh) if named else None,
        source="direct" if place.private else "gateway",
    )


def moved(message: telegram.Message | None) -> tuple[int, int] | None:
    """Return the former and the new id of a group, if a message tells that it has moved."""
    former, now = (message.migrate_from_chat_id, message.migrate_to_chat_id) if message else (None, None)
    return (former or message.chat.id, now or message.chat.id) if message and (former or now) else None


def relocated(message: telegram.Message, key: str) -> Relocation | None:
    """Return the event for a group that has become a supergroup; None for any other message.

    Telegram tells us twice: in the group that was, and in the one that is.
    """
    ids = moved(message)
    if ids is None:
        return None
    old, new = map(str, ids)
    return Relocation(
        key=key,
        place=Place(PLATFORM, new, new),
        former=Place(PLATFORM, old, old),
        user=author(message) if message.from_user else User("", ""),
        at=message.date,
    )


@dataclass(frozen=True, slots=True)
class WrittenCommand:
    """A command as somebody wrote it; `bot` is empty if it is for whichever bot knows it."""

    name: str
    bot: str
    rest: str

    def is_for(self, me: telegram.User) -> bool:
        """Return whether it names us."""
        return self.bot.casefold() == (me.username or "").casefold()


def written_command(message: telegram.Message) -> WrittenCommand | None:
    """Return the command that somebody wrote, in a text or in a caption; None if a message is none.

    What was forwarded, or made through another bot, is no command of theirs.
    """
    found = COMMAND.fullmatch((message.text or message.caption or "").strip())
    if found is None or is_forwarded(message) or message.via_bot:
        return None
    return WrittenCommand(found["name"].lower(), found["bot"] or "", (found["rest"] or "").strip())


def command(
    message: telegram.Message, written: WrittenCommand, key: str, place: Place, me: telegram.User, *, admin: bool | None
) -> Invocation:
    """Return the event for a command."""
    above = replied(message)
    ours = above is not None and above.from_user is not None and above.from_user.id == me.id
    return Invocation(
        key=key,
        place=place,
        user=author(message, admin=admin),
        at=message.date,
        command=written.name,
        arguments={"": written.rest} if written.rest else {},
        message=str(above.message_id) if above and ours else None,
    )


def press(query: telegram.CallbackQuery, key: str, place: Place, at: datetime, *, admin: bool | None) -> Press:
    """Return the event for a button, or for one value of a select, since selects are shown as buttons here."""
    action, _, value = (query.data or "").partition(CHOSEN)
    return Press(
        key=key,
        place=place,
        user=person(query.from_user, admin=admin),
        at=at,
        ticket=query.id,
        action=action,
        id=str(query.message.message_id) if query.message else None,
        values=(value,) if value else (),
    )


def reactions(told: telegram.MessageReactionUpdated, key: str, place: Place) -> list[Reaction]:
    """Return the changes: Telegram reports somebody's reactions before and after. Anonymous ones are a chat's."""
    if told.user:
        user = person(told.user)
    elif told.actor_chat:
        user = person_of(told.actor_chat)
    else:
        return []
    before, after = _emoji(told.old_reaction), _emoji(told.new_reaction)
    changes = [(emoji, False) for emoji in before - after] + [(emoji, True) for emoji in after - before]
    return [
        Reaction(
            key=f"{key}:{emoji}:{'+' if added else '-'}",
            place=place,
            user=user,
            at=told.date,
            id=str(told.message_id),
            emoji=emoji,
            added=added,
        )
        for emoji, added in changes
    ]


def _emoji(found: Sequence[telegram.ReactionType]) -> set[str]:
    return {plain(one.emoji) for one in found if isinstance(one, telegram.ReactionTypeEmoji)}
