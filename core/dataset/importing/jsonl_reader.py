"""Reads JSON lines, with no more than one of them in memory."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from core.dataset.importing.bounds import ImportBounds
from core.outside_json import too_deep

DEEPEST = 600
"""The most levels of nesting in a line. A reply in a tree takes two."""

# Characters that no database stores, as JSON has to write them: a NUL, and half of a UTF-16 surrogate pair.
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
HALF = re.compile(rb"\\u[dD][89a-fA-F]")

ReadProgress = Callable[[int], object]
"""A callback with the number of bytes read from the file."""


class LineFile(Protocol):
    """The part of a binary file that is needed here."""

    def readline(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of a file, raw and parsed; `fault` says why if it cannot be read.

    `unit` is what the file counts: lines, the items of an array, or the rows of a table. `raw` is always a single line.
    """

    number: int
    raw: bytes
    value: Any = None
    fault: str = ""
    unit: str = "line"

    @property
    def blank(self) -> bool:
        return not (self.raw or self.fault)


def lines(text: LineFile, progress: Callable[[], object], bounds: ImportBounds) -> Iterator[SourceLine]:
    """Yield every line, including the blank ones."""
    number = 0
    while raw := text.readline(bounds.longest + 1):
        number += 1
        if number % bounds.step == 0:
            progress()
        if len(raw) > bounds.longest:
            _skip(text, bounds.longest)
            yield SourceLine(number, b"", fault=f"longer than {bounds.longest >> 20} MiB")
            continue
        raw = (raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw).strip()
        yield parsed(number, raw) if raw else SourceLine(number, b"")


def parsed(number: int, raw: bytes, unit: str = "line") -> SourceLine:
    """Parse a line of JSON."""
    value, fault = _value(raw)
    return SourceLine(number, raw, value, fault, unit)


def _value(raw: bytes) -> tuple[Any, str]:
    try:
        text = raw.decode()
        if too_deep(text, DEEPEST):
            return None, "nested too deeply"
        value = json.loads(text, parse_constant=_refused)
        if NUL.search(raw):
            return None, "a text has a NUL in it, which no database keeps"
        if HALF.search(raw):
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError:
        return None, "not UTF-8"
    except UnicodeEncodeError:
        return None, "a text has half a character in it (an unpaired surrogate)"
    except RecursionError:
        return None, "nested too deeply"
    except json.JSONDecodeError as error:
        return None, f"not JSON: {error.msg} at character {error.pos + 1}"
    except ValueError as error:
        return None, f"not JSON: {error}"
    return value, ""


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")


def _skip(text: LineFile, longest: int) -> None:
    while (more := text.readline(longest)) and not more.endswith(b"\n"):
        pass
