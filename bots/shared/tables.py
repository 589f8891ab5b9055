"""Tables for messages: aligned monospace text if they are narrow enough for a phone, else a list of rows. Pure."""

import re
import unicodedata
from collections.abc import Sequence

WIDEST = 42
"""Columns of monospace text that a phone shows on a line."""

GAP = 2
"""Columns between two cells on a screen."""

LINK = re.compile(r"\]\(\s*<?(?:https?|mailto):|https?://", re.IGNORECASE)
MARKS = re.compile(r"(?<!\\)(?:\*{1,3}|__|~~|`+)|\\(?=[!-/:-@\[-`{-~])")

Rows = Sequence[Sequence[str]]


def width(text: str) -> int:
    """How many columns of monospace text a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(sign) or sign == "\u200d" else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
    )


def is_narrow(rows: Rows) -> bool:
    """Whether a table fits a phone as monospace text, and has no links, which could not be followed there."""
    gaps = 3 * (len(rows[0]) - 1)
    return (
        gaps <= WIDEST
        and sum(_widths(rows)) + gaps <= WIDEST
        and not any(LINK.search(cell) for row in rows for cell in row)
    )


def fits(rows: Rows, columns: int) -> bool:
    """Whether a screen of so many columns shows a table whose cells may be wrapped, without breaking a word.

    A column is made no narrower than an equal share of the screen.
    """
    room = columns - GAP * (len(rows[0]) + 1)
    longest = max(width(word) for row in rows for cell in row for word in [*bare(cell).split(), ""])
    return sum(_widths(rows)) <= room or longest <= room // len(rows[0])


def aligned(rows: Rows) -> str:
    """A table as monospace text: the first row is its head."""
    widths = _widths(rows)
    lines = [
        " | ".join(f"{cell}{' ' * (across - width(cell))}" for cell, across in zip(map(bare, row), widths, strict=True))
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in (lines[0], "-+-".join("-" * across for across in widths), *lines[1:]))


def listed(rows: Rows) -> list[list[tuple[str, str]]]:
    """The rows of a table, each as pairs of a column's head and a cell; empty cells are left out."""
    head, *others = rows
    return [[(name, cell) for name, cell in zip(head, row, strict=True) if cell.strip()] for row in others] or [
        [("", name) for name in head if name.strip()]
    ]


def even(rows: Rows) -> list[list[str]]:
    """The rows, each with as many cells as the longest has: no word of a row that is too long is left out."""
    most = max(len(row) for row in rows)
    return [[*row, *[""] * (most - len(row))] for row in rows]


def bare(cell: str) -> str:
    """The words of a cell without the marks of emphasis and code."""
    return MARKS.sub("", cell)


def _widths(rows: Rows) -> list[int]:
    return [max(width(bare(row[column])) for row in rows) for column in range(len(rows[0]))]
