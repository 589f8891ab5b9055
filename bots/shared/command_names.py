"""The names of our commands in one of our texts, which each platform writes in its own way. Pure."""

import re
from collections.abc import Callable

COMMAND = re.compile(r"`/(?P<name>[\w-]+)(?P<rest> [^`\n]*)?`|(?<![\w/<`])/(?P<bare>[a-z][\w-]*)\b(?!/)")
"""Matches a command in one of our texts, either in code with its options or on its own."""

Write = Callable[[str, str, bool], str]
"""Writes a command: its name, its options, and whether it stands in code; empty if it is none of ours."""


def rewritten(text: str, write: Write) -> str:
    """Return one of our notices with its commands written in a platform's way."""

    def one(match: re.Match[str]) -> str:
        name, rest = match["name"] or match["bare"], (match["rest"] or "").strip()
        return write(name, rest, match["name"] is not None) or match[0]

    return COMMAND.sub(one, text)
