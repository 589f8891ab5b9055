"""The files that a model is served from, which are compared with their digests before it serves."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import ModelFileError
from core.models.embedded.gguf import check


@dataclass(frozen=True, slots=True)
class SeenFiles:
    """Remembers which files were whole, by their sizes and times then, so that none is read twice. It blocks."""

    _seen: dict[tuple[Path, str], tuple[int, int]] = field(default_factory=dict)

    def check(self, file: Path, expected: str) -> None:
        """Raise ModelFileError if a file is damaged. It is not read if it has not changed since it was whole."""
        stat = _stat(file)
        version = (stat.st_size, stat.st_mtime_ns)
        if version != self._seen.get((file, expected)):
            check(file, expected)
            self._seen[file, expected] = version


@dataclass(frozen=True, slots=True)
class CheckedFiles:
    """Files, each with the SHA-256 that it should have (empty if any will do). All functions block."""

    files: Sequence[tuple[Path, str]]
    seen: SeenFiles = field(default_factory=SeenFiles)

    @property
    def size(self) -> int:
        """Their bytes, all together. Raises ModelFileError if one cannot be read."""
        return sum(_stat(file).st_size for file, _ in self.files)

    def check(self) -> None:
        """Raise ModelFileError if one is damaged. Those that have not changed since the last check are not read."""
        for file, expected in self.files:
            if expected:
                self.seen.check(file, expected)


def _stat(file: Path) -> os.stat_result:
    try:
        return file.stat()
    except OSError as error:
        raise ModelFileError(f"The model file {file} cannot be read: {error}.") from error
