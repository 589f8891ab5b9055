"""The models that are installed under `<home>/models`, and the one that answers unless somebody chose another."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from time import time_ns

from core.errors import ModelFileError, OperatorError
from core.models.embedded import gguf
from core.models.embedded.default import default_model_file
from core.models.library.partial_download import DownloadLock

BUNDLED = "bundled"
"""The name that always stands for the model that comes with Parley."""

TRAINED = "train:"
"""The prefix of a trained model's source, before the name of its run."""

MANIFEST = "model.json"
CURRENT = "current.json"
PINS = "pins.json"


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model in a folder of its own: the name of its file there, its source, its SHA-256 (hex) and its licence.

    `size` is in bytes, 0 if it was not recorded. `pulled` is the time of the pull in ISO 8601; `commit` is that of the
    repository. An adapter (LoRA) is served on its `base`, which is the bundled model, an installed one by its name, or
    a file by its path, and which must have this SHA-256. A reward model `ranks` answers and writes none.
    """

    name: str
    file: str
    source: str
    sha256: str
    licence: str = ""
    size: int = 0
    pulled: str = ""
    commit: str = ""
    base: str = ""
    base_sha256: str = ""
    ranks: bool = False


@dataclass(frozen=True, slots=True)
class ServedFiles:
    """The files that a model is served from: its weights, and an adapter.

    With the SHA-256 that each should have. It is empty for what need not be read again at each start: a model that was
    pulled was checked then, while one that was trained is to be nothing but what people have judged.
    """

    file: Path
    sha256: str = ""
    adapter: Path | None = None
    adapter_sha256: str = ""


def folder(home: Path, name: str) -> Path:
    """The folder of a model. Raises OperatorError for a name that would lead out of the folder of models."""
    if not name or name != Path(name).name or name.startswith("."):
        raise OperatorError(f"{name!r} is not a name for a model")
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
    # An adapter whose base is gone cannot be served.
    return {name: model for name, model in found.items() if not model.base or _base(home, model, found)}


def models_offered(home: Path) -> Mapping[str, Path]:
    """The files of the installed models that can answer, by the models' names."""
    return {name: folder(home, name) / model.file for name, model in installed(home).items() if not model.ranks}


def reward_model(home: Path, name: str) -> tuple[Path, InstalledModel]:
    """The file of an installed reward model, and what is known about it. Raises OperatorError if there is none."""
    model = installed(home).get(name)
    if model is None or not model.ranks:
        there = ", ".join(one.name for one in installed(home).values() if one.ranks) or "none is installed"
        raise OperatorError(f"{name!r} is no reward model ({there}); `parley train --method reward` makes one")
    return folder(home, name) / model.file, model


def served_files(home: Path) -> Mapping[str, ServedFiles]:
    """The files from which each installed model that can answer is served, by the models' names."""
    there = installed(home)
    return {name: _served(home, model, there) for name, model in there.items() if not model.ranks}


def _served(home: Path, model: InstalledModel, there: Mapping[str, InstalledModel]) -> ServedFiles:
    own = folder(home, model.name) / model.file
    base = _base(home, model, there) if model.base else None
    if base:
        return ServedFiles(base, model.base_sha256, own, model.sha256)
    return ServedFiles(own, model.sha256 if model.source.startswith(TRAINED) else "")


def _base(home: Path, model: InstalledModel, there: Mapping[str, InstalledModel]) -> Path | None:
    """The file of an adapter's base; None if it is not there."""
    if model.base == BUNDLED:
        return default_model_file()
    installed = there.get(model.base)
    path = folder(home, installed.name) / installed.file if installed else Path(model.base)
    return path if path.is_file() else None


def changed_at(home: Path) -> int:
    """When a model was last installed or removed, in nanoseconds; 0 before the first one. It takes microseconds."""
    try:
        return (home / "models").stat().st_mtime_ns
    except OSError:
        return 0


def keep(home: Path, model: InstalledModel) -> None:
    """Write the manifest of a model whose file is already in its folder."""
    write(folder(home, model.name) / MANIFEST, asdict(model))
    _note_change(home)


def _note_change(home: Path) -> None:
    """Let `changed_at` tell running programs that there are other models now."""
    at = time_ns()
    os.utime(home / "models", ns=(at, at))


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
    there = installed(home)
    if name is not None and name not in there:
        raise OperatorError(f"{name!r} is not installed; `parley models list` shows what there is")
    if name is not None and there[name].ranks:
        raise OperatorError(f"{name!r} is a reward model, which ranks answers and writes none: name it in model.reward")
    write(home / "models" / CURRENT, {"name": name})


def may_be_removed(home: Path, name: str) -> Path:
    """The folder of a model or of a partial download. Raises OperatorError if the model is absent or in use."""
    place = folder(home, name)
    if not place.is_dir():
        raise OperatorError(f"{name!r} is not installed")
    if current(home) == name:
        raise OperatorError(f"{name!r} is in use; choose another first: parley models use bundled")
    if adapters := [other.name for other in installed(home).values() if other.base == name]:
        raise OperatorError(f"{name!r} is the base of {', '.join(adapters)}; remove those first")
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
        _note_change(home)
    except OSError as error:
        raise OperatorError(f"{error.filename or place} cannot be deleted: {error.strerror or error}.") from error


def digest_of(home: Path, name: str) -> str:
    """The SHA-256 that an installed model's file should have. Raises ModelFileError if it is not installed."""
    model = installed(home).get(name)
    if model is None:
        raise ModelFileError(f"{name!r} is not installed")
    return model.sha256


def verify(home: Path, name: str, check: Callable[[Path, str], object] = gguf.check) -> None:
    """Read an installed model, and an adapter's base, at about 2 GB a second, and compare it with what was pulled.

    `check` reads a file, or knows that it need not. Raises ModelFileError if one is damaged or not installed.
    """
    sha256, there = digest_of(home, name), installed(home)
    served = _served(home, there[name], there)
    check(served.adapter or served.file, sha256)
    if served.adapter:
        check(served.file, served.sha256)


def pinned(home: Path, source: str) -> str | None:
    """The SHA-256 that a source had at its first pull; None before that. A pin stays when the model is removed."""
    try:
        pins = json.loads((home / "models" / PINS).read_text(encoding="utf-8"))
        found: str | None = pins.get(source)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError) as error:
        raise ModelFileError(f"{home / 'models' / PINS} cannot be read ({error}); repair or remove it") from error
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
