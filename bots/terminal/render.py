"""From a reply to what a terminal shows. Pure."""

import re
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from core.messages import Field, Reply, Turn

CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Control characters, and whole sequences of them: a text must not move the cursor or set the window's title."""


IN_A_LINE = 5
"""Choices that are offered side by side."""

WIDTH = 80
FENCES = ("```", "~~~")


def printable(text: str) -> str:
    """A text without anything that would command the terminal."""
    return CONTROL.sub("", text)


def answer_text(reply: Reply) -> str:
    """An answer as Markdown, with its status as a last line in italics."""
    text = printable(reply.text)
    if not reply.status:
        return text
    status = f"*{printable(reply.status)}*"
    return f"{text}\n\n{status}" if text else status


def tail(text: str, rows: int) -> str:
    """The last lines of a text that grows, as many as a live view has rows for."""
    lines = text.splitlines()
    return text if len(lines) <= rows else "\n".join(["…", *lines[1 - rows :]])


def lined(text: str) -> str:
    """A Markdown text whose lines stay lines: by itself Markdown makes one paragraph of them, which no chat does."""
    lines, found, code = text.split("\n"), [], False
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        fence = line.lstrip().startswith(FENCES)
        code ^= fence
        found.append(f"{line}  " if line.strip() and following.strip() and not (code or fence) else line)
    return "\n".join(found)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen by its number: a button, or one value of a select. One `row` stands together.

    `many` says that other values of the same select may be chosen with it.
    """

    label: str
    action: str
    values: tuple[str, ...] = ()
    row: int = 0
    many: bool = False


def choices(reply: Reply) -> list[Choice]:
    """What a reply offers: the values of its selects, what is in force marked, and its buttons."""
    values = [(select, value, label) for select in reply.selects for value, label in select.options]
    # Beside buttons in rows each value has a row of its own, before theirs.
    first = -len(values) if any(button.row for button in reply.buttons) else 0
    found = [
        Choice(
            f"{select.label}: {_marked(label, value in select.chosen)}",
            select.action,
            (value,),
            min(row, 0),
            select.most > 1,
        )
        for row, (select, value, label) in enumerate(values, first)
    ]
    buttons = [Choice(_marked(one.label, one.chosen), one.action, row=one.row) for one in reply.buttons]
    return [*found, *buttons]


def _marked(label: str, chosen: bool) -> str:
    return f"{label} ✓" if chosen else label


def listed(offered: list[Choice]) -> str:
    """Choices with their numbers, in the rows that they ask for; where none asks, many of them a line each."""
    parts = [f"[{number}] {printable(choice.label)}" for number, choice in enumerate(offered, 1)]
    if not any(choice.row for choice in offered):
        return ("  " if len(parts) <= IN_A_LINE else "\n").join(parts)
    grouped = groupby(zip(offered, parts, strict=True), lambda pair: pair[0].row)
    return "\n".join(line for _, row in grouped for line in _shared([part for _, part in row]))


def question(field: Field) -> str:
    """What a field of a form asks: with what it holds already, or with its options by their numbers."""
    label = printable(field.label)
    if field.kind == "text":
        return f"{label} ({printable(field.value)})" if field.value else label
    parts = [f"[{number}] {printable(option)}" for number, (_, option) in enumerate(field.options, 1)]
    return "\n".join([label, *_shared(parts)])


def _shared(parts: list[str]) -> list[str]:
    """A row in as many even lines as it needs."""
    for number in range(ceil(len(parts) / IN_A_LINE), len(parts)):
        width = ceil(len(parts) / number)
        lines = ["  ".join(parts[at : at + width]) for at in range(0, len(parts), width)]
        if max(map(len, lines)) <= WIDTH:
            return lines
    return parts


def recalled(turn: Turn) -> str:
    """A turn of an earlier conversation, as Markdown."""
    text = printable(turn.text)
    return f"> {text}" if turn.role == "prompter" else text
