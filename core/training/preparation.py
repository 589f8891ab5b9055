"""Prepares a run: exports what people gave through the gates of every export, chooses the method, fills the folder."""

import asyncio
from collections.abc import Callable, Mapping, Set
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.dataset.export.consent import ExportSwitches
from core.dataset.export.counts import ExportCounts
from core.dataset.export.exporter import export
from core.dataset.export.held_out import HeldOut, HeldOutSide
from core.dataset.export.options import ExportOptions
from core.dataset.export.reading import Progress
from core.dataset.export.selection import ExportSelection
from core.dataset.formats import kto
from core.errors import OperatorError
from core.models.library import installed as library
from core.ports.store import Store
from core.store.training_people import accounts_of, contributors, training_key
from core.training.base import TrainingBase
from core.training.configuration import WRITES, TrainingMethod, WantedTraining, configured
from core.training.method_choice import LEAST_HELD_OUT, MethodRows, too_few, unprovable
from core.training.names import known_names
from core.training.people import marks, others
from core.training.resources import check_resources, has_plenty
from core.training.rows import FORMATS, Row, RowCounts, digest, first_prompt, row_mark, split_rows, written_rows
from core.training.runs import (
    HELD_OUT_ROWS,
    PEOPLE,
    PLACE,
    RUN,
    TRAIN_ROWS,
    TRAINED,
    TrainingRun,
    named,
    new_run,
    run_of,
)

Say = Callable[[str], object]

Accounts = Mapping[str, tuple[str, ...]]
"""The ids of people's accounts, by the people's ids."""


@dataclass(frozen=True, slots=True)
class InstallationFacts:
    """What a run needs to know about this installation. `terms` and `licence` are in force, `version` is Parley's;
    `persona` is the text of the persona that answers where nobody has chosen one.
    """

    home: Path
    terms: str
    licence: str
    version: str
    switches: ExportSwitches
    persona: str = ""
    progress: Progress | None = None


@dataclass(slots=True)
class RowGate:
    """Lets rows pass whose marks are not `known`, and notes the prompts of all: the base may have seen those."""

    key: bytes
    known: Set[str]
    prompts: set[str] = field(default_factory=set)

    def lets(self, row: Row) -> bool:
        """Whether a row is wanted."""
        self.prompts.add(first_prompt(row))
        return not self.known or row_mark(self.key, row) not in self.known


@dataclass(slots=True)
class ExportedSide:
    """The rows of one side of the split, as they were exported for a method."""

    method: TrainingMethod
    path: Path
    counts: RowCounts = field(default_factory=RowCounts)

    @property
    def balance(self) -> tuple[float, float]:
        """KTO's weights for the good and the bad answers among the rows."""
        return kto.weights(ExportCounts(good=self.counts.good, bad=self.counts.bad))


