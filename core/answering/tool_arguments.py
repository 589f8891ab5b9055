"""The arguments of a tool call as models write them: repaired where it is clear what was meant."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from core.outside_json import DEEPEST, read_json, too_deep
from core.outside_text import storable

LONGEST = 50_000
"""Characters of arguments that are looked at for a repair."""

FENCED = re.compile(r"\A\s*+```\w*+\n?(.*?)\n?```\s*\Z", re.DOTALL)
STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
SIGN = re.compile(STRING.pattern + r"|[{}\[\]]", re.DOTALL)
CLOSES = {"{": "}", "[": "]"}

UNSTORABLE = re.compile(r"[\ud800-\udfff]|\\u(?:0000|[dD][89a-fA-F])")
"""What may stand for a character that no database or server accepts; pairs of surrogates are looked at, too."""

NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")

WHOLE = ('"', "}", "]", "true", "false", "null")
"""The ends of values that were not cut in their middle. A number may have been, so nobody can tell what it was."""


def repaired(arguments: str) -> str | None:
    """The arguments as a JSON object; None if nobody can tell what was meant.

    An object stays as it is written, except for characters that nobody could store or pass on.
    """
    if not arguments.strip():
        return "{}"
    whole = _read(arguments)
    if whole is not None:
        return _written(whole) if UNSTORABLE.search(arguments) else arguments
    if len(arguments) > LONGEST or too_deep(arguments, DEEPEST):
        return None
    for text in _candidates(arguments):
        found = _read(text)
        if found is None:
            found = _literal(text)
        if found is not None:
            return _written(found)
    return None


def _written(found: dict[str, Any]) -> str:
    return NUL.sub(r"\1", storable(json.dumps(found, ensure_ascii=False)))


def _candidates(arguments: str) -> Iterator[str]:
    """The values that may have been meant, the likeliest first."""
    text = arguments.strip()
    if fenced := FENCED.match(text):
        text = fenced[1].strip()
        yield text
    if text.startswith('"'):
        # An object in a text: it was written as JSON twice.
        try:
            inner = read_json(text)
        except ValueError:
            inner = None
        if isinstance(inner, str):
            yield inner
    begin = text.find("{")
    if begin < 0:
        return
    tidy = _outside_strings(text[begin:])
    end, missing = brackets(tidy)
    if end:
        # The object, and something after it.
        yield tidy[:end]
    elif tidy.rstrip().endswith(WHOLE):
        yield tidy + missing


def _outside_strings(text: str) -> str:
    """The text without commas before a closing bracket; strings stay as they are, with their line breaks escaped."""
    done, at = "", 0
    for found in STRING.finditer(text):
        string = found[0].replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
        done += TRAILING_COMMA.sub("", text[at : found.start()]) + string
        at = found.end()
    return done + TRAILING_COMMA.sub("", text[at:])


def brackets(text: str) -> tuple[int, str]:
    """Where the first object ends, 0 if it does not, and the brackets that are missing then."""
    opened: list[str] = []
    for found in SIGN.finditer(text):
        sign = found[0]
        if sign in CLOSES:
            opened.append(CLOSES[sign])
        elif opened and sign == opened[-1]:
            opened.pop()
            if not opened:
                return found.end(), ""
    return 0, "".join(reversed(opened))


def _read(text: str) -> dict[str, Any] | None:
    try:
        found = read_json(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _literal(text: str) -> dict[str, Any] | None:
    """An object as Python writes it: with single quotes, True and None."""
    try:
        found = ast.literal_eval(text)
        return _read(json.dumps(found)) if isinstance(found, dict) else None
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
