"""From a reply to what a terminal shows. Pure."""

import re

from core.messages import Button, Reply, Turn

CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Control characters, and whole sequences of them: a text must not move the cursor or set the window's title."""


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


def choices(buttons: tuple[Button, ...]) -> str:
    """Buttons as numbered choices."""
    return "  ".join(f"[{number}] {printable(button.label)}" for number, button in enumerate(buttons, 1))


def recalled(turn: Turn) -> str:
    """A turn of an earlier conversation, as Markdown."""
    text = printable(turn.text)
    return f"> {text}" if turn.role == "prompter" else text
