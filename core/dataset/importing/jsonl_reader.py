"""Reads a file of JSON lines, compressed or not, with no more than one line in memory."""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

from core.errors import OperatorError
from core.outside_json import too_deep

LONGEST = 64 << 20
"""The most bytes in a line. A whole tree is seldom a thousandth of this."""

DEEPEST = 600
"""The most levels of nesting in a line. A reply in a tree takes two."""

STEP = 1000
"""Lines between two reports of progress."""

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


def lines(path: Path, told: Told) -> Iterator[SourceLine]:
    """Yield every line that is not blank. Raises OperatorError if the file cannot be read to its end."""
    number = 0
    try:
        with path.open("rb") as file, gzip.open(file) if path.name.endswith(".gz") else file as text:
            while raw := text.readline(LONGEST + 1):
                number += 1
                if number % STEP == 0:
                    told(file.tell())
                if len(raw) > LONGEST:
                    _skip(text)
                    yield SourceLine(number, b"", fault=f"longer than {LONGEST >> 20} MiB")
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


def _skip(text: IO[bytes] | gzip.GzipFile) -> None:
    while (more := text.readline(LONGEST)) and not more.endswith(b"\n"):
        pass
