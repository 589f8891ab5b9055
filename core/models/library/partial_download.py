"""A partial download: a file that outlives the process, and a note that says which file it is a part of."""

import hashlib
import json
import os
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from core.errors import OperatorError

BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class DownloadOrigin:
    """The file that a download is a part of. `sha256` is empty if none was promised.

    `etag` is the hub's for the file; `body_etag` is from the server that sent the bytes. They differ if the hub
    redirects us, and only `body_etag` can be used to ask that server to go on.
    """

    url: str
    etag: str
    commit: str
    size: int
    sha256: str
    body_etag: str = ""

    @property
    def provable(self) -> bool:
        """Whether we can prove that bytes from two connections belong to the same file (RFC 9110, 13.1.5)."""
        return bool(self.sha256) or self.body_etag.startswith('"')

    def same(self, other: "DownloadOrigin") -> bool:
        """Whether both have the same bytes. The commit may differ, if another file of the repository has changed."""
        mine, its = (self.url, self.etag, self.size), (other.url, other.etag, other.size)
        return mine == its and (not other.sha256 or self.sha256 == other.sha256)


class PartialFile:
    """The bytes of `target` received so far, in `<target>.part`, with a note beside it. All methods block."""

    def __init__(self, target: Path, origin: DownloadOrigin) -> None:
        self.target = target
        self.path = target.with_name(target.name + ".part")
        self.note = target.with_name(target.name + ".part.json")
        self.origin = origin
        self.size = 0
        self._hash = hashlib.sha256()
        self._lock = threading.Lock()
        self._file: IO[bytes] | None = None

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes received so far, in hexadecimal digits."""
        return self._hash.hexdigest()

    def open(self) -> None:
        """Resume what an earlier process left of the same file, reading it again for its hash; else start over."""
        left = read_note(self.note)
        if left is None or not left.same(self.origin) or self._length() > self.origin.size:
            self.begin(self.origin)
            return
        self.origin = left
        self._file = self.path.open("ab", buffering=0)
        with self.path.open("rb") as file:
            # A cancelled pull closes the file meanwhile; stop then, so that nobody waits for gigabytes to be read.
            while self._file is not None and (block := file.read(BLOCK)):
                self._hash.update(block)
                self.size += len(block)

    def begin(self, origin: DownloadOrigin) -> None:
        """Drop the bytes received so far, and start over."""
        self.close()
        # Delete the note first: after a crash, an old note could claim bytes that belong to another file.
        self.note.unlink(missing_ok=True)
        self._file = self.path.open("wb", buffering=0)
        self._hash, self.size = hashlib.sha256(), 0
        self.remember(origin)

    def remember(self, origin: DownloadOrigin) -> None:
        """Write the note that says which file the bytes are a part of."""
        self.origin = origin
        fresh = self.note.with_name(self.note.name + ".new")
        fresh.write_text(json.dumps(asdict(origin), indent=2), encoding="utf-8")
        os.replace(fresh, self.note)

    def write(self, data: bytes) -> None:
        """Append bytes. Raises OSError if the disk takes no more; bytes that it took are counted."""
        with self._lock:
            if self._file is None:
                return
            rest = memoryview(data)
            while rest:
                taken = self._file.write(rest)
                self._hash.update(rest[:taken])
                self.size += taken
                rest = rest[taken:]

    def finish(self) -> None:
        """Make it the finished file: flush it to the disk first, then give it its name."""
        with self._lock:
            if self._file is not None:
                os.fsync(self._file.fileno())
        self.close()
        os.replace(self.path, self.target)
        self.note.unlink(missing_ok=True)
        if sys.platform != "win32":
            folder = os.open(self.target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def drop(self) -> None:
        """Delete it and its note."""
        self.close()
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; the bytes received so far stay on the disk."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _length(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0


def read_note(path: Path) -> DownloadOrigin | None:
    """Read which file a part belongs to; None if there is no note, or it cannot be read."""
    try:
        return DownloadOrigin(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


class DownloadLock:
    """A lock that keeps a second process from writing the same download. The system frees it if its holder dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def take(self) -> None:
        """Take the lock. Raises OperatorError if another process has it."""
        file = self._path.open("ab")
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise OperatorError(
                f"Another process is downloading to {self._path.parent} already: let it finish, or end it."
            ) from None
        self._file = file

    def free(self) -> None:
        """Release the lock. Its file stays: deleting it could free another process's lock."""
        if self._file is not None:
            self._file.close()
            self._file = None
