"""Turns replies into text for a terminal. Pure."""

import re
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from bots.shared.markdown import extended
from core.markdown.cutting import from_line
from core.markdown.references import resolved
from core.messages import Field, Reply, Turn

CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Control characters and escape sequences: a text must not move the cursor or set the window's title."""


SIGNS = re.compile(r"[\\*_~`|<>#\[\]&!-]")

IN_A_LINE = 5
"""The most choices offered side by side on one line."""

WIDTH = 80
FENCES = ("```", "~~~")


def printable(text: str) -> str:
    """Remove everything from a text that would control the terminal."""
    return CONTROL.sub("", text)


def with_status(text: str, status: str) -> str:
    """An answer as Markdown, with its status as the last line, in italics."""
    return "\n\n".join(filter(None, (text, status and f"*{status}*")))


def tail(text: str, rows: int) -> str:
    """The last lines of a growing text, as many as the live view has rows for; it begins well-formed."""
    before = text.count("\n") + 1 - rows
    return text if before <= 0 else f"…\n\n{from_line(text, before)}"


def readable(text: str, columns: int) -> str:
    """Markdown as the terminal's reader knows it: formulas stay as they are written, tasks have boxes.

    A table that is too wide for the screen is a list of its rows, since the reader would cut its words off.
    """
    return extended(text, escaped, columns)


def escaped(text: str) -> str:
    """A text, such as a formula, in which no sign marks anything."""
    return SIGNS.sub(r"\\\g<0>", text)


def lined(text: str) -> str:
    """Make Markdown keep single line breaks: by default it joins lines into one paragraph, which no chat does."""
    lines, found, code = text.split("\n"), [], False
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        fence = line.lstrip().startswith(FENCES)
        code ^= fence
        found.append(f"{line}  " if line.strip() and following.strip() and not (code or fence) else line)
    return "\n".join(found)


@dataclass(frozen=True, slots=True)
class NumberedChoice:
    """Something that can be chosen by its number: a button, or one value of a select.

    Choices with the same `row` are shown together. `many` says that other values of the same select may be chosen too.
    """

    label: str
    action: str
    values: tuple[str, ...] = ()
    row: int = 0
    many: bool = False


def choices(reply: Reply) -> list[NumberedChoice]:
    """The choices that a reply offers: its selects' values, with the current ones marked, and its buttons."""
    values = [(select, value, label) for select in reply.selects for value, label in select.options]
    # If buttons are in rows, each value gets a row of its own, before theirs.
    first = -len(values) if any(button.row for button in reply.buttons) else 0
    found = [
        NumberedChoice(
            f"{select.label}: {_marked(label, value in select.chosen)}",
            select.action,
            (value,),
            min(row, 0),
            select.most > 1,
        )
        for row, (select, value, label) in enumerate(values, first)
    ]
    buttons = [NumberedChoice(_marked(one.label, one.chosen), one.action, row=one.row) for one in reply.buttons]
    return [*found, *buttons]


def _marked(label: str, chosen: bool) -> str:
    return f"{label} ✓" if chosen else label


def listed(offered: list[NumberedChoice]) -> str:
    """Number the choices and lay them out in the rows they ask for; if none asks, a long list gets one line each."""
    parts = [f"[{number}] {printable(choice.label)}" for number, choice in enumerate(offered, 1)]
    if not any(choice.row for choice in offered):
        return ("  " if len(parts) <= IN_A_LINE else "\n").join(parts)
    grouped = groupby(zip(offered, parts, strict=True), lambda pair: pair[0].row)
    return "\n".join(line for _, row in grouped for line in _shared([part for _, part in row]))


def question(field: Field) -> str:
    """The prompt for a form field, with its current value or its numbered options, and what leaves it open."""
    label = printable(field.label)
    if field.kind == "text":
        return f"{label} ({printable(field.value)})" if field.value else label
    given = field.value.split(",")
    parts = [
        f"[{number}] {printable(option)}{' ✓' if value in given else ''}"
        for number, (value, option) in enumerate(field.options, 1)
    ]
    return "\n".join([label, *_shared(parts), _span(field)])


def _span(field: Field) -> str:
    """The numbers that answer a field, and what else does."""
    span = f"1-{len(field.options)}" if len(field.options) > 1 else "1"
    if field.value:
        return f"{span}, {'' if field.required else '0 for none, '}or Enter to keep ✓"
    return span if field.required else f"{span}, or Enter for none"


def _shared(parts: list[str]) -> list[str]:
    """Split a row into as many even lines as it needs."""
    for number in range(ceil(len(parts) / IN_A_LINE), len(parts)):
        width = ceil(len(parts) / number)
        lines = ["  ".join(parts[at : at + width]) for at in range(0, len(parts), width)]
        if max(map(len, lines)) <= WIDTH:
            return lines
    return parts


def recalled(turn: Turn) -> str:
    """A turn of an earlier conversation, as Markdown."""
    if turn.role == "assistant":
        return resolved(printable(turn.text))
    return _quoted(lined("\n\n".join(map(printable, (turn.text, *map(_quoted, turn.quoted))))))


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())
