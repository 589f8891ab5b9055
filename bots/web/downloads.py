"""Files to be downloaded by a person: kept in memory for a while, and handed out once."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from core.messages import File

KEPT = 15 * 60.0
"""Seconds for which a file waits to be fetched."""
MOST_BYTES = 64 * 1024 * 1024
MOST_FILES = 200
MOST_FILES_EACH = 20


@dataclass(frozen=True, slots=True)
class FileLink:
    """A link to a file: its name, its size in bytes, and the token in its URL."""

    name: str
    size: int
    token: str


@dataclass(frozen=True, slots=True)
class KeptFile:
    owner: str
    channel: str
    file: File
    until: float


class DownloadStore:
    """Holds files until they are fetched, get too old, or make way for newer ones."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, KeptFile] = {}

    def put(self, channel: str, files: Sequence[File], owner: str = "") -> tuple[FileLink, ...]:
        """Keep files for the reader of a channel. An owner with too many files loses their oldest."""
        links = tuple(FileLink(file.name, len(file.content), secrets.token_hex(16)) for file in files)
        until = self._clock() + KEPT
        self._kept |= {
            link.token: KeptFile(owner, channel, file, until) for link, file in zip(links, files, strict=True)
        }
        mine = [token for token, kept in self._kept.items() if owner and kept.owner == owner]
        for token in mine[: max(0, len(mine) - MOST_FILES_EACH)]:
            del self._kept[token]
        self._tidy()
        return links

    def has(self, token: str) -> bool:
        """Whether a file can still be fetched."""
        return token in self._kept and self._kept[token].until > self._clock()

    def take(self, channel: str, token: str) -> File | None:
        """Hand out a file and forget it. None if there is no such file, or it is for another channel."""
        if not self.has(token) or self._kept[token].channel != channel:
            return None
        return self._kept.pop(token).file

    def _tidy(self) -> None:
        for token in [token for token in self._kept if not self.has(token)]:
            del self._kept[token]
        size = sum(len(kept.file.content) for kept in self._kept.values())
        while size > MOST_BYTES or len(self._kept) > MOST_FILES:
            size -= len(self._kept.pop(next(iter(self._kept))).file.content)
