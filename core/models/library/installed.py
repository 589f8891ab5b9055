"""The models that are installed under `<home>/models`, and the one that answers unless somebody chose another."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from core.errors import ModelFileError, OperatorError
from core.models.embedded import gguf
from core.models.library.partial_download import DownloadLock

MANIFEST = "model.json"
CURRENT = "current.json"
PINS = "pins.json"


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model in a folder of its own: the name of its file there, its source, its SHA-256 (hex) and its licence.

    `size` is in bytes, 0 if it was not recorded. `pulled` is the time of the pull in ISO 8601; `commit` is that of the
    repository.
    """

    name: str
    file: str
    source: str
    sha256: str
    licence: str = ""
    size: int = 0
    pulled: str = ""
    commit: str = ""


def folder(home: Path, name: str) -> Path:
    """The folder of a model. Raises OperatorError for a name that would lead out of the folder of models."""
    if not name or name != Path(name).name or name.startswith("."):
        raise OperatorError(f"{name!r} is no name for a model")
    return home / "models" / name


def installed(home: Path) -> Mapping[str, InstalledModel]:
    """All installed models by name. It reads a small manifest for each; a folder without one is not a model.

    Raises ModelFileError for a manifest that cannot be read.
    """
    found = {}
    for manifest in sorted((home / "models").glob(f"*/{MANIFEST}")):
        try:
            model = InstalledModel(**json.loads(manifest.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise ModelFileError(f"{manifest} cannot be read ({error}); remove its folder and pull again") from error
        if (manifest.parent / model.file).exists():
            found[model.name] = model
    return found


def models_offered(home: Path) -> Mapping[str, Path]:
    """The files of the installed models, by the models' names."""
    return {name: folder(home, name) / model.file for name, model in installed(home).items()}


def keep(home: Path, model: InstalledModel) -> None:
    """Write the manifest of a model whose file is already in its folder."""
    write(folder(home, model.name) / MANIFEST, asdict(model))


def current(home: Path) -> str | None:
    """The model that `use` chose; None for the bundled one."""
    try:
        chosen = json.loads((home / "models" / CURRENT).read_text(encoding="utf-8"))
        name: str | None = chosen.get("name")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError) as error:
        place = home / "models" / CURRENT
        raise ModelFileError(f"{place} cannot be read ({error}); choose again: parley models use") from error
    return name


def use(home: Path, name: str | None) -> None:
    """Choose the model that answers; None is the bundled one. Raises OperatorError for one that is not installed."""
    if name is not None and name not in installed(home):
        raise OperatorError(f"{name!r} is not installed; `parley models list` shows what there is")
    write(home / "models" / CURRENT, {"name": name})


def may_be_removed(home: Path, name: str) -> Path:
    """The folder of a model or of a partial download. Raises OperatorError if the model is absent or in use."""
    place = folder(home, name)
    if not place.is_dir():
        raise OperatorError(f"{name!r} is not installed")
    if current(home) == name:
        raise OperatorError(f"{name!r} is in use; choose another first: parley models use bundled")
    return place


def remove(home: Path, name: str) -> None:
    """Delete an installed model or a partial download.

    Raises OperatorError if the model is absent, in use or being pulled, or if the disk refuses.
    """
    place = may_be_removed(home, name)
    for path in place.glob("*.lock"):
        lock = DownloadLock(path)
        lock.take()
        lock.free()
    try:
        for file in place.iterdir():
            file.unlink()
        place.rmdir()
    except OSError as error:
        raise OperatorError(f"{error.filename or place} cannot be deleted: {error.strerror or error}.") from error


def digest_of(home: Path, name: str) -> str:
    """The SHA-256 that an installed model's file should have. Raises ModelFileError if it is not installed."""
    model = installed(home).get(name)
    if model is None:
        raise ModelFileError(f"{name!r} is not installed")
    return model.sha256


def verify(home: Path, name: str) -> None:
    """Read a whole installed model, at about 2 GB a second, and compare it with what was pulled.

    Raises ModelFileError if it is damaged or not installed.
    """
    sha256 = digest_of(home, name)
    gguf.check(models_offered(home)[name], sha256)


def pinned(home: Path, source: str) -> str | None:
    """The SHA-256 that a source had at its first pull; None before that. A pin stays when the model is removed."""
    try:
        pins = json.loads((home / "models" / PINS).read_text(encoding="utf-8"))
        found: str | None = pins.get(source)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError) as error:
        raise ModelFileError(f"{home / 'models' / PINS} cannot be read ({error}); mend it or remove it") from error
    return found


def pin(home: Path, source: str, sha256: str) -> None:
    """Pin a source: from now on, it must have this content."""
    path = home / "models" / PINS
    pins = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    write(path, {**pins, source: sha256})


def write(path: Path, values: Mapping[str, object]) -> None:
    """Write a small JSON file so that a crash leaves either the old one or the new one.

    Raises OperatorError if the disk refuses.
    """
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(values, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror or error}.") from error
