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

SECONDS, SECONDS_OF_ARCHIVE = 20, 5
"""The most seconds of processor time; pages of a PDF take long, but an archive of XML that does is made to do harm."""

ARCHIVE = b"PK\x03\x04"

PREFIX = 8


def main() -> None:
    """Read one file."""
    most, content = int.from_bytes(sys.stdin.buffer.read(PREFIX)), sys.stdin.buffer.read()
    limit(MEMORY, SECONDS_OF_ARCHIVE if content.startswith(ARCHIVE) else SECONDS)
    # A library has much to say about each broken file.
    logging.disable()
    answer: dict[str, object]
    try:
        with guarded(NotReadable):
            answer = {"read": asdict(read(content, most))}
    except NotReadable as error:
        answer = {"refused": str(error)}
    except ForeignFault as fault:
        answer = {"refused": type(fault.cause).__name__}
    sys.stdout.write(json.dumps(answer))
