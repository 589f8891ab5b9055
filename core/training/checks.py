"""Looks at runs before they go on, and at those whose people have left since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import OperatorError
from core.training.base import TrainingBase, find_base
from core.training.card import with_departures
from core.training.people import Departures, departed
from core.training.rows import digest
from core.training.runs import CARD, ENDED, HELD_OUT_ROWS, TRAIN_ROWS, TrainingRun


@dataclass(frozen=True, slots=True)
class LeftRun:
    """A run some of whose people have left since."""

    run: TrainingRun
    departures: Departures


def check_ready(home: Path, run: TrainingRun, key: bytes, agreeing: Mapping[str, bool]) -> None:
    """Raise OperatorError if a run may not go on: it, its data or its base was changed, or people have left it.

    It blocks while it reads the base.
    """
    run.check_seal(key)
    record = run.record
    if run.place.get("packed") and not run.has_data:
        raise OperatorError(
            f"{run.name!r} was packed for another machine, and its data went there: `parley train take` takes the file"
            f" back that is made there, or `parley train remove {run.name}` gives it up"
        )
    for name in (TRAIN_ROWS, HELD_OUT_ROWS):
        if not (run.folder / name).is_file() or digest(run.folder / name) != record["data"][name]:
            raise OperatorError(f"{run.folder / name} is missing or was changed: remove the run and make a new one")
    check_people(run, key, agreeing)
    base = _base_of(home, run)
    sources, keys = (base.sha256, base.earlier_sha256), (base.keys_sha256,)
    for place, found, noted in (("source", sources, "sha256"), ("keys", keys, "keys_sha256")):
        if record["base"][noted] not in found:
            raise OperatorError(f"{run.place[place]} has changed since {run.name!r} was made: make a new run")


def check_people(run: TrainingRun, key: bytes, agreeing: Mapping[str, bool]) -> None:
    """Raise OperatorError if people have left whose texts a run trains on, or is measured with."""
    if left := departed(key, run.people.quoted, agreeing):
        raise OperatorError(
            f"of the people whose data is in {run.name!r}, {left} since it was made, so it makes no model: remove it"
            f" with `parley train remove {run.name}`, and train anew without them"
        )


def _base_of(home: Path, run: TrainingRun) -> TrainingBase:
    source, keys = run.place["source"], run.place["keys"]
    return find_base(home, source, "" if source == keys else keys)


def left_runs(runs: Sequence[TrainingRun], key: bytes, agreeing: Mapping[str, bool]) -> Sequence[LeftRun]:
    """Those of the runs whose people have left since. The cards of all of them are made to say so.

    The people of a run's base count, too: their data is in both models. So do those of its held-out rows while it has
    not ended, since it has their texts until then. Raises OperatorError if a run is damaged.
    """
    found = []
    for run in runs:
        people = run.people.all if run.state in ENDED else run.people.concerned
        departures = departed(key, people, agreeing)
        _tell(run.folder / CARD, departures)
        if departures:
            found.append(LeftRun(run, departures))
    return found


def _tell(path: Path, departures: Departures) -> None:
    if path.is_file():
        before = path.read_text(encoding="utf-8", errors="replace")
        if (after := with_departures(before, departures)) != before:
            path.write_text(after, encoding="utf-8")
