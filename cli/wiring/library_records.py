"""Limits what libraries may write into our log: above a certain level, and without the values in their texts.

A library does not know which of its values are somebody's words. So from a library's record, the log gets the text as
it stands in the library's source, with numbers filled in. A text that was put together at run time is left out. The
place in the source is logged, so that anybody can look up what was meant.
"""

import ast
import logging
import sys
import traceback
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import OperatorError, UserError

ANY_LIBRARY = logging.WARNING
LOWEST: Mapping[str, int] = {
    # Their warnings quote other people's text: requests without a listener, unreadable pages, whole addresses.
    "slack": logging.ERROR,
    "slack_bolt": logging.ERROR,
    "trafilatura": logging.CRITICAL,
    "htmldate": logging.CRITICAL,
    "courlan": logging.CRITICAL,
    # It logs each request with its address.
    "aiohttp.access": logging.CRITICAL,
    "uvicorn.access": logging.CRITICAL,
    # It warns of each message that a tool server sends out of turn.
    "mcp": logging.ERROR,
}
"""The lowest level at which a logger and those below it are heard, whatever `log.level` says."""


def lowest(name: str) -> int:
    """The lowest level for a logger, by the longest name that it is or is below."""
    while name:
        if name in LOWEST:
            return LOWEST[name]
        name = name.rpartition(".")[0]
    return ANY_LIBRARY


class LoggerLevels(logging.Filter):
    """Lets a record through if it is ours, or if its logger may be heard at its level."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Our own records are dictionaries, which structlog has made.
        return isinstance(record.msg, dict) or record.levelno >= lowest(record.name)


def library_text(record: logging.LogRecord, values: Any) -> str:
    """The text of a library's record, where `values` stand in it only as numbers."""
    place = f"{record.module}:{record.lineno}"
    if not isinstance(record.msg, str) or record.msg not in _constants(record.pathname):
        return f"(text left out, see {place})"
    if not values:
        return record.msg
    masked: Any = (
        {name: _masked(value) for name, value in values.items()}
        if isinstance(values, Mapping)
        else tuple(_masked(value) for value in values)
    )
    try:
        return str(record.msg % masked)
    except (TypeError, ValueError):
        # The text wants a number where there is something else.
        return f"{record.msg} (values left out, see {place})"


def error_text(error: BaseException) -> str:
    """The loggable part of an error: its text for the operator, the key of its text for people, or else its type."""
    kind = type(error).__name__
    if isinstance(error, OperatorError):
        return f"{kind}: {error}"
    if isinstance(error, UserError):
        return f"{kind}: {error.key}"
    if isinstance(error, OSError) and error.strerror and error.errno:
        return f"{kind}: {error.strerror}"
    code = getattr(error, "code", getattr(error, "status", None))
    return f"{kind}: {code}" if isinstance(code, int) else kind


def error_trace(error: BaseException, seen: frozenset[int] = frozenset()) -> str:
    """Where an error came from, with its causes, and no text that may be somebody's words."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    seen |= {id(error)}
    parts = []
    if before is not None and id(before) not in seen:
        parts += [error_trace(before, seen), "which led to:\n"]
    parts += [
        "Traceback (most recent call last):\n",
        *traceback.format_tb(error.__traceback__),
        f"{error_text(error)}\n",
    ]
    if isinstance(error, BaseExceptionGroup):
        parts += [f"one of them: {error_trace(inner, seen)}" for inner in error.exceptions if id(inner) not in seen]
    return "".join(parts)


def exception_of(given: Any) -> BaseException | None:
    """The exception that a record's `exc_info` means."""
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if len(given) > 1 and isinstance(given[1], BaseException) else None
    return sys.exception() if given else None


class _Masked:
    """Stands for a value in a text, and shows what kind of value it is."""

    def __init__(self, value: object) -> None:
        self._shown = f"[{type(value).__name__}]"

    def __repr__(self) -> str:
        return self._shown


def _masked(value: object) -> object:
    return value if isinstance(value, bool | int | float | None) else _Masked(value)


@lru_cache(maxsize=256)
def _constants(path: str) -> frozenset[str]:
    """The texts that stand in a source file. Those that a program makes are not among them."""
    try:
        tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return frozenset()
    return frozenset(
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
