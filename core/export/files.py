"""A file of JSON lines that is there as a whole or not at all."""

import gzip
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from core.errors import OperatorError

ENDINGS = (".jsonl", ".jsonl.gz")


@contextmanager
def lines(path: Path) -> Iterator[Callable[[str], object]]:
    """Gives a function that writes text. The file takes its place, for its owner's eyes, when the block ends well.

    A name that ends with `.gz` is compressed, and the same text makes the same bytes. Raises OperatorError for another
    ending, and where the file cannot be written.
    """
    if not path.name.endswith(ENDINGS):
        raise OperatorError(f"{path.name}: the name must end with {' or '.join(ENDINGS)}")
    try:
        with _beside(path) as file:
            if path.name.endswith(".gz"):
                # A header with a name or a time would make each export another file.
                with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0) as packed:
                    yield lambda text: packed.write(text.encode())
            else:
                yield lambda text: file.write(text.encode())
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror}") from error


@contextmanager
def _beside(path: Path) -> Iterator[IO[bytes]]:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb", buffering=1 << 20) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise
