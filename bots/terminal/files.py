"""Files at a terminal: those that a person names, and those that the core sends, saved for them."""

import mimetypes
import os
import sys
from pathlib import Path

from core.messages import Attachment, File

PIPED = "-"
"""The address of what was piped in."""

MOST_BYTES = 32 * 1024 * 1024

UNKNOWN = "application/octet-stream"


def attached(path: Path) -> Attachment:
    """A file of this machine that goes along with a message. Raises OSError if it is gone."""
    media_type = mimetypes.guess_type(path.name)[0] or UNKNOWN
    return Attachment(path.name, media_type, path.stat().st_size, str(path.resolve()))


def piped(content: bytes) -> Attachment:
    """What was piped in, as a file that goes along with a message."""
    return Attachment("stdin", "text/plain", len(content), PIPED)


def content_of(path: Path) -> bytes:
    """The content of a file, or slightly more of it than anybody would read: a device has no end. This call blocks."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def save(folder: Path, file: File) -> Path:
    """Write a file that only its owner can read, under a free name in the folder. This call blocks."""
    name = Path(file.name)
    for number in range(1, sys.maxsize):
        path = folder / (name.name if number == 1 else f"{name.stem}-{number}{name.suffix}")
        try:
            # It may hold somebody's personal data, so nobody else may read it.
            with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as target:
                target.write(file.content)
        except FileExistsError:
            continue
        return path
    raise FileExistsError(folder)
