"""Writes a file of JSON lines or a table, either completely or not at all."""

import gzip
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from core.errors import OperatorError

if TYPE_CHECKING:
    import pyarrow

ENDINGS = (".jsonl", ".jsonl.gz")
TABLE = ".parquet"


STANDARD_OUTPUT = Path("-")
"""The name under which an export goes to standard output instead of a file."""


@contextmanager
def lines(path: Path, stream: IO[bytes] | None = None) -> Iterator[Callable[[str], object]]:
    """Yield a function that writes text. The file appears, readable by its owner only, when the block ends well.

    A file whose name ends with `.gz` is compressed; the same text makes the same bytes. For STANDARD_OUTPUT, the text
    goes to the stream as it comes. Raises OperatorError for any other ending than those in ENDINGS, and if the file
    cannot be written.
    """
    if stream and path == STANDARD_OUTPUT:
        try:
            yield lambda text: stream.write(text.encode())
            stream.flush()
        except OSError as error:
            raise OperatorError(f"standard output cannot be written: {error.strerror}") from error
        return
    if not path.name.endswith(ENDINGS):
        raise OperatorError(f"{path.name}: the name must end with {' or '.join(ENDINGS)}")
    try:
        with beside(path) as file:
            if path.name.endswith(".gz"):
                # With a name or a time in the header, each export would make different bytes.
                with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0) as packed:
                    yield lambda text: packed.write(text.encode())
            else:
                yield lambda text: file.write(text.encode())
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror}") from error


def table(path: Path, schema: Callable[[], "pyarrow.Schema"], rows: Iterator[dict[str, Any]], at_once: int) -> None:
    """Write rows into a Parquet file, in groups of `at_once`. The same rows make the same bytes.

    Raises OperatorError if the file cannot be written, or if the extra `parquet` is missing.
    """
    if find_spec("pyarrow") is None:
        raise OperatorError("Parquet needs pyarrow: install Parley with the extra `parquet`, or write .jsonl")
    import pyarrow
    from pyarrow import parquet

    types = schema()
    try:
        with beside(path) as file, parquet.ParquetWriter(file, types, compression="zstd") as writer:
            while group := list(islice(rows, at_once)):
                writer.write_table(pyarrow.Table.from_pylist(group, types), row_group_size=at_once)
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror or error}") from error


@contextmanager
def beside(path: Path) -> Iterator[IO[bytes]]:
    """Yield a temporary file that replaces `path`, readable by its owner only, when the block ends well."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb", buffering=1 << 20) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    finally:
        # It is still there only if something went wrong.
        with suppress(FileNotFoundError):
            os.unlink(name)
