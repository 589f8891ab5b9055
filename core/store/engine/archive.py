"""One file with everything of a backup in it: a manifest, and members whose bytes the manifest vouches for."""

import hashlib
import json
import os
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from core.errors import OperatorError

ENDINGS = (".tar.gz", ".zip")
MANIFEST = "manifest.json"
FORMAT = 1
LARGEST_MANIFEST = 1 << 20
PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a backup: Parley's version, the database's schema and kind, when it was made (ISO 8601, UTC), and the
    SHA-256 of each member."""

    version: str
    schema: str
    kind: str
    made_at: str
    members: Mapping[str, str]
    format: int = FORMAT


def pack(target: Path, manifest: Manifest, folder: Path) -> None:
    """Put the manifest and its members, which are files of `folder`, into an archive that only its owner can read.

    It appears as a whole, in place of what was there.
    """
    checked(target)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            text = json.dumps(asdict(manifest), indent=2)
            (folder / MANIFEST).write_text(text)
            _fill(file, target.name, [folder / MANIFEST, *(folder / member for member in manifest.members)])
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise


def unpack(archive: Path, folder: Path) -> Manifest:
    """Put the members into `folder`, and return the manifest.

    Raises OperatorError for what is no backup of ours, or whose bytes are not those that were packed.
    """
    checked(archive)
    try:
        with _opened(archive) as members:
            manifest = _manifest(archive, members(MANIFEST).read(LARGEST_MANIFEST))
            for name, expected in manifest.members.items():
                if _copied(members(name), folder / name) != expected:
                    raise OperatorError(f"{archive.name} is damaged: {name} is not what was packed; use another backup")
    except (tarfile.TarError, zipfile.BadZipFile, KeyError, EOFError, OSError) as error:
        raise OperatorError(f"{archive.name} cannot be read as a backup ({error}); use another one") from error
    return manifest


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checked(path: Path) -> None:
    """Raises OperatorError for a name that does not say which kind of archive it is."""
    if not path.name.endswith(ENDINGS):
        raise OperatorError(f"{path.name}: the name of a backup ends with {' or '.join(ENDINGS)}")


def _fill(file: IO[bytes], name: str, members: list[Path]) -> None:
    if name.endswith(".zip"):
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for member in members:
                packed.write(member, member.name)
        return
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
        for member in members:
            tar.add(member, member.name, filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


@contextmanager
def _opened(archive: Path) -> Iterator[Any]:
    """Gives a function from a member's name to its bytes; nothing but what is asked for is ever unpacked."""
    if archive.name.endswith(".zip"):
        with zipfile.ZipFile(archive) as packed:
            yield packed.open
        return
    with tarfile.open(archive, "r:gz") as tar:
        yield tar.extractfile


def _manifest(archive: Path, text: bytes) -> Manifest:
    try:
        manifest = Manifest(**json.loads(text))
    except (ValueError, TypeError):
        raise OperatorError(
            f"{archive.name} is no backup of Parley: its manifest does not say what it should"
        ) from None
    if manifest.format != FORMAT:
        raise OperatorError(f"{archive.name} was made by Parley {manifest.version}; restore it with that version")
    if any(Path(name).name != name for name in manifest.members):
        raise OperatorError(f"{archive.name} is no backup of Parley: it names a file outside of itself")
    return manifest


def _copied(source: IO[bytes], target: Path) -> str:
    known = hashlib.sha256()
    with target.open("wb") as file:
        while piece := source.read(PIECE):
            known.update(piece)
            file.write(piece)
    return known.hexdigest()
