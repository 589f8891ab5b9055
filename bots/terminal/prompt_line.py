"""The line at which a person types: it remembers earlier lines, completes commands, and may have several lines."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bots.terminal.questions import QuestionLeft
from core.messages import Place, User
from core.ports.surface import SurfaceRecords

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession

BLOCK = '"""'
"""Begins and ends a text of several lines."""


def line_prompt(records: SurfaceRecords, user: User, where: Callable[[], Place], history: Path) -> "PromptSession[str]":
    """Make the prompt: it offers the commands that are on in the conversation, and their arguments.

    The arrow keys bring back earlier lines. Alt-Enter begins a new line, and so does Enter in a text that began with
    three quotation marks.
    """
    from prompt_toolkit import PromptSession
    from prompt_toolkit.application import get_app
    from prompt_toolkit.filters import Condition
    from prompt_toolkit.history import FileHistory
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    from bots.terminal.completion import CommandCompleter

    keys = KeyBindings()

    @keys.add("escape", "enter")
    def begin_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return PromptSession(
        history=FileHistory(str(history)),
        completer=CommandCompleter(records, user, where),
        key_bindings=keys,
        multiline=Condition(lambda: is_open(get_app().current_buffer.text)),
        prompt_continuation="… ",
    )


def is_open(text: str) -> bool:
    """Whether a text of several lines has begun and not ended."""
    text = text.strip()
    return text.startswith(BLOCK) and (len(text) < 2 * len(BLOCK) or not text.endswith(BLOCK))


def said(text: str) -> str:
    """What a person said: without the marks around a text of several lines."""
    plain = text.strip()
    return plain[len(BLOCK) : -len(BLOCK)].strip() if plain.startswith(BLOCK) and not is_open(plain) else text


async def asked_at_prompt(session: "PromptSession[str]", question: str) -> str:
    """Ask the person something and return the line. Raises QuestionLeft for Ctrl-C and Ctrl-D.

    The prompt's library would otherwise remove our handler of SIGINT; at the prompt, Ctrl-C is a key like any other.
    """
    try:
        return said(await session.prompt_async(question, handle_sigint=False))
    except (EOFError, KeyboardInterrupt):
        raise QuestionLeft from None
