"""Reads Open Assistant's files into labeled trees (docs/reference/open-assistant.md 1.19 and 4.1)."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from core.dataset.export.queries import PARAMETERS, FetchUnit
from core.dataset.export.worker_thread import aside
from core.dataset.formats.oasst_fields import LineFault
from core.dataset.importing.bounds import USUAL_BOUNDS, ImportBounds
from core.dataset.importing.jsonl_reader import SourceLine, lines, parsed
from core.dataset.importing.records import MessageRecord, record
from core.dataset.importing.writer import ImportTarget, WrittenRecords, arrive, mark
from core.errors import OperatorError
from core.ports.store import Store

SHOWN = 20
"""The most rejected lines of a file whose reasons are reported."""

HOPELESS = 1000
"""Give up on a file after this many bad lines without a good one."""

Progress = Callable[[int, int], None]
"""A callback with the number of bytes read and the total. It is called from a worker thread."""


@dataclass(slots=True)
class ImportReport:
    """The result of importing a file.

    `already` counts messages that were there before. `bad` counts the rejected lines, and `faults` lists the first of
    them. `unknown` holds the fields that the format does not have, with the number of lines that they occur in.
    """

    trees: int = 0
    messages: int = 0
    already: int = 0
    bad: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)

    def blame(self, number: int, fault: str) -> None:
        self.bad += 1
        if len(self.faults) < SHOWN:
            self.faults.append((number, fault))

    def add(self, arrived: WrittenRecords) -> None:
        self.trees += arrived.trees
        self.messages += arrived.messages
        self.already += arrived.already
        for number, fault in arrived.faults:
            self.blame(number, fault)


async def import_file(
    store: Store,
    path: Path,
    *,
    backlog: bool = False,
    pool: str = "",
    progress: Progress | None = None,
    bounds: ImportBounds = USUAL_BOUNDS,
) -> ImportReport:
    """Import the trees, threads or messages of a file. A message whose id is already there stays as it is.

    With `backlog` they wait to be ranked, whatever their state. `pool` says who is to work on them. Raises
    OperatorError if the file cannot be read or is not one of Open Assistant's; StoreError if the database cannot be
    written. Whatever was stored before an error or a cancellation stays, and running the same import again continues.
    """
    target = ImportTarget(pool, path.name)
    return await aside(store.write, lambda keep: _FileImport(keep, path, target, backlog, progress, bounds).run())


@dataclass(slots=True)
class _FileImport:
    """The import of one file."""

    keep: FetchUnit
    path: Path
    target: ImportTarget
    backlog: bool
    progress: Progress | None
    bounds: ImportBounds
    report: ImportReport = field(default_factory=ImportReport)
    working: set[str] = field(default_factory=set)

    def run(self) -> ImportReport:
        with tempfile.TemporaryFile() as early:
            waiting = self._pass(self._records(lines(self.path, self._told, self.bounds)), early)
            self._wait_for_parents(waiting, early)
        if self.report.bad and not (self.report.messages or self.report.already):
            raise self._foreign()
        working = sorted(self.working)
        for start in range(0, len(working), PARAMETERS):
            self.keep(mark(working[start : start + PARAMETERS]))
        return self.report

    def _pass(self, records: Iterable[MessageRecord], early: IO[bytes]) -> int:
        """Store records, and set those aside whose parents are not there yet. Returns how many were set aside."""
        waiting = 0
        for batch in _batches(records, self.bounds):
            arrived = self.keep(arrive(batch, self.target, self.bounds))
            self.report.add(arrived)
            self.working |= arrived.working
            for one in arrived.waiting:
                early.write(b"%d\t%s\n" % (one.line.number, one.line.raw.strip()))
            waiting += len(arrived.waiting)
        return waiting

    def _wait_for_parents(self, waiting: int, early: IO[bytes]) -> None:
        """Go through the records set aside until no more of them find a parent; each pass stores at least one level."""
        before = 0
        while waiting and waiting != before:
            before = waiting
            with tempfile.TemporaryFile() as later:
                waiting = self._pass(
                    (record(line, backlog=self.backlog, bounds=self.bounds) for line in _again(early)), later
                )
                _copy(later, early)
        for line in _again(early):
            parent_id = record(line, backlog=self.backlog, bounds=self.bounds).messages[0]["parent_id"]
            self.report.blame(line.number, f"there is no message {parent_id!r}, or it was not taken")

    def _records(self, found: Iterable[SourceLine]) -> Iterator[MessageRecord]:
        good = False
        for line in found:
            try:
                one = record(line, backlog=self.backlog, bounds=self.bounds)
            except LineFault as fault:
                self.report.blame(line.number, str(fault))
                if not good and self.report.bad >= HOPELESS:
                    raise self._foreign() from None
                continue
            good = True
            self.report.unknown.update(one.unknown)
            yield one

    def _foreign(self) -> OperatorError:
        number, fault = self.report.faults[0]
        return OperatorError(
            f"{self.path.name} has nothing of Open Assistant's that can be read; line {number}: {fault}"
        )

    def _told(self, read: int) -> None:
        if self.progress:
            self.progress(read, self.path.stat().st_size)


def _batches(records: Iterable[MessageRecord], bounds: ImportBounds) -> Iterator[Sequence[MessageRecord]]:
    batch: list[MessageRecord] = []
    size = 0
    for one in records:
        # A tree with one line per message is stored in one go if possible, so that the keeper sees it whole.
        if (size >= bounds.batch and one.begins) or size >= bounds.most:
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += len(one.messages)
    if batch:
        yield batch


def _again(early: IO[bytes]) -> Iterator[SourceLine]:
    early.seek(0)
    for text in early:
        number, _, raw = text.partition(b"\t")
        yield parsed(int(number), raw)


def _copy(later: IO[bytes], early: IO[bytes]) -> None:
    later.seek(0)
    early.seek(0)
    early.truncate()
    while piece := later.read(1 << 20):
        early.write(piece)
