"""Reads the files that came with a message: their words become part of the question, within a budget."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.answering.documents.file_text import FileText, Unit
from core.answering.documents.reader import DocumentReader
from core.errors import UserError
from core.messages import Attachment
from core.outside_text import cleaned, cleaned_line
from core.ports.chat import Chat

LARGEST = 10 * 1024 * 1024
"""The largest file, in bytes, that we fetch. Far less of it gets into the prompt."""

MOST_FILES, LONGEST_NAME = 10, 200
CUT = "[…]"
UNITS: Mapping[Unit, str] = {"page": "pages", "sheet": "sheets", "slide": "slides"}

SPARE = 2
"""How much of a text is cleaned, as a multiple of what there is room for: some of it may be dropped."""


@dataclass(frozen=True, slots=True)
class CutFile:
    """A file that is only in part in the question: its first `shown` pages, sheets or slides out of `count`."""

    name: str
    unit: Unit
    shown: int
    count: int


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """The result of reading: the text to append to the question, and what of the files is not in it."""

    text: str = ""
    unread: tuple[str, ...] = ()
    cut: tuple[CutFile, ...] = ()


async def read(chat: Chat, attachments: Sequence[Attachment], room: int, reader: DocumentReader) -> ReadFiles:
    """Fetch the files among the attachments that have words, and quote about `room` characters of them all."""
    found: list[tuple[str, FileText]] = []
    unread = [cleaned_line(attachment.name, LONGEST_NAME) for attachment in attachments[MOST_FILES:]]
    for attachment in attachments[:MOST_FILES]:
        name = cleaned_line(attachment.name, LONGEST_NAME)
        file = await _read(chat, attachment, max(room, 0), reader)
        if file is None:
            unread.append(name)
        else:
            found.append((name, file))
    room_for_each = shares([sum(map(len, file.parts)) for _, file in found], room)
    quotes = [quoted(name, file, most) for (name, file), most in zip(found, room_for_each, strict=True)]
    cut = tuple(one for _, one in quotes if one)
    return ReadFiles("\n\n".join(text for text, _ in quotes), tuple(unread), cut)


def shares(lengths: Sequence[int], room: int) -> list[int]:
    """Share out room among texts of these lengths: the same for each, and what the short ones leave for the long."""
    found = [0] * len(lengths)
    left = max(room, 0)
    shortest_first = sorted(range(len(lengths)), key=lengths.__getitem__)
    for place, number in enumerate(shortest_first):
        found[number] = min(lengths[number], left // (len(lengths) - place))
        left -= found[number]
    return found


async def _read(chat: Chat, attachment: Attachment, most: int, reader: DocumentReader) -> FileText | None:
    if attachment.size > LARGEST or attachment.media_type.split("/")[0] in ("image", "audio", "video", "font"):
        return None
    try:
        content = await chat.read(attachment)
    except UserError:
        return None
    return None if len(content) > LARGEST else await reader.read(content, most)


def quoted(name: str, file: FileText, most: int) -> tuple[str, CutFile | None]:
    """A file as a code block under its name, and what of it had no room if it has more than `most` characters.

    The text is cut at the end of a line. The fence is longer than any in it, so nothing in the file can end the block.
    """
    name = name.replace("`", "'")
    shown, room, whole = 0, most, file.whole and len(file.parts) == file.count
    parts: list[str] = []
    for part in file.parts:
        text = cleaned(part[: SPARE * room + SPARE])
        shown += 1
        if len(text) > room:
            parts.append(f"{text[:room].rpartition(chr(10))[0] or text[:room]}\n{CUT}".lstrip("\n"))
            whole = False
            break
        parts.append(text)
        room -= len(part)
    text = "\n\n".join(parts)
    cut = None if whole else CutFile(name, file.unit, shown, file.count)
    heading = f"{name} ({UNITS[file.unit]} 1 to {shown} of {file.count})" if cut and file.unit else name
    longest = max((len(ticks) for ticks in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    if cut and CUT not in text[-len(CUT) :]:
        text = f"{text.rstrip()}\n{CUT}"
    return f"{heading}:\n{fence}\n{text.rstrip()}\n{fence}", cut
