"""Arranges buttons in the rows that they ask for, as far as a platform's width and height allow. Pure."""

from collections.abc import Sequence
from itertools import groupby
from math import ceil

from core.messages import Button

Row = Sequence[Button]


def asked(buttons: Row) -> list[Row]:
    """Group buttons into the rows that they ask for, however wide; a single row if none of them asks."""
    return [tuple(row) for _, row in groupby(buttons, lambda button: button.row)]


def rows(buttons: Row, width: int) -> list[Row]:
    """Arrange buttons in rows of at most `width`; a requested row that is too wide is split evenly."""
    if not any(button.row for button in buttons):
        return _cut(buttons, width)
    return [part for row in asked(buttons) for part in _cut(row, ceil(len(row) / ceil(len(row) / width)))]


def fewer(rows: list[Row], width: int, most: int) -> list[Row]:
    """Reduce rows to at most `most`: the shortest neighbours are joined first, and what does not fit is left out."""
    rows = list(rows)
    while len(rows) > most:
        at = min(range(len(rows) - 1), key=lambda at: len(rows[at]) + len(rows[at + 1]))
        if len(rows[at]) + len(rows[at + 1]) > width:
            return _cut([button for row in rows for button in row], width)[:most]
        rows[at : at + 2] = [[*rows[at], *rows[at + 1]]]
    return rows


def _cut(buttons: Row, width: int) -> list[Row]:
    return [buttons[at : at + width] for at in range(0, len(buttons), width)]
