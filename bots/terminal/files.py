"""Files that the core sends, saved for the person at the terminal."""

import os
import sys
from pathlib import Path

from core.messages import File


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
