"""Checks that a model may be promoted: it is there, whole, and what its run made of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.errors import OperatorError
from core.models.library import installed as library
from core.models.library.catalogue import SHARE, machine_memory
from core.training.runs import TrainingRun, all_runs

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class SoundCandidate:
    """A model that may be promoted: the run that made it, if one did, and since when it and the model that it would
    replace have been what they are, if that is known.
    """

    name: str
    run: TrainingRun | None = None
    since: datetime | None = None


def sound_candidate(home: Path, name: str, replaced: str, offered: Collection[str], key: bytes) -> SoundCandidate:
    """Find a candidate and check it. It blocks while it reads the model's file.

    `replaced` is the model that answers now, beside which it has to fit into memory. Raises OperatorError if it may not
    be promoted, with the reason.
    """
    run = next((one for one in all_runs(home) if one.name == name), None)
    if run:
        _check_run(run, key)
    there = library.installed(home)
    model = there.get(name)
    if model and model.ranks:
        raise OperatorError(f"{name!r} is a reward model, which ranks answers and writes none")
    if name not in offered:
        if run:
            raise OperatorError(f"the model of the run {name!r} is not installed any more: train it anew")
        raise OperatorError(f"there is no model {name!r}; there are {', '.join(sorted(offered))}")
    dates = [one.pulled for one in (model, there.get(replaced)) if one and one.pulled]
    since = max(map(_time, dates), default=None)
    if model is None:
        return SoundCandidate(name, run, since)
    if run and model.sha256 not in run.result["files"].values():
        raise OperatorError(f"the installed model {name!r} is not the one that its run made: train it anew")
    library.verify(home, name)
    _check_memory(home, name, replaced)
    return SoundCandidate(name, run, since)


def _time(written: str) -> datetime:
    """A time that was written in ISO 8601; without a zone it is UTC."""
    read = datetime.fromisoformat(written)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _check_run(run: TrainingRun, key: bytes) -> None:
    run.check_seal(key)
    result = run.result
    if not result:
        raise OperatorError(
            f"the run {run.name!r} has not come to its end (it is {run.state}): `parley train resume {run.name}`"
        )
    run.check_result(key)
    if result["state"] == "refused":
        raise OperatorError(f"the run {run.name!r} was refused, since it spoiled what the model could: {result['why']}")


def _check_memory(home: Path, name: str, replaced: str) -> None:
    """Raise OperatorError if this machine cannot hold both models."""
    served, there = library.served_files(home), machine_memory()
    used = [served[one] for one in (name, replaced) if one in served]
    # An adapter and its base share the base's file.
    files = {file for one in used for file in (one.file, one.adapter) if file}
    wanted = sum(file.stat().st_size for file in files) // MIB
    if there and wanted > there * SHARE:
        raise OperatorError(
            f"{name!r} and {replaced!r} need about {wanted} MiB of memory together, and {there * SHARE:.0f} of this"
            f" machine's {there} MiB are for models: {wanted - there * SHARE:.0f} MiB are missing"
        )
