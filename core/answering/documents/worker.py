"""The process that reads one file: what is too large, too deep or too slow ends this process, and nothing else.

Eight bytes with the most characters, then the file, come in; JSON goes out.
"""

import json
import logging
import sys
from dataclasses import asdict

from core.answering.documents.file_text import NotReadable
from core.answering.documents.formats import read
from core.foreign_code import ForeignFault, guarded
from core.process_limits import limit

MEMORY = 512 * 1024 * 1024
"""The most bytes of memory; a PDF of 10 MB takes about 150 MB."""

SECONDS = 20
"""The most seconds of processor time."""

PREFIX = 8


def main() -> None:
    """Read one file."""
    limit(MEMORY, SECONDS)
    # A library has much to say about each broken file.
    logging.disable()
    most = int.from_bytes(sys.stdin.buffer.read(PREFIX))
    answer: dict[str, object]
    try:
        with guarded(NotReadable):
            answer = {"read": asdict(read(sys.stdin.buffer.read(), most))}
    except NotReadable as error:
        answer = {"refused": str(error)}
    except ForeignFault as fault:
        answer = {"refused": type(fault.cause).__name__}
    sys.stdout.write(json.dumps(answer))
