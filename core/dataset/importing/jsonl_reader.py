"""Reads a file of JSON lines, compressed or not, with no more than one line in memory."""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

from core.dataset.importing.bounds import USUAL_BOUNDS, ImportBounds
from core.errors import OperatorError
from core.outside_json import too_deep

DEEPEST = 600
"""The most levels of nesting in a line. A reply in a tree takes two."""

# Characters that no database stores, as JSON has to write them: a NUL, and half of a UTF-16 surrogate pair.
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
HALF = re.compile(rb"\\u[dD][89abAB]")

Told = Callable[[int], object]
"""A callback with the number of bytes read from the file."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of the file, raw and parsed; `fault` says why if it cannot be read."""

    number: int
    raw: bytes
    value: Any = None
    fault: str = ""


def lines(path: Path, told: Told, bounds: ImportBounds = USUAL_BOUNDS) -> Iterator[SourceLine]:
    """Yield every line that is not blank. Raises OperatorError if the file cannot be read to its end."""
    number = 0
    try:
        with path.open("rb") as file, gzip.open(file) if path.name.endswith(".gz") else file as text:
            while raw := text.readline(bounds.longest + 1):
                number += 1
                if number % bounds.step == 0:
                    told(file.tell())
                if len(raw) > bounds.longest:
                    _skip(text, bounds.longest)
                    yield SourceLine(number, b"", fault=f"longer than {bounds.longest >> 20} MiB")
                elif raw.strip():
                    yield parsed(number, raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw)
            told(file.tell())
    except (EOFError, OSError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise OperatorError(f"{path.name} cannot be read further than line {number}: {reason}") from error


def parsed(number: int, raw: bytes) -> SourceLine:
    """Parse a line of JSON."""
    try:
        text = raw.decode()
        if too_deep(text, DEEPEST):
            return SourceLine(number, raw, fault="nested too deeply")
        value = json.loads(text, parse_constant=_refused)
        if NUL.search(raw):
            return SourceLine(number, raw, fault="a text has a NUL in it, which no database keeps")
        if HALF.search(raw):
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError:
        return SourceLine(number, raw, fault="not UTF-8")
    except UnicodeEncodeError:
        return SourceLine(number, raw, fault="a text has half a character in it (an unpaired surrogate)")
    except RecursionError:
        return SourceLine(number, raw, fault="nested too deeply")
    except json.JSONDecodeError as error:
        return SourceLine(number, raw, fault=f"not JSON: {error.msg} at character {error.pos + 1}")
    except ValueError as error:
        return SourceLine(number, raw, fault=f"not JSON: {error}")
    return SourceLine(number, raw, value)


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")


def _skip(text: IO[bytes] | gzip.GzipFile, longest: int) -> None:
    while (more := text.readline(longest)) and not more.endswith(b"\n"):
        pass
