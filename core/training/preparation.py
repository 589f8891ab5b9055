"""Prepares a run: exports what people gave through the gates of every export, chooses the method, fills the folder."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.dataset.export.consent import ExportSwitches
from core.dataset.export.exporter import export
from core.dataset.export.held_out import HeldOut, HeldOutSide
from core.dataset.export.options import ExportOptions
from core.dataset.export.reading import Progress
from core.dataset.export.selection import ExportSelection
from core.dataset.formats import kto
from core.models.library import installed as library
from core.ports.store import Store
from core.store.training_people import accounts_of, contributors, training_key
from core.training.base import TrainingBase
from core.training.configuration import METHODS, TrainingMethod, WantedTraining, configured
from core.training.method_choice import MethodRows, too_few
from core.training.people import marks
from core.training.resources import check_resources
from core.training.rows import FORMATS, RowCounts, digest, first_prompts, split_rows
from core.training.runs import (
    HELD_OUT_ROWS,
    PEOPLE,
    PLACE,
    RUN,
    TRAIN_ROWS,
    TrainingRun,
    check_name,
    free_name,
    named,
    new_run,
)

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class InstallationFacts:
    """What a run needs to know about this installation. `terms` and `licence` are in force, `version` is Parley's."""

    home: Path
    terms: str
    licence: str
    version: str
    switches: ExportSwitches
    progress: Progress | None = None


@dataclass(slots=True)
class ExportedSide:
    """The rows of one side of the split, as they were exported for a method."""

    method: TrainingMethod
    path: Path
    counts: RowCounts = field(default_factory=RowCounts)
    balance: tuple[float, float] = (1.0, 1.0)


async def prepare(
    store: Store, here: InstallationFacts, base: TrainingBase, wanted: WantedTraining, say: Say, packed: str = ""
) -> TrainingRun:
    """Make a run of what there is. With `packed`, the folder of a package, it is to be trained on another machine.

    Raises OperatorError if there is too little to train on, or if it does not fit into this machine.
    """
    key = await store.write(training_key)
    taken = {"bundled", *library.installed(here.home)}
    if wanted.name:
        check_name(here.home, wanted.name, taken)
    with new_run(here.home) as run:
        train = await _chosen(store, here, run, wanted, key, say)
        name = wanted.name or free_name(here.home, base.name, train.method, taken)
        configuration = configured(wanted, name, train.method, base.weights, train.balance)
        if not packed:
            check_resources(base.weights, configuration, here.home)
        held = await _held_out(store, here, run, train.method, key)
        accounts = await _people(store, here, train.counts, key)
        record = {
            **asdict(configuration),
            "base": base.record(),
            "data": _data(run, train, held, len(accounts)),
            "terms": here.terms,
            "licence": here.licence,
            "parley": here.version,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        train.path.unlink()
        run.write(RUN, record)
        run.seal(key)
        run.write(PEOPLE, {"people": marks(key, accounts)})
        run.write(PLACE, {"source": str(base.source), "keys": str(base.keys), "packed": packed})
        return named(here.home, run, name)


async def _people(
    store: Store, here: InstallationFacts, counts: RowCounts, key: bytes
) -> Mapping[str, tuple[str, ...]]:
    """The accounts of the people whose words or judgments are in the rows, by the people's ids."""
    ids, held_out = sorted(counts.messages), HeldOut(key)
    found = await store.read(lambda session: contributors(session, ids, here.terms))
    people = [one for one in found if not held_out.person(one)]
    return await store.read(lambda session: accounts_of(session, people))


def _data(run: TrainingRun, train: ExportedSide, held: RowCounts, people: int) -> Mapping[str, Any]:
    return {
        "rows": train.counts.rows,
        "good": train.counts.good,
        "bad": train.counts.bad,
        "held_out_rows": held.rows,
        "people": people,
        "languages": dict(train.counts.languages.most_common()),
        "sources": dict(train.counts.sources.most_common()),
        "export": digest(train.path),
        TRAIN_ROWS: digest(run.folder / TRAIN_ROWS),
        HELD_OUT_ROWS: digest(run.folder / HELD_OUT_ROWS),
    }


async def _chosen(
    store: Store, here: InstallationFacts, run: TrainingRun, wanted: WantedTraining, key: bytes, say: Say
) -> ExportedSide:
    """The rows of the first method that has enough of them. Raises OperatorError if none has."""
    tried: list[MethodRows] = []
    for method in [wanted.method] if wanted.method else METHODS:
        side = await _exported(store, here, run, method, HeldOut(key))
        side.counts = await asyncio.to_thread(split_rows, side.path, run.folder / TRAIN_ROWS, method)
        tried.append(MethodRows(method, side.counts))
        lacks = tried[-1].lacks(wanted.least)
        if not lacks:
            return side
        say(f"{method}: {lacks}")
        side.path.unlink()
    raise too_few(tried, wanted.least)


async def _held_out(
    store: Store, here: InstallationFacts, run: TrainingRun, method: TrainingMethod, key: bytes
) -> RowCounts:
    """Write the rows that are held out, less those whose prompt is trained on in another person's tree."""
    side = await _exported(store, here, run, method, HeldOut(key, "held-out"))
    trained = set(first_prompts(run.folder / TRAIN_ROWS))
    counts = await asyncio.to_thread(split_rows, side.path, run.folder / HELD_OUT_ROWS, method, trained)
    side.path.unlink()
    return counts


async def _exported(
    store: Store, here: InstallationFacts, run: TrainingRun, method: TrainingMethod, held_out: HeldOut
) -> ExportedSide:
    options = ExportOptions(
        terms=here.terms,
        switches=here.switches,
        meta=True,
        choice=ExportSelection(top=1 if method == "sft" else None),
        mode="all" if method == "dpo" else "best_vs_worst",
        held_out=held_out,
    )
    side: HeldOutSide = held_out.side
    path = run.folder / f"export-{side}.jsonl"
    counts = await export(store, FORMATS[method], path, options, here.progress)
    return ExportedSide(method, path, balance=kto.weights(counts))
