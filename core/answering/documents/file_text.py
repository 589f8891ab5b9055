"""The text that was read from a file, and the bounds for reading."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Unit = Literal["", "page", "sheet", "slide"]
"""What a file is made of; empty if it is all one text."""

LARGEST_PART = 32 * 1024 * 1024
"""The most bytes that are unpacked of one part of a file."""

LARGEST_FILE = 96 * 1024 * 1024
"""The most bytes that are unpacked of a file in all."""

MOST_ELEMENTS = 500_000
"""The most elements of XML that are read of a file: 1 s of work. A question has room for much less than they hold."""

MOST_ENTRIES = 5000
"""The most entries of a file that is an archive."""


class NotReadable(Exception):
    """There is nothing to read in a file, or it goes beyond the bounds."""


@dataclass(frozen=True, slots=True)
class FileText:
    """The words of a file: `parts` are its first pages, sheets or slides out of `count`.

    `whole` is False if the last part goes on.
    """

    parts: tuple[str, ...]
    unit: Unit = ""
    count: int = 1
    whole: bool = True


def taken(parts: Iterable[str], unit: Unit, count: int, most: int) -> FileText:
    """The first parts of a file, with about `most` characters in all."""
    found: list[str] = []
    room = most
    for part in parts:
        found.append(part[:room])
        if len(part) >= room:
            return FileText(tuple(found), unit, count, whole=len(part) == room and len(found) == count)
        room -= len(part)
    return FileText(tuple(found), unit, max(count, len(found)))


def tidy(lines: Iterator[str] | Iterable[str]) -> str:
    """Lines without blanks at their ends, and with at most one empty line in a row."""
    found: list[str] = []
    for line in lines:
        words = line.rstrip()
        if words or (found and found[-1]):
            found.append(words)
    return "\n".join(found).strip("\n")
