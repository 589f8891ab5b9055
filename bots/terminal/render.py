"""From a reply to what a terminal shows. Pure."""

import re
from dataclasses import dataclass

from core.messages import Reply, Turn

CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Control characters, and whole sequences of them: a text must not move the cursor or set the window's title."""


IN_A_LINE = 5
"""Choices that are offered side by side."""


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


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen by its number: a button, or one value of a select."""

    label: str
    action: str
    values: tuple[str, ...] = ()


def choices(reply: Reply) -> list[Choice]:
    """What a reply offers: the values of its selects, what is in force marked, and its buttons."""
    found = [
        Choice(f"{select.label}: {label}{' ✓' if value in select.chosen else ''}", select.action, (value,))
        for select in reply.selects
        for value, label in select.options
    ]
    return [
        *found,
        *(Choice(f"{button.label}{' ✓' if button.chosen else ''}", button.action) for button in reply.buttons),
    ]


def listed(offered: list[Choice]) -> str:
    """Choices with their numbers; many of them a line each."""
    parts = [f"[{number}] {printable(choice.label)}" for number, choice in enumerate(offered, 1)]
    return ("  " if len(parts) <= IN_A_LINE else "\n").join(parts)


def recalled(turn: Turn) -> str:
    """A turn of an earlier conversation, as Markdown."""
    text = printable(turn.text)
    return f"> {text}" if turn.role == "prompter" else text
