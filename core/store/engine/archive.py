"""The archive of a backup: one file that contains a manifest and the members, with a digest of each member."""

import hashlib
import json
import os
import tarfile
import tempfile
import zipfile
import zlib
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
class BackupManifest:
    """The manifest of a backup.

    It holds Parley's version, the database's schema and kind, the time of the backup (ISO 8601, UTC), and the SHA-256
    of each member.
    """

    version: str
    schema: str
    kind: str
    made_at: str
    members: Mapping[str, str]
    format: int = FORMAT


def pack(target: Path, manifest: BackupManifest, folder: Path) -> None:
    """Pack the manifest and the members, which are files in `folder`, into an archive that only its owner can read.

    The archive replaces an existing file atomically, so an incomplete archive is never visible.
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
    finally:
        # The temporary file still exists only if packing has failed.
        with suppress(FileNotFoundError):
            os.unlink(name)


def unpack(archive: Path, folder: Path) -> BackupManifest:
    """Unpack the members into `folder`, and return the manifest.

    Raises OperatorError if the archive is not a backup of Parley, or if it is damaged.
    """
    checked(archive)
    try:
        with _opened(archive) as members:
            manifest = _manifest(archive, members(MANIFEST).read(LARGEST_MANIFEST))
            for name, expected in manifest.members.items():
                if _copied(members(name), folder / name) != expected:
                    raise OperatorError(f"{archive.name} is damaged: {name} is not what was packed; use another backup")
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, KeyError, EOFError, OSError) as error:
        raise OperatorError(f"{archive.name} cannot be read as a backup ({error}); use another one") from error
    return manifest


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checked(path: Path) -> None:
    """Check that a file's name has the ending of a backup. Raises OperatorError if it does not."""
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
    """Open an archive and yield a function that opens a member by its name. Only requested members are unpacked."""
    if archive.name.endswith(".zip"):
        with zipfile.ZipFile(archive) as packed:
            yield packed.open
        return
    with tarfile.open(archive, "r:gz") as tar:
        yield tar.extractfile


def _manifest(archive: Path, text: bytes) -> BackupManifest:
    try:
        manifest = BackupManifest(**json.loads(text))
    except (ValueError, TypeError):
        raise OperatorError(
            f"{archive.name} is not a backup of Parley: its manifest does not say what it should"
        ) from None
    if manifest.format != FORMAT:
        raise OperatorError(f"{archive.name} was made by Parley {manifest.version}; restore it with that version")
    if any(Path(name).name != name for name in manifest.members):
        raise OperatorError(f"{archive.name} is not a backup of Parley: it names a file outside of itself")
    return manifest


def _copied(source: IO[bytes], target: Path) -> str:
    known = hashlib.sha256()
    with target.open("wb") as file:
        while piece := source.read(PIECE):
            known.update(piece)
            file.write(piece)
    return known.hexdigest()
