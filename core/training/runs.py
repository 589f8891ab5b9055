"""The folders of runs below `<home>/train/runs`: what was asked for, what came of it, and whose data was in it."""

import fcntl
import hmac
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from core.errors import OperatorError
from core.private_files import make_private_folder, write_private
from core.training.people import RunPeople

RUN, SEAL, PEOPLE, TRAINED, PLACE, RESULT, RESULT_SEAL, OUTCOME, CARD = (
    "run.json", "run.seal", "people.json", "trained.json", "place.json",
    "result.json", "result.seal", "outcome.json", "README.md",
)  # fmt: skip
TRAIN_ROWS, HELD_OUT_ROWS = "train.jsonl", "held-out.jsonl"
WORK, LOCK, LOG = "work", "lock", "trainer.log"

ENDED = ("done", "refused")
"""The states of a run that has a result."""

SHAPES: Mapping[str, Mapping[str, type]] = {
    RUN: {"name": str, "method": str, "lora": bool, "merge": bool, "base": dict, "data": dict, "made": str},
    "base": {"name": str, "sha256": str, "keys_sha256": str, "architecture": str, "weights": int},
    "data": {"rows": int, "people": int, TRAIN_ROWS: str, HELD_OUT_ROWS: str},
    PEOPLE: {"people": list},
    TRAINED: {"rows": list},
    PLACE: {"source": str, "keys": str},
    RESULT: {"state": str, "why": str, "model": str},
}
"""What the files of a run hold at least. Whoever has tampered with them may have left anything there."""

RunState = Literal["prepared", "stopped", "packed", "trained", "done", "refused"]


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """A run by its folder."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def record(self) -> Mapping[str, Any]:
        """What was asked for. Raises OperatorError if it cannot be read."""
        found = _read(self.folder / RUN)
        for part in ("base", "data"):
            _check_shape(self.folder / RUN, part, found[part])
        return found

    @property
    def result(self) -> Mapping[str, Any]:
        """What came of it; empty while nothing has. Raises OperatorError if it cannot be read."""
        if not (self.folder / RESULT).exists():
            return {}
        found = _read(self.folder / RESULT)
        if found["state"] not in ENDED:
            raise _damaged(self.folder / RESULT, "is not what it should be")
        return found

    @property
    def place(self) -> Mapping[str, Any]:
        """Where the base is on this machine, whether the run was packed for another one, and whether the trainer is to
        keep memory for the next step.
        """
        return _read(self.folder / PLACE)

    @property
    def people(self) -> RunPeople:
        """The marks of those whose data is in it. Raises OperatorError if they are not what they were."""
        found = _unchanged(self, PEOPLE)
        return RunPeople(found["people"], found.get("base", ()), found.get("held_out", ()))

    @property
    def trained(self) -> Sequence[str]:
        """The marks of the rows that it trains on, and of those that its base was trained on.

        Raises OperatorError if they are not what they were.
        """
        if not (self.folder / TRAINED).exists():
            raise OperatorError(
                f"{self.name!r} does not say which rows it was trained on (earlier versions did not note it): train"
                " without --new"
            )
        found: Sequence[str] = _unchanged(self, TRAINED)["rows"]
        return found

    @property
    def state(self) -> RunState:
        if result := self.result:
            state: RunState = result["state"]
            return state
        if (self.folder / OUTCOME).exists():
            return "trained"
        if self.place.get("packed"):
            return "packed"
        return "stopped" if (self.folder / WORK).exists() else "prepared"

    @property
    def has_data(self) -> bool:
        """Whether the texts that it trains on are still there."""
        return (self.folder / TRAIN_ROWS).exists()

    @property
    def digest(self) -> str:
        """The SHA-256 (hex) of what was asked for. Raises OperatorError if it cannot be read."""
        return sha256(_content(self.folder / RUN)).hexdigest()

    def write(self, name: str, content: Mapping[str, Any]) -> None:
        """Write a file of the run, wholly or not at all, for its owner alone."""
        write_private(self.folder / name, _written(content))

    def seal(self, key: bytes) -> None:
        """Note what was asked for, so that nobody without the key can change it unnoticed."""
        write_private(self.folder / SEAL, _seal(key, (self.folder / RUN).read_bytes()))

    def check_seal(self, key: bytes) -> None:
        """Raise OperatorError if what was asked for has been changed since."""
        _check_sealed(self.folder / RUN, self.folder / SEAL, key)

    def conclude(self, result: Mapping[str, Any], key: bytes) -> None:
        """Write what came of it, sealed: the digests of the models that were made are in it."""
        # The seal comes first: a result that is there has one, whatever is killed in between.
        write_private(self.folder / RESULT_SEAL, _seal(key, _written(result).encode()))
        self.write(RESULT, result)

    def check_result(self, key: bytes) -> None:
        """Raise OperatorError if what came of it has been changed since."""
        _check_sealed(self.folder / RESULT, self.folder / RESULT_SEAL, key)

    def forget_data(self) -> None:
        """Remove the texts that it trained on, and everything that was only needed on the way."""
        for name in (TRAIN_ROWS, HELD_OUT_ROWS):
            with suppress(IsADirectoryError):
                (self.folder / name).unlink(missing_ok=True)
        shutil.rmtree(self.folder / WORK, ignore_errors=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let nobody else work on the run meanwhile. Raises OperatorError if somebody does."""
        with _lock(self.folder / LOCK, f"another command is working on {self.name!r} already"):
            yield


