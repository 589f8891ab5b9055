"""What comes with a message besides its sender's words: files, forwarded messages, selected quotes, polls. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import telegram

from core.messages import Attachment, Passage

KINDS: Mapping[str, str] = {
    "photo": "image/jpeg",
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
    "video": "video/mp4",
    "video_note": "video/mp4",
}
"""The kinds of media that are no documents; only the fact that they are there is kept."""


def is_speech(message: telegram.Message) -> bool:
    """Return whether somebody says something with a message.

    A sticker says nothing, and neither does a notice of Telegram's own: somebody has joined, the title is new.
    """
    return bool(message.text or message.caption or message.poll or attachments(message))


def is_passed_on(message: telegram.Message) -> bool:
    """Return whether the sender did not write the message: it was forwarded, or made through another bot."""
    return message.via_bot is not None or (is_forwarded(message) and not _own(message))


def is_forwarded(message: telegram.Message) -> bool:
    """Return whether a message was forwarded, even if its sender wrote it themselves."""
    return message.forward_origin is not None


def own_words(message: telegram.Message) -> str:
    """Return what the sender says with a message; nothing if they forward what others said."""
    return "" if is_forwarded(message) and not _own(message) else message.text or message.caption or ""


def passages(message: telegram.Message) -> tuple[Passage, ...]:
    """Return the words of others that a message contains, or of which it selects a part."""
    found: list[Passage] = []
    if message.forward_origin and not _own(message):
        words = message.text or message.caption or ""
        found.append(Passage(f"Forwarded from {_name(message.forward_origin)}", words))
    if message.poll:
        found.append(_poll(message.poll))
    elsewhere = message.external_reply
    if elsewhere:
        selected = message.quote.text if message.quote else ""
        found.append(Passage(f"Quoted from {_name(elsewhere.origin)}", selected))
        if elsewhere.poll:
            found.append(_poll(elsewhere.poll))
    elif message.quote and message.quote.is_manual:
        found.append(Passage("The part of the message above that this is about", message.quote.text))
    return tuple(passage for passage in found if passage.text.strip())


def attachments(message: telegram.Message) -> tuple[Attachment, ...]:
    """Return the files of a message, and of a message in another chat that it replies to."""
    found = _files(message)
    return (*found, *_files(message.external_reply)) if message.external_reply else found


def _files(message: telegram.Message | telegram.ExternalReplyInfo) -> tuple[Attachment, ...]:
    if file := message.document:
        return (Attachment(file.file_name or "file", file.mime_type or "", file.file_size or 0, file.file_id),)
    there: Sequence[str] = [name for name in KINDS if getattr(message, name)]
    return tuple(Attachment(name.replace("_", " "), KINDS[name], 0, "") for name in there)


def _poll(poll: telegram.Poll) -> Passage:
    options = [f"- {option.text} ({option.voter_count})" for option in poll.options]
    return Passage("Poll, with the number of votes", "\n".join([poll.question, *options]))


def _own(message: telegram.Message) -> bool:
    origin = message.forward_origin
    return isinstance(origin, telegram.MessageOriginUser) and origin.sender_user == message.from_user


def _name(origin: telegram.MessageOrigin) -> str:
    match origin:
        case telegram.MessageOriginUser():
            return origin.sender_user.full_name
        case telegram.MessageOriginHiddenUser():
            return origin.sender_user_name
        case telegram.MessageOriginChat():
            return _title(origin.sender_chat)
        case telegram.MessageOriginChannel():
            return _title(origin.chat)
    return "somebody"


def _title(chat: Any) -> str:
    return str(chat.title or chat.username or "a chat")
