"""The line at which a person types: it remembers earlier lines, and completes commands."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.messages import CommandHelp

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession


def line_prompt(commands: Sequence[CommandHelp], history: Path) -> "PromptSession[str]":
    """Make the prompt: it offers these commands, and the arrow keys bring back the lines of earlier sessions."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import FileHistory

    menu = {f"/{command.name}": command.description for command in commands}
    completer = WordCompleter(list(menu), meta_dict=menu, sentence=True)
    return PromptSession(history=FileHistory(str(history)), completer=completer)


async def asked_at_prompt(session: "PromptSession[str]", question: str) -> str:
    """Ask the person something and return the line. Ctrl-C and Ctrl-D give none.

    The prompt's library would otherwise remove our handler of SIGINT; at the prompt, Ctrl-C is a key like any other.
    """
    try:
        return await session.prompt_async(question, handle_sigint=False)
    except (EOFError, KeyboardInterrupt):
        return ""
