"""Reads the enclosures of a message: files, and words of others such as a forwarded message or an embed.

They become part of the question, marked as text from outside, within a budget of characters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from core.answering import attachments
from core.answering.attachments import CUT, CutFile, ReadFiles
from core.answering.documents.reader import DocumentReader
from core.delivery.outbox import post
from core.errors import UserError
from core.limits import AnswerLimits, check_text
from core.messages import Message, Passage, Quote, Reply
from core.outside_text import block_quote, cleaned, cleaned_line
from core.ports.chat import Chat
from core.ports.store import Store
from core.store import conversations
from core.texts import LocalizedTexts

LONGEST_ABOUT = 200

MOST_PASSAGES = 40
"""The most passages of one message that are read."""


@dataclass(frozen=True, slots=True)
class EnclosureReading:
    """Reads what came with messages."""

    store: Store
    texts: LocalizedTexts
    limits: AnswerLimits
    reader: DocumentReader = field(default_factory=DocumentReader)

    async def whole(self, message: Message, chat: Chat, room: int) -> Message:
        """The message with everything that came with it in its text, and in those of the messages that it quotes.

        About `room` characters are taken in. Raises UserError if the message has too many words of its own, or if there
        is nothing at all to read.
        """
        asked = message.text.strip()
        if asked or not (message.quoted or message.attachments or message.passages):
            check_text(message.text, self.limits)
        if not (message.attachments or message.passages or any(map(encloses, message.quoted))):
            return message
        room = min(room, self.limits.characters or room)
        said = quoted_passages(message.passages, room)
        files = await attachments.read(chat, message.attachments, room - len(said), self.reader)
        quotes: list[Quote] = []
        for quote in message.quoted:
            quote, read = await self._whole_quote(message, quote, chat, room - len(said) - len(files.text))
            quotes.append(quote)
            files = replace(files, unread=(*files.unread, *read.unread), cut=(*files.cut, *read.cut))
        names = ", ".join(files.unread)
        enclosed = "\n\n".join(filter(None, (said, files.text)))
        if names and not (enclosed or asked or any(quote.text.strip() for quote in quotes)):
            raise UserError("attachments-unread", names=names)
        await self._tell_of_rest(message, chat, files)
        return replace(
            message,
            text="\n\n".join(filter(None, (message.text, enclosed))),
            quoted=tuple(quotes),
            passages=(),
            attachments=(),
            outside=message.outside or bool(enclosed),
        )

    async def _whole_quote(self, message: Message, quote: Quote, chat: Chat, room: int) -> tuple[Quote, ReadFiles]:
        if not encloses(quote):
            return quote, ReadFiles()
        known = await self.store.read(lambda session: conversations.known_message(session, message.place, quote.id))
        if known:
            # It is in the tree already, with everything that came with it.
            return replace(quote, passages=(), attachments=()), ReadFiles()
        said = quoted_passages(quote.passages, room)
        files = await attachments.read(chat, quote.attachments, room - len(said), self.reader)
        enclosed = "\n\n".join(filter(None, (said, files.text)))
        text = "\n\n".join(filter(None, (quote.text, enclosed)))
        outside = quote.outside or bool(enclosed)
        return replace(quote, text=text, passages=(), attachments=(), outside=outside), files

    async def _tell_of_rest(self, message: Message, chat: Chat, files: ReadFiles) -> None:
        """Tell the person which files, and which pages of them, are not in the question."""
        language, lines = message.user.language, []
        if files.unread:
            lines.append(self.texts(language, "attachments-unread", names=", ".join(files.unread)))
        if files.cut:
            parts = "; ".join(self._part(language, one) for one in files.cut)
            lines.append(self.texts(language, "attachments-cut", parts=parts))
        if lines:
            notice = Reply("\n\n".join(lines), reply_to=message.id, personal=True)
            await post(self.store, chat, message, notice, f"{message.key}#files")

    def _part(self, language: str, file: CutFile) -> str:
        key = f"attachments-cut-{file.unit or 'text'}"
        return self.texts(language, key, name=file.name, shown=file.shown, count=file.count)


def encloses(quote: Quote) -> bool:
    """Whether something came with a message that is quoted."""
    return bool(quote.passages or quote.attachments)


def quoted_passages(passages: Sequence[Passage], room: int) -> str:
    """Words of others as quotations, each below a line that says what it is, in about `room` characters."""
    found = [(cleaned_line(one.about, LONGEST_ABOUT), cleaned(one.text).strip()) for one in passages[:MOST_PASSAGES]]
    texts = [text for _, text in found]
    shares = attachments.shares([len(text) for text in texts], max(room, 0))
    cut = [
        text if len(text) <= most else f"{text[:most].rstrip()}{CUT}" for text, most in zip(texts, shares, strict=True)
    ]
    return "\n\n".join(f"{about}:\n{block_quote(text)}" for (about, _), text in zip(found, cut, strict=True) if text)
