"""Reads the records of a file, which may be lines, an array or a table, compressed or not."""

import gzip
import json
import zlib
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from io import BufferedReader
from pathlib import Path
from typing import Any

from core.dataset.export.files import TABLE
from core.dataset.importing.array_reader import items
from core.dataset.importing.bounds import USUAL_BOUNDS, ImportBounds
from core.dataset.importing.jsonl_reader import ReadProgress, SourceLine, lines, parsed
from core.errors import OperatorError
from core.foreign_code import ForeignFault, guarded

PACKED = b"\x1f\x8b"
"""The first bytes of every gzip file, whatever its name is."""

PEEKED = 4096
"""The bytes in which the beginning of an array is looked for."""

AT_ONCE = 200
"""The number of rows of a table that are in memory at a time."""


def read(path: Path, progress: ReadProgress, bounds: ImportBounds = USUAL_BOUNDS) -> Iterator[SourceLine]:
    """Yield every line, item or row of a file. Raises OperatorError at the place after which it cannot be read."""
    number, unit = 0, "line"
    try:
        for line in _rows(path, progress) if path.name.endswith(TABLE) else _texts(path, progress, bounds):
            number, unit = line.number, line.unit
            yield line
    except (EOFError, OSError, zlib.error, ForeignFault, OperatorError) as error:
        reason = error.cause if isinstance(error, ForeignFault) else getattr(error, "strerror", None) or error
        after = f"further than {unit} {number}" if number else "at all"
        raise OperatorError(f"{path.name} cannot be read {after}: {reason}") from error


def _texts(path: Path, progress: ReadProgress, bounds: ImportBounds) -> Iterator[SourceLine]:
    with path.open("rb") as file:
        text = _unpacked(file)
        ways = items if _is_array(path, text) else lines
        yield from ways(text, lambda: progress(file.tell()), bounds)
        progress(file.tell())


def _unpacked(file: BufferedReader) -> BufferedReader | gzip.GzipFile:
    # Nothing may buffer what gzip gives: if the file is cut, what came before the cut would be lost with the buffer.
    return gzip.GzipFile(fileobj=file) if file.peek(2)[:2] == PACKED else file


def _is_array(path: Path, text: BufferedReader | gzip.GzipFile) -> bool:
    # In a file of JSON lines, a line that is an array is only a bad line.
    start = text.peek(PEEKED)[:PEEKED].removeprefix(b"\xef\xbb\xbf").lstrip()
    return ".jsonl" not in path.suffixes and start.startswith(b"[")


def _rows(path: Path, progress: ReadProgress) -> Iterator[SourceLine]:
    """Yield the rows of a Parquet file."""
    if find_spec("pyarrow") is None:
        raise OperatorError("Parquet needs pyarrow: install Parley with the extra `parquet`, or convert it to .jsonl")
    from pyarrow import parquet

    number, size = 0, path.stat().st_size
    with guarded(OSError), parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=AT_ONCE):
            for row in batch.to_pylist():
                number += 1
                yield _row(number, row)
            progress(size * number // max(file.metadata.num_rows, 1))


def _row(number: int, row: dict[str, Any]) -> SourceLine:
    try:
        return parsed(number, json.dumps(row, ensure_ascii=False, default=_plain).encode(), "row")
    except ValueError as error:
        return SourceLine(number, b"", fault=f"not text: {error}", unit="row")


def _plain(value: Any) -> str:
    """A value of a table that JSON does not know: a time, or a text in a column of bytes."""
    if isinstance(value, bytes):
        return value.decode()
    return value.isoformat() if isinstance(value, date) else str(value)
