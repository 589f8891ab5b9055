"""Arranges a reply's buttons in rows that fit a platform, and finds the button that stops an answer. Pure."""

from collections.abc import Sequence
from itertools import groupby
from math import ceil

from core.actions import Action, Verb
from core.messages import Button, Reply

Row = Sequence[Button]


def asked(buttons: Row) -> list[Row]:
    """Group buttons into the rows that they ask for, however wide; a single row if none of them asks."""
    return [tuple(row) for _, row in groupby(buttons, lambda button: button.row)]


def stop_button(reply: Reply) -> Button | None:
    """Return the button that stops an answer while it grows; None if nothing grows, or nothing can stop it."""
    stops = (button for button in reply.buttons if Action.parse(button.action).verb == Verb.STOP)
    return next(stops, None) if reply.underway else None


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
