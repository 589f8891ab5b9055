"""Copies, checks, reads and hashes the files of a plugin, whose folder may be hostile. No link is followed.

Each folder and file is opened once, without following links, then checked and copied through that descriptor. So
swapping something between the check and the copy cannot lead elsewhere.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from parley import Manifest, ManifestError, manifest_of
from parley.manifest import manifest_of_project

LARGEST, MOST_FILES = 50 * 1024 * 1024, 5000
LARGEST_LIBRARIES, MOST_LIBRARY_FILES = 1024 * 1024 * 1024, 100_000
LARGEST_TEXT = 2 * 1024 * 1024
"""The most bytes of a file that a manifest is read from."""

DEEPEST = 40
PIECE = 256 * 1024
LEFT_OUT = (".*", "__pycache__", "*.pyc", "node_modules")
OPENING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""Flags for opening a file. Without O_NONBLOCK, opening a fifo that nobody writes to would wait for ever."""


@dataclass(slots=True)
class _CopyAllowance:
    """The bytes and files that may still be copied."""

    size: int = LARGEST
    files: int = MOST_FILES

    def take(self, size: int = 0, files: int = 0) -> None:
        """Count bytes or files. Raises ManifestError if they are too many."""
        self.size -= size
        self.files -= files
        if self.size < 0 or self.files < 0:
            raise ManifestError(f"it has more than {LARGEST // 1024 // 1024} MB or {MOST_FILES} files")


def copy_file(source: Path, target: Path) -> None:
    """Copy one regular file. Raises ManifestError."""
    with _closing(_opened(source.name, None, PurePosixPath(source.name), path=source)) as file:
        _copy_content(file, target, _CopyAllowance())


def copy_tree(source: Path, target: Path) -> None:
    """Copy the regular files of a folder, except hidden and compiled ones. Raises ManifestError for anything else.

    Only the folder itself may be given as a link.
    """
    try:
        opened = os.open(source, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise ManifestError(f"{source.name} cannot be read: {error.strerror}") from None
    with _closing(opened) as folder:
        _copy_folder(folder, target, PurePosixPath(), _CopyAllowance())


def check_tree(tree: Path) -> None:
    """Check that a program has unpacked only files and folders, with plain names. Raises ManifestError."""
    size = files = 0
    for path in _walk(tree):
        mode = path.lstat()
        _check_name(path.name, PurePosixPath(path.relative_to(tree)))
        _check_kind(mode.st_mode, PurePosixPath(path.relative_to(tree)))
        size, files = size + mode.st_size, files + 1
        if size > LARGEST_LIBRARIES or files > MOST_LIBRARY_FILES:
            most = f"{LARGEST_LIBRARIES >> 20} MB or {MOST_LIBRARY_FILES} files"
            raise ManifestError(f"its libraries have more than {most}")


def digest(folder: Path) -> str:
    """The SHA-256 of all files of a folder and their names, without Python's compiled files."""
    found = hashlib.sha256()
    for file in sorted(_walk(folder)):
        name = file.relative_to(folder).as_posix()
        if file.is_symlink():
            # A link is never installed; one that appears later must change the digest.
            found.update(f"{name}\0link to {os.readlink(file)}\0".encode("utf-8", "surrogateescape"))
        elif file.is_file() and "__pycache__" not in file.parts:
            content = file.read_bytes()
            found.update(f"{name}\0{len(content)}\0".encode())
            found.update(content)
    return found.hexdigest()


def read_tree(tree: Path) -> tuple[Manifest, str, str]:
    """The manifest of a source tree, and the plugin's file or module. Raises ManifestError."""
    if (project := tree / "pyproject.toml").is_file():
        manifest = manifest_of_project(read_text(project))
        return manifest, "", manifest.module
    files = [file for file in sorted(tree.glob("*.py")) if "tool.parley" in read_text(file)]
    if len(files) != 1:
        raise ManifestError(
            "there is neither a pyproject.toml with a table [tool.parley] nor one single file with a manifest"
        )
    return manifest_of(read_text(files[0]), files[0].name), files[0].name, ""


def read_text(file: Path, largest: int = LARGEST_TEXT) -> str:
    """The text of a regular file. Raises ManifestError."""
    try:
        with _closing(_opened(file.name, None, PurePosixPath(file.name), path=file)) as opened:
            if os.fstat(opened).st_size > largest:
                raise ManifestError(f"{file.name} is larger than {largest >> 20} MB")
            with os.fdopen(os.dup(opened), encoding="utf-8") as text:
                return text.read(largest + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{file.name} cannot be read: {error}") from None


def _copy_folder(folder: int, target: Path, where: PurePosixPath, room: _CopyAllowance) -> None:
    if len(where.parts) > DEEPEST:
        raise ManifestError(f"its folders are nested more than {DEEPEST} deep")
    target.mkdir(mode=0o700)
    names = []
    with os.scandir(folder) as entries:
        for entry in entries:
            room.take(files=1)
            names.append(entry.name)
    for name in sorted(name for name in names if not _left_out(name)):
        path = where / name
        _check_name(name, path)
        with _closing(_opened(name, folder, path)) as inner:
            if stat.S_ISDIR(os.fstat(inner).st_mode):
                _copy_folder(inner, target / name, path, room)
            else:
                _copy_content(inner, target / name, room)


def _opened(name: str, folder: int | None, where: PurePosixPath, path: Path | None = None) -> int:
    """Open a file or a folder by its name in an open folder. Raises ManifestError for anything else, and for links.

    A `path` that the owner has named may itself be a link.
    """
    named = path is not None
    try:
        _check_kind(os.stat(path or name, dir_fd=folder, follow_symlinks=named).st_mode, where)
        flags = OPENING & ~os.O_NOFOLLOW if named else OPENING
        opened = os.open(path or name, flags, dir_fd=folder)
    except OSError as error:
        raise ManifestError(f"{where} cannot be read: {error.strerror}") from None
    try:
        mode = os.fstat(opened).st_mode
        _check_kind(mode, where)
        if named and not stat.S_ISREG(mode):
            raise ManifestError(f"{where} is not a file")
    except ManifestError:
        os.close(opened)
        raise
    return opened


def _copy_content(file: int, target: Path, room: _CopyAllowance) -> None:
    """Copy an open file's content, counting bytes while reading, because the file may grow meanwhile."""
    made = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with _closing(made):
        while piece := os.read(file, PIECE):
            room.take(len(piece))
            while piece:
                piece = piece[os.write(made, piece) :]


def _check_name(name: str, where: PurePosixPath) -> None:
    if not name.isprintable() or name in ("", ".", "..") or "/" in name or "\\" in name:
        raise ManifestError(f"{ascii(str(where))} is not a name for a file of a plugin")


def _check_kind(mode: int, where: PurePosixPath) -> None:
    if stat.S_ISLNK(mode):
        raise ManifestError(f"{where} is a link, and links are not followed; put the file itself there")
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise ManifestError(f"{where} is neither a file nor a folder")


def _left_out(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in LEFT_OUT)


def _walk(tree: Path) -> Iterator[Path]:
    """All paths in a folder; links are listed but not followed."""
    for root, folders, files in os.walk(tree):
        for name in (*folders, *files):
            yield Path(root, name)


@contextmanager
def _closing(opened: int) -> Iterator[int]:
    try:
        yield opened
    finally:
        os.close(opened)
