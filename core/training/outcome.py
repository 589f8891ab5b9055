"""Takes what a trainer made, here or elsewhere: checks it, judges it, and makes a model of it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import OperatorError
from core.models.embedded import gguf
from core.models.library import installed as library
from core.models.library.installed import InstalledModel
from core.training.card import card
from core.training.configuration import TrainingMethod
from core.training.guards import broken, judged
from core.training.names import trained_source
from core.training.outcome_file import Judge, TrainingOutcome, read_outcome
from core.training.reward_guards import judged_rewards
from core.training.rows import digest
from core.training.runs import CARD, OUTCOME, RUN, TrainingRun, copy, move

MODEL, ADAPTER = "model.gguf", "adapter.gguf"
RANKS: TrainingMethod = "reward"
"""The method that makes a model that ranks answers."""

JUDGES: Mapping[TrainingMethod, Judge] = {RANKS: judged_rewards}
"""The guards of methods that make no model that answers."""


def finish(home: Path, run: TrainingRun, key: bytes) -> Mapping[str, Any]:
    """Judge what was trained, and make it a model if the guards held. Returns the result.

    It can be done again after a kill. Raises OperatorError if what is there is not what the run was made for.
    """
    run.check_seal(key)
    outcome = checked_outcome(run.folder, run.record, run.folder / RUN, _target(home, run))
    why = broken(outcome.guards)
    result = {
        "state": "refused" if why else "done",
        "why": why,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "model": "" if why else run.name,
        **asdict(outcome),
    }
    # It is written first: nothing is installed of which there could be no card.
    text = card(run.record, result, outcome.guards)
    if not why:
        _install(home, run, outcome.files)
    (run.folder / CARD).write_text(text, encoding="utf-8")
    run.conclude(result, key)
    if why:
        for name in (MODEL, ADAPTER):
            (run.folder / name).unlink(missing_ok=True)
    run.forget_data()
    return result


def checked_outcome(
    folder: Path, record: Mapping[str, Any], asked: Path, installed: Path | None = None
) -> TrainingOutcome:
    """What the trainer reported in a folder, once its files are found to be what it says and what was asked for.

    `installed` is where the model is if it was taken before. Raises OperatorError otherwise.
    """
    outcome = read_outcome(folder / OUTCOME, digest(asked), JUDGES.get(record["method"], judged))
    files = outcome.files
    ranks = record["method"] == RANKS
    wanted = {ADAPTER} if record["lora"] and not ranks else set()
    wanted |= {MODEL} if record["merge"] or not record["lora"] or ranks else set()
    if set(files) != wanted:
        has = ", ".join(map(repr, sorted(files)))[:200]
        raise OperatorError(f"the outcome should hold {', '.join(sorted(wanted))}, and has {has or 'nothing'}")
    for name, sha256 in files.items():
        moved = installed and name == MODEL and installed.exists() and not (folder / name).exists()
        _check_file(installed if installed and moved else folder / name, sha256, record)
    return outcome


def _check_file(path: Path, sha256: str, record: Mapping[str, Any]) -> None:
    header = gguf.check(path, sha256)
    if (record["method"] == RANKS) != bool(header.head):
        raise OperatorError(f"{path.name} is {'a' if header.head else 'no'} reward model, unlike what was asked for")
    if header.architecture != record["base"]["architecture"]:
        raise OperatorError(f"{path.name} is of the family {header.architecture!r}, and its base of another")
    if path.name != ADAPTER and header.weights != record["base"]["weights"]:
        raise OperatorError(f"{path.name} has {header.weights:,} weights, and its base {record['base']['weights']:,}")


def _install(home: Path, run: TrainingRun, files: Mapping[str, str]) -> None:
    """Put the model where `parley models` finds it, or an adapter that is not merged."""
    name, target, record = run.name, _target(home, run), run.record
    whole, source = MODEL in files, trained_source(name)
    sha256 = files[MODEL if whole else ADAPTER]
    # The pin outlives the model, so that no other one gets its name.
    if library.pinned(home, source) != sha256:
        library.pin(home, source, sha256)
    if whole and (run.folder / MODEL).exists():
        move(run.folder / MODEL, target)
    elif not whole:
        # The adapter stays in the folder of its run, too, for other programs.
        copy(run.folder / ADAPTER, target)
    size, now = target.stat().st_size, datetime.now(UTC).isoformat(timespec="seconds")
    base, base_sha256 = ("", "") if whole else (_base(home, run), record["base"]["keys_sha256"])
    ranks = record["method"] == RANKS
    model = InstalledModel(
        name, target.name, source, sha256, record["licence"], size, now, "", base, base_sha256, ranks
    )
    library.keep(home, model)


def _base(home: Path, run: TrainingRun) -> str:
    """What an adapter is served on: a model by its name, or the file."""
    name, file = run.record["base"]["name"], str(run.place["keys"])
    known = library.models_offered(home).get(name)
    return name if name == library.BUNDLED or str(known) == file else file


def _target(home: Path, run: TrainingRun) -> Path:
    """Where the model of a run is kept, once it is one."""
    return library.folder(home, run.name) / f"{run.name}.gguf"