def runs_folder(home: Path) -> Path:
    return home / "train" / "runs"


def all_runs(home: Path) -> list[TrainingRun]:
    """Every run, the oldest first. A folder without the file with its place is being removed."""
    found = [path.parent for path in runs_folder(home).glob(f"*/{PLACE}")]
    return [TrainingRun(folder) for folder in sorted(found, key=lambda one: (one / PLACE).stat().st_mtime)]


def find_run(home: Path, name: str) -> TrainingRun:
    """The run of that name. Raises OperatorError if there is none."""
    for run in all_runs(home):
        if run.name == name:
            return run
    raise OperatorError(f"there is no run {name!r}; `parley train list` shows those that there are")


def run_of(home: Path, sha256: str) -> TrainingRun | None:
    """The run that made the model of this SHA-256 (hex); None if none here did, or if it cannot be read any more."""
    for run in all_runs(home):
        with suppress(OperatorError):
            if sha256 in run.result.get("files", {}).values():
                return run
    return None


@contextmanager
def new_run(home: Path) -> Iterator[TrainingRun]:
    """A run in the making, in a folder that is gone at the end of the block unless `named` has moved it.

    What an earlier attempt left that was killed is removed. Raises OperatorError if another one is being made.
    """
    run = TrainingRun(home / "train" / "new")
    make_private_folder(run.folder.parent)
    with _lock(run.folder.parent / LOCK, "another command is making a run at this moment"):
        shutil.rmtree(run.folder, ignore_errors=True)
        make_private_folder(run.folder)
        try:
            yield run
        finally:
            shutil.rmtree(run.folder, ignore_errors=True)


def named(home: Path, run: TrainingRun, name: str) -> TrainingRun:
    """Put a run that was made in its place among the others."""
    make_private_folder(runs_folder(home))
    return TrainingRun(run.folder.rename(runs_folder(home) / name))


def remove_run(run: TrainingRun) -> None:
    """Delete a run with everything in it. Raises OperatorError if somebody works on it, or if the disk refuses."""
    with run.locked():
        try:
            # Without this file it is no run any more, so whatever a kill leaves from here on counts as none.
            with suppress(IsADirectoryError):
                (run.folder / PLACE).unlink()
            shutil.rmtree(run.folder)
        except OSError as error:
            raise OperatorError(f"{run.folder} cannot be deleted: {error.strerror or error}") from error


def move(source: Path, target: Path) -> None:
    """Move a file, also to another disk; the target has all of it or nothing."""
    make_private_folder(target.parent)
    try:
        os.replace(source, target)
    except OSError:
        copy(source, target)
        source.unlink()


def copy(source: Path, target: Path) -> None:
    """Copy a file; the target has all of it or nothing."""
    make_private_folder(target.parent)
    half = target.with_suffix(".part")
    shutil.copyfile(source, half)
    os.replace(half, target)


@contextmanager
def _lock(path: Path, taken: str) -> Iterator[None]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise OperatorError(taken) from None
        yield


def _read(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(_content(path))
    except (ValueError, RecursionError) as error:
        raise _damaged(path, f"cannot be read ({error})") from error
    _check_shape(path, path.name, found)
    return dict(found)


def _check_sealed(path: Path, seal: Path, key: bytes) -> None:
    try:
        sealed = seal.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        sealed = ""
    if not hmac.compare_digest(sealed, _seal(key, _content(path))):
        raise OperatorError(f"{path} was changed after the run was made, or on another installation: make a new run")


def _unchanged(run: TrainingRun, name: str) -> Mapping[str, Any]:
    """A file of marks, of which the run has noted the digest. Earlier versions noted none for people."""
    noted = run.record["data"].get(name)
    if noted and sha256(_content(run.folder / name)).hexdigest() != noted:
        raise _damaged(run.folder / name, "was changed after the run was made")
    return _read(run.folder / name)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _damaged(path, f"cannot be read ({error.strerror})") from error


def _check_shape(path: Path, part: str, found: Any) -> None:
    """Raise OperatorError unless a part of a file has what is always there."""
    fields = SHAPES[part].items()
    if not isinstance(found, dict) or not all(isinstance(found.get(name), kind) for name, kind in fields):
        raise _damaged(path, "is not what it should be")


def _written(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _seal(key: bytes, content: bytes) -> str:
    return hmac.digest(key, content, "sha256").hex()


def _damaged(path: Path, how: str) -> OperatorError:
    name = path.parent.name
    return OperatorError(f"{path} {how}: the run is damaged, so `parley train remove {name}`, and make a new one")
