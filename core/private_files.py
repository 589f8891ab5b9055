"""Files and folders that only their owner may read. Whatever Parley writes is made here, or under `keep_private`."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

OTHERS = 0o077
"""The permission bits of everybody but the owner."""

OPERATORS_OWN = frozenset({"parley.toml"})
"""Files that the operator writes in our folder. They hold no secret, and other programs may manage them."""


def keep_private() -> None:
    """Let this process, and the programs that it starts, make nothing that others may read.

    Libraries make files too: SQLite, uv, git, the log's rotation. The umask holds for all of them.
    """
    os.umask(OTHERS)


def make_private_folder(path: Path) -> None:
    """Make a folder and the missing ones above it, for their owner alone. Raises OSError."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)


def open_private(path: Path, flags: int = os.O_RDWR | os.O_CREAT) -> int:
    """Open a file, which is made for its owner alone if it is missing. Returns its descriptor. Raises OSError."""
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


def write_private(path: Path, text: str) -> None:
    """Put a text into a file for its owner alone: the old content or the new, whatever happens. Raises OSError."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(open_private(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def too_open(home: Path, others: Iterable[Path] = ()) -> list[Path]:
    """Our files in and below a folder, and among `others`, that other people may read, change or enter."""
    return [path for path in (*_ours(home), *others) if _mode(path) & OTHERS]


def tighten(home: Path, others: Iterable[Path] = ()) -> list[Path]:
    """Remove other people's rights to our files and folders. Returns those that are still too open."""
    for path in too_open(home, others):
        if path.stat().st_uid == os.geteuid():
            path.chmod(_mode(path) & ~OTHERS)
    return too_open(home, others)


def _ours(home: Path) -> Iterator[Path]:
    if not home.is_dir():
        return
    for path in sorted(home.iterdir()):
        if path.name in OPERATORS_OWN:
            continue
        yield path
        # Deeper down, nothing can be reached through a folder that is closed.
        if path.is_dir() and not path.is_symlink() and os.access(path, os.R_OK | os.X_OK):
            yield from sorted(path.iterdir())


def _mode(path: Path) -> int:
    # A link has no rights of its own, and what it leads to was put there by somebody else.
    found = path.lstat() if path.is_symlink() or path.exists() else None
    return 0 if found is None or stat.S_ISLNK(found.st_mode) else stat.S_IMODE(found.st_mode)