async def prepare(
    store: Store, here: InstallationFacts, base: TrainingBase, wanted: WantedTraining, say: Say, packed: str = ""
) -> TrainingRun:
    """Make a run of what there is. With `packed`, the folder of a package, it is to be trained on another machine.

    Raises OperatorError if there is too little to train on, or if it does not fit into this machine.
    """
    key = await store.write(training_key)
    known = await known_names(store, here.home)
    if wanted.name:
        known.check(wanted.name)
    with new_run(here.home) as run:
        earlier = await asyncio.to_thread(_maker, here.home, base)
        gate = RowGate(key, frozenset(earlier.trained) if earlier and wanted.new else frozenset())
        train = await _chosen(store, here, run, wanted, HeldOut(key), gate, say)
        name = wanted.name or known.free(base.name, train.method)
        configuration = configured(wanted, name, train.method, base, train.balance, here.persona)
        if not packed:
            check_resources(base, configuration, train.counts.longest, here.home)
        held = await _held_out(store, here, run, train.method, key, gate.prompts)
        if train.method == "reward" and held.rows < LEAST_HELD_OUT:
            raise unprovable(held.rows)
        accounts = await _people(store, here, train.counts)
        own = {id: ids for id, ids in accounts.items() if not HeldOut(key).person(id)}
        measured_with = await _people(store, here, held)
        await asyncio.to_thread(_mark, run, earlier, key, own, measured_with)
        record = {
            **asdict(configuration),
            "base": base.record(),
            "data": _data(run, train, held, len(own)),
            "new": wanted.new,
            "terms": here.terms,
            "licence": here.licence,
            "parley": here.version,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        train.path.unlink()
        run.write(RUN, record)
        run.seal(key)
        plenty = has_plenty(base, configuration, train.counts.longest)
        place = {"source": str(base.source), "keys": str(base.keys), "packed": packed, "keeps_memory": plenty}
        run.write(PLACE, place)
        return named(here.home, run, name)


def _maker(home: Path, base: TrainingBase) -> TrainingRun | None:
    """The run that made a base; None if none here did. Raises OperatorError if it is gone."""
    if run := run_of(home, base.sha256):
        return run
    models = library.installed(home).values()
    if any(one.sha256 == base.sha256 and one.source.startswith(library.TRAINED) for one in models):
        raise OperatorError(
            f"{base.name!r} was trained here, but its run is removed or damaged, so nobody knows on which rows and on"
            " whose data, nor would hear of it when one of these people leaves: begin with another --base"
        )
    return None


def _mark(
    run: TrainingRun, earlier: TrainingRun | None, key: bytes, accounts: Accounts, measured_with: Accounts
) -> None:
    """Note whose data is in a run, and on which rows it trains, with those of its base."""
    own, rows = marks(key, accounts), {row_mark(key, row) for row in written_rows(run.folder / TRAIN_ROWS)}
    held_out = others(marks(key, measured_with), own)
    base = others(earlier.people.all, own) if earlier else ()
    with suppress(OperatorError):  # of a base that an earlier version trained, nobody knows the rows
        rows |= set(earlier.trained if earlier else ())
    run.write(PEOPLE, {"people": own, "base": base, "held_out": held_out})
    run.write(TRAINED, {"rows": sorted(rows)})


async def _people(store: Store, here: InstallationFacts, counts: RowCounts) -> Accounts:
    """The accounts of the people whose words or judgments are in the rows, by the people's ids."""
    ids = sorted(counts.messages)
    found = await store.read(lambda session: contributors(session, ids, here.terms))
    return await store.read(lambda session: accounts_of(session, found))


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
        **{name: digest(run.folder / name) for name in (TRAIN_ROWS, HELD_OUT_ROWS, PEOPLE, TRAINED)},
    }


async def _chosen(
    store: Store,
    here: InstallationFacts,
    run: TrainingRun,
    wanted: WantedTraining,
    held_out: HeldOut,
    gate: RowGate,
    say: Say,
) -> ExportedSide:
    """The new rows of the first method that has enough of them. Raises OperatorError if none has."""
    tried: list[MethodRows] = []
    for method in [wanted.method] if wanted.method else WRITES:
        side = await _exported(store, here, run, method, held_out)
        side.counts = await asyncio.to_thread(split_rows, side.path, run.folder / TRAIN_ROWS, method, gate.lets)
        tried.append(MethodRows(method, side.counts))
        lacks = tried[-1].lacks(wanted.least)
        if not lacks:
            # Otherwise the error tells what each of them lacks.
            for one in tried[:-1]:
                say(f"{one.method}: {one.lacks(wanted.least)}")
            return side
        side.path.unlink()
    raise too_few(tried, wanted.least, new=wanted.new)


async def _held_out(
    store: Store, here: InstallationFacts, run: TrainingRun, method: TrainingMethod, key: bytes, trained: Set[str]
) -> RowCounts:
    """Write the rows that are held out, less those whose prompt is `trained` on in another person's tree."""
    side = await _exported(store, here, run, method, HeldOut(key, "held-out"))

    def kept(row: Row) -> bool:
        return first_prompt(row) not in trained

    counts = await asyncio.to_thread(split_rows, side.path, run.folder / HELD_OUT_ROWS, method, kept)
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
        mode="all" if FORMATS[method] == "preference" else "best_vs_worst",
        held_out=held_out,
    )
    side: HeldOutSide = held_out.side
    path = run.folder / f"export-{side}.jsonl"
    await export(store, FORMATS[method], path, options, here.progress)
    return ExportedSide(method, path)
