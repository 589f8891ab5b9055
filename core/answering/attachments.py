"""Files that came with a message: text and code are read into the question, within a budget."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import UserError
from core.messages import Attachment
from core.outside_text import cleaned, cleaned_line
from core.ports.chat import Chat

LARGEST = 1024 * 1024
"""Bytes of a file that we fetch. What is read of it into the prompt is far less."""

MOST_FILES, LONGEST_NAME = 10, 200
CUT = "[…]"
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Files:
    """What was read: the text to be put behind the question, and the names of the files that could not be read."""

    text: str = ""
    unread: tuple[str, ...] = ()


async def read(chat: Chat, attachments: Sequence[Attachment], room: int) -> Files:
    """Fetch the text files among the attachments, and quote them in at most about `room` characters together."""
    found: list[tuple[str, str]] = []
    unread = [cleaned_line(attachment.name, LONGEST_NAME) for attachment in attachments[MOST_FILES:]]
    for attachment in attachments[:MOST_FILES]:
        text = await _text_of(chat, attachment)
        if text is None:
            unread.append(cleaned_line(attachment.name, LONGEST_NAME))
        else:
            found.append((attachment.name, text))
    share = room // max(len(found), 1)
    return Files("\n\n".join(quoted(name, text, share) for name, text in found), tuple(unread))


async def _text_of(chat: Chat, attachment: Attachment) -> str | None:
    if attachment.size > LARGEST or attachment.media_type.split("/")[0] in ("image", "audio", "video", "font"):
        return None
    try:
        content = await chat.read(attachment)
    except UserError:
        return None
    return decoded(content[:LARGEST])


def decoded(content: bytes) -> str | None:
    """The text that the bytes are in UTF-8, or in UTF-16 with its mark; None where they are no text."""
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if CONTROLS.search(text) else text


def quoted(name: str, text: str, most: int) -> str:
    """A file as a block of code under its name, cut at the end of a line where it has more than `most` characters.

    The fence is longer than any in the text, and so marks all of it as what stands in a file.
    """
    name, text = cleaned_line(name, LONGEST_NAME).replace("`", "'"), cleaned(text)
    if len(text) > most:
        text = f"{text[:most].rpartition(chr(10))[0] or text[:most]}\n{CUT}"
    longest = max((len(ticks) for ticks in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{name}:\n{fence}\n{text.rstrip()}\n{fence}"
