"""Reads the files that came with a message: text and code become part of the question, within a budget."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import UserError
from core.messages import Attachment
from core.outside_text import cleaned, cleaned_line
from core.ports.chat import Chat

LARGEST = 1024 * 1024
"""The largest file, in bytes, that we fetch. Far less of it gets into the prompt."""

MOST_FILES, LONGEST_NAME = 10, 200
CUT = "[…]"
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """The result of reading: the text to append to the question, and the names of the files that could not be read."""

    text: str = ""
    unread: tuple[str, ...] = ()


async def read(chat: Chat, attachments: Sequence[Attachment], room: int) -> ReadFiles:
    """Fetch the text files among the attachments, and quote them in about `room` characters in total at most."""
    found: list[tuple[str, str]] = []
    unread = [cleaned_line(attachment.name, LONGEST_NAME) for attachment in attachments[MOST_FILES:]]
    for attachment in attachments[:MOST_FILES]:
        text = await _text_of(chat, attachment)
        if text is None:
            unread.append(cleaned_line(attachment.name, LONGEST_NAME))
        else:
            found.append((attachment.name, text))
    room_for_each = shares([len(text) for _, text in found], room)
    texts = [quoted(name, text, most) for (name, text), most in zip(found, room_for_each, strict=True)]
    return ReadFiles("\n\n".join(texts), tuple(unread))


def shares(lengths: Sequence[int], room: int) -> list[int]:
    """Share out room among texts of these lengths: the same for each, and what the short ones leave for the long."""
    found = [0] * len(lengths)
    left = max(room, 0)
    shortest_first = sorted(range(len(lengths)), key=lengths.__getitem__)
    for place, number in enumerate(shortest_first):
        found[number] = min(lengths[number], left // (len(lengths) - place))
        left -= found[number]
    return found


async def _text_of(chat: Chat, attachment: Attachment) -> str | None:
    if attachment.size > LARGEST or attachment.media_type.split("/")[0] in ("image", "audio", "video", "font"):
        return None
    try:
        content = await chat.read(attachment)
    except UserError:
        return None
    return None if len(content) > LARGEST else decoded(content)


def decoded(content: bytes) -> str | None:
    """Decode bytes as UTF-8, or as UTF-16 if they begin with its byte order mark; None if they are not text."""
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if CONTROLS.search(text) else text


def quoted(name: str, text: str, most: int) -> str:
    """A file as a code block under its name, cut at the end of a line if it has more than `most` characters.

    The fence is longer than any in the text, so nothing in the file can end the block.
    """
    name, text = cleaned_line(name, LONGEST_NAME).replace("`", "'"), cleaned(text)
    if len(text) > most:
        text = f"{text[:most].rpartition(chr(10))[0] or text[:most]}\n{CUT}"
    longest = max((len(ticks) for ticks in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{name}:\n{fence}\n{text.rstrip()}\n{fence}"
