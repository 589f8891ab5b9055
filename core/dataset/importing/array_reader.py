"""Reads the items of a JSON array, with little more than one of them in memory."""

import codecs
import json
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

from core.dataset.importing.bounds import ImportBounds
from core.dataset.importing.jsonl_reader import SourceLine, parsed
from core.errors import OperatorError

DECODER = json.JSONDecoder(parse_int=str, parse_float=str)
"""Finds where an item ends. It builds no numbers: Python refuses long ones, which is the fault of an item alone."""

BETWEEN = re.compile(r"[\s,]*")
NEW_LINES = re.compile(r"[\r\n]+")
PIECE = 1 << 20


class PieceFile(Protocol):
    """The part of a binary file that is needed here."""

    def read1(self, size: int = -1, /) -> bytes: ...


def items(file: PieceFile, progress: Callable[[], object], bounds: ImportBounds) -> Iterator[SourceLine]:
    """Yield every item of an array. Raises OperatorError at a place after which no further item can be found."""
    number, at = 0, 0
    text = _PieceReader(file)
    try:
        read = text.read(1).lstrip().removeprefix("[")
        while True:
            at = _after(read, at)
            if read[at : at + 1] == "]":
                return _end(read[at + 1 :] + text.read(1))
            end, fault = _item(read, at)
            # An item that ends with the piece may go on in the next one.
            if fault or end == len(read):
                progress()
                if more := text.read(len(read) - at) if len(read) - at <= bounds.longest else "":
                    read, at = read[at:] + more, 0
                    continue
            if fault:
                raise OperatorError(f"item {number + 1}: {fault}")
            number += 1
            yield parsed(number, NEW_LINES.sub(" ", read[at:end]).encode(), "item")
            at = end
    except UnicodeDecodeError:
        raise OperatorError(f"after item {number} it is not UTF-8") from None


def _item(text: str, at: int) -> tuple[int, str]:
    """Where an item ends, and what is wrong if it does not."""
    if at == len(text):
        return at, "the array has no end"
    try:
        return DECODER.raw_decode(text, at)[1], ""
    except json.JSONDecodeError as error:
        return at, f"not JSON: {error.msg}"
    except RecursionError:
        return at, "nested too deeply"


def _after(text: str, at: int) -> int:
    found = BETWEEN.match(text, at)
    return found.end() if found else at


def _end(rest: str) -> None:
    if rest.strip():
        raise OperatorError("something follows the end of its array")


class _PieceReader:
    """Decodes a file piece by piece. What came before a fault of the file is not lost."""

    def __init__(self, file: PieceFile) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()

    def read(self, least: int) -> str:
        """Read at least `least` characters, unless the file ends. If the file is cut, the next call reports it."""
        pieces: list[str] = []
        size = 0
        while size < least:
            try:
                raw = self._file.read1(PIECE)
            except (EOFError, OSError, zlib.error):
                if size:
                    break
                raise
            pieces.append(self._decoder.decode(raw, final=not raw))
            size += len(pieces[-1])
            if not raw:
                break
        return "".join(pieces)
