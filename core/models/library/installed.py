"""The models that are installed under `<home>/models`, and which of them answers unless somebody chose another."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from core.errors import ModelFileError, OperatorError
from core.models.embedded import gguf
from core.models.library.partial_download import Lock

MANIFEST = "model.json"
CURRENT = "current.json"
PINS = "pins.json"


@dataclass(frozen=True, slots=True)
class Installed:
    """A model in a folder of its own: the file's name in it, where it came from, its SHA-256 (hex) and its licence.

    `size` is in bytes, 0 where nobody noted it; `pulled` is the time in ISO 8601, `commit` the repository's.
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
    """Where a model is kept. Raises OperatorError for a name that would leave the folder of models."""
    if not name or name != Path(name).name or name.startswith("."):
        raise OperatorError(f"{name!r} is no name for a model")
    return home / "models" / name


def installed(home: Path) -> Mapping[str, Installed]:
    """Every installed model by its name. It reads a small file for each; a folder without one is no model.

    Raises ModelFileError for such a file that cannot be read.
    """
    found = {}
    for manifest in sorted((home / "models").glob(f"*/{MANIFEST}")):
        try:
            model = Installed(**json.loads(manifest.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise ModelFileError(f"{manifest} cannot be read ({error}); remove its folder and pull again") from error
        if (manifest.parent / model.file).exists():
            found[model.name] = model
    return found


def models_offered(home: Path) -> Mapping[str, Path]:
    """The files of the installed models, by their names."""
    return {name: folder(home, name) / model.file for name, model in installed(home).items()}


def keep(home: Path, model: Installed) -> None:
    """Note a model whose file is in its folder."""
    write(folder(home, model.name) / MANIFEST, asdict(model))


def current(home: Path) -> str | None:
    """The model that `use` chose, None for the bundled one."""
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
    """The folder of a model, or of what has come of one. Raises OperatorError for one that is absent or in use."""
    place = folder(home, name)
    if not place.is_dir():
        raise OperatorError(f"{name!r} is not installed")
    if current(home) == name:
        raise OperatorError(f"{name!r} is in use; choose another first: parley models use bundled")
    return place


def remove(home: Path, name: str) -> None:
    """Delete an installed model, or what has come of one.

    Raises OperatorError for one that is absent, in use or being pulled, and where the disk refuses.
    """
    place = may_be_removed(home, name)
    for path in place.glob("*.lock"):
        lock = Lock(path)
        lock.take()
        lock.free()
    try:
        for file in place.iterdir():
            file.unlink()
        place.rmdir()
    except OSError as error:
        raise OperatorError(f"{error.filename or place} cannot be deleted: {error.strerror or error}.") from error


def digest_of(home: Path, name: str) -> str:
    """The SHA-256 that an installed model's file should have. Raises ModelFileError for one that is not installed."""
    model = installed(home).get(name)
    if model is None:
        raise ModelFileError(f"{name!r} is not installed")
    return model.sha256


def verify(home: Path, name: str) -> None:
    """Read the whole of an installed model, and compare it with what was pulled; about 2 GB a second.

    Raises ModelFileError where it is damaged or not installed.
    """
    sha256 = digest_of(home, name)
    gguf.check(models_offered(home)[name], sha256)


def pinned(home: Path, source: str) -> str | None:
    """The SHA-256 that a source had at its first pull; None for the first time. A pin outlives the model's file."""
    try:
        pins = json.loads((home / "models" / PINS).read_text(encoding="utf-8"))
        found: str | None = pins.get(source)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError) as error:
        raise ModelFileError(f"{home / 'models' / PINS} cannot be read ({error}); mend it or remove it") from error
    return found


def pin(home: Path, source: str, sha256: str) -> None:
    """Hold a source to its content from now on."""
    path = home / "models" / PINS
    pins = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    write(path, {**pins, source: sha256})


def write(path: Path, values: Mapping[str, object]) -> None:
    """Write a small JSON file so that a crash leaves the old one or the new one.

    Raises OperatorError where the disk refuses.
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
