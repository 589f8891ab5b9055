"""Finds the model that a run begins with: the bundled one, an installed one, a GGUF file or transformers' folder."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import ModelFileError, OperatorError
from core.models.embedded import gguf
from core.models.embedded.default import DEFAULT_SHA256, default_model_file
from core.models.library import installed as library
from core.models.library.installed import BUNDLED

FAMILIES = frozenset({"llama", "qwen2", "qwen3"})
"""The families that a test has compared between transformers and llama.cpp, by their name in a GGUF."""

BASE_FILES = Path(__file__).parents[2] / "trainer" / "base_files.json"
"""What transformers reads of a folder, as patterns. It lies with the trainer, which reads it on other machines, too."""


@dataclass(frozen=True, slots=True)
class TrainingBase:
    """A model to begin with.

    `source` is its file or folder, and `keys` the GGUF whose tokenizer and chat template the trained model gets: the
    source itself if that is one. The digests are of SHA-256. `layers` and `width` are as in a `GgufHeader`.
    `earlier_sha256` is the source's as runs have noted it that were made when fewer files of a folder counted.
    """

    name: str
    source: Path
    keys: Path
    sha256: str
    keys_sha256: str
    architecture: str
    weights: int
    layers: int
    width: int
    earlier_sha256: str = ""

    def record(self) -> Mapping[str, str | int]:
        """What a run remembers of its base; where it lies is nobody else's business."""
        return {
            "name": self.name,
            "sha256": self.sha256,
            "keys_sha256": self.keys_sha256,
            "architecture": self.architecture,
            "weights": self.weights,
        }


def find_base(home: Path, name: str = "", keys: str = "") -> TrainingBase:
    """The model of that name, or the one that answers if there is none. It blocks while it reads the whole file.

    Raises OperatorError if there is no such model, if it is damaged, or if it cannot be trained.
    """
    name = name or library.current(home) or BUNDLED
    folder = Path(name).expanduser()
    if folder.is_dir():
        return _from_folder(home, folder.resolve(), keys)
    if keys:
        raise OperatorError("--keys is for a folder of transformers; a GGUF has its own")
    file = _gguf(home, name)
    header = gguf.check(file, DEFAULT_SHA256 if name == BUNDLED else "")
    _trainable(header.architecture, file)
    sha256 = gguf.digest(file)
    shown = file.stem if file == folder.resolve() else name
    return _base(header, shown, file, file, sha256, sha256)


def _gguf(home: Path, name: str) -> Path:
    """The file of a name: the bundled model, an installed one or a path."""
    if name == BUNDLED:
        return default_model_file()
    offered = library.served_files(home)
    if name in offered:
        if offered[name].adapter:
            raise OperatorError(f"{name!r} is an adapter, and training begins with whole models: make it with --merge")
        library.verify(home, name)
        return offered[name].file
    path = Path(name).expanduser()
    if path.suffix == ".gguf" and path.exists():
        return path.resolve()
    known = ", ".join([BUNDLED, *offered])
    raise OperatorError(f"there is no model {name!r} to begin with: name one of {known}, a .gguf file or a folder")


def _from_folder(home: Path, folder: Path, keys: str) -> TrainingBase:
    files = sorted(folder.glob("*.safetensors"))
    if not files or not (folder / "config.json").exists():
        raise OperatorError(f"{folder} has no config.json and *.safetensors, so it is no model of transformers")
    if not keys:
        raise OperatorError(
            f"{folder} is a folder of transformers: name with --keys the GGUF of the same model (bundled, an installed"
            " one or a file), whose tokenizer and chat template the trained model gets"
        )
    file = _gguf(home, keys)
    header = gguf.check(file)
    try:
        family = str(json.loads((folder / "config.json").read_text(encoding="utf-8"))["model_type"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelFileError(f"{folder} cannot be read: {error}") from error
    _trainable(family, folder)
    if family != header.architecture:
        raise OperatorError(f"{folder} is of the family {family}, and {file.name} of {header.architecture}")
    now, earlier = _folder_digests(folder)
    base = _base(header, folder.name, folder, file, now, gguf.digest(file))
    return replace(base, earlier_sha256=earlier)


def _base(header: gguf.GgufHeader, name: str, source: Path, keys: Path, sha256: str, keys_sha256: str) -> TrainingBase:
    family, weights, layers, width = header.architecture, header.weights, header.layers, header.width
    return TrainingBase(name, source, keys, sha256, keys_sha256, family, weights, layers, width)


def _trainable(family: str, place: Path) -> None:
    if family not in FAMILIES:
        known = ", ".join(sorted(FAMILIES))
        raise OperatorError(f"{place.name} is of the family {family!r}; models of these can be trained: {known}")


def _folder_digests(folder: Path) -> Sequence[str]:
    """One digest for the files of a folder that a model is read from, and one for those that counted earlier."""
    known: dict[Path, str] = {}
    found = []
    # trainer.borrowed computes the same, and imports nothing of ours.
    for patterns in json.loads(BASE_FILES.read_text(encoding="utf-8")).values():
        files = {path for pattern in patterns for path in folder.glob(pattern) if path.is_file()}
        known |= {path: gguf.digest(path) for path in files - known.keys()}
        told = "".join(f"{known[path]} {path.relative_to(folder).as_posix()}\n" for path in sorted(files))
        found.append(hashlib.sha256(told.encode()).hexdigest())
    return found
