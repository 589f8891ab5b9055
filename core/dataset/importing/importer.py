"""Imports files into labeled trees (docs/reference/open-assistant.md 1.19 and 4.1)."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from core.dataset.export.queries import PARAMETERS, FetchUnit
from core.dataset.export.worker_thread import aside
from core.dataset.formats.oasst_fields import LineFault
from core.dataset.importing.batches import batches
from core.dataset.importing.bounds import USUAL_BOUNDS, ImportBounds
from core.dataset.importing.first_trees import FirstTrees
from core.dataset.importing.jsonl_reader import SourceLine, parsed
from core.dataset.importing.placement import DryRunImport
from core.dataset.importing.records import MessageRecord, RecordDefaults, record
from core.dataset.importing.report import ImportReport
from core.dataset.importing.source_file import read
from core.dataset.importing.writer import ImportTarget, arrive, mark
from core.errors import OperatorError
from core.ports.store import Store

HOPELESS = 1000
"""Give up on a file after this many bad lines without a good one."""

LOST = "none of its lines so far can be imported"

Progress = Callable[[int, int], None]
"""A callback with the number of bytes read and the total. It is called from a worker thread."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The operator's choices for an import.

    `pool` says who is to work on the trees, and `origin` where those come from that do not say it; without it, the
    file's name. `limit` is the number of trees that are taken of a file. A `trial` stores nothing.
    """

    defaults: RecordDefaults = field(default_factory=RecordDefaults)
    pool: str = ""
    origin: str = ""
    limit: int | None = None
    trial: bool = False


async def import_file(
    store: Store,
    path: Path,
    options: ImportOptions = ImportOptions(),
    progress: Progress | None = None,
    bounds: ImportBounds = USUAL_BOUNDS,
) -> ImportReport:
    """Import the trees, threads, messages or conversations of a file. What is there already stays as it is.

    Whatever is wrong with the file is in the report. Raises StoreError if the database cannot be written. What was
    stored before an error or a cancellation stays, and running the same import again continues.
    """
    ask = store.read if options.trial else store.write
    return await aside(ask, lambda keep: _FileImport(keep, path, options, progress, bounds).run())


@dataclass(slots=True)
class _FileImport:
    """The import of one file."""

    keep: FetchUnit
    path: Path
    options: ImportOptions
    progress: Progress | None
    bounds: ImportBounds
    report: ImportReport = field(default_factory=ImportReport)
    working: set[str] = field(default_factory=set)
    pretended: DryRunImport | None = None

    def run(self) -> ImportReport:
        if self.options.trial:
            self.pretended = DryRunImport()
        with tempfile.TemporaryFile() as early:
            waiting = self._pass(self._records(), early)
            self._wait_for_parents(waiting, early)
        working = sorted(self.working)
        for start in range(0, 0 if self.options.trial else len(working), PARAMETERS):
            self.keep(mark(working[start : start + PARAMETERS]))
        self.report.faults.sort()
        self.report.remarks.sort()
        return self.report

    def _pass(self, records: Iterable[MessageRecord], early: IO[bytes]) -> int:
        """Store records, and set those aside whose parents are not there yet. Returns how many were set aside."""
        waiting = 0
        target = ImportTarget(self.options.pool, self.options.origin or self.path.name)
        for batch in batches(records, self.bounds):
            arrived = self.keep(arrive(batch, target, self.bounds, self.pretended))
            self.report.add(arrived.report)
            self.working |= arrived.working
            for one in arrived.waiting:
                early.write(b"%d\t%s\n" % (one.line.number, one.line.raw))
            waiting += len(arrived.waiting)
        return waiting

    def _wait_for_parents(self, waiting: int, early: IO[bytes]) -> None:
        """Go through the records set aside until no more of them find a parent; each pass stores at least one level."""
        before = 0
        while waiting and waiting != before:
            before = waiting
            with tempfile.TemporaryFile() as later:
                waiting = self._pass((self._record(line) for line in _again(early)), later)
                _copy(later, early)
        for line in _again(early):
            parent_id = self._record(line).messages[0]["parent_id"]
            self.report.blame(line.number, f"there is no message {parent_id!r}, or it was not taken")

    def _records(self) -> Iterator[MessageRecord]:
        first = FirstTrees(self.options.limit)
        for line in self._lines():
            try:
                one = self._record(line)
            except LineFault as fault:
                self.report.blame(line.number, str(fault))
                continue
            if not first.takes(one):
                self.report.lines["beyond"] += 1
                continue
            self.report.unknown.update(one.unknown)
            self.report.guessed += one.guessed
            yield one

    def _lines(self) -> Iterator[SourceLine]:
        """Yield the lines that are not blank, up to the end or to where the file cannot be read any further."""
        good = 0
        try:
            for line in read(self.path, self._told, self.bounds):
                self.report.unit = line.unit
                if line.blank:
                    self.report.lines["blank"] += 1
                    continue
                before = self.report.bad
                yield line
                good += self.report.bad == before
                if not good and self.report.bad >= HOPELESS:
                    raise OperatorError(f"{self.path.name} is not read further than {line.unit} {line.number}: {LOST}")
        except OperatorError as error:
            self.report.unread = str(error)

    def _record(self, line: SourceLine) -> MessageRecord:
        return record(line, self.options.defaults, self.bounds)

    def _told(self, read: int) -> None:
        if self.progress:
            self.progress(read, self.path.stat().st_size)


def _again(early: IO[bytes]) -> Iterator[SourceLine]:
    early.seek(0)
    for text in early:
        number, _, raw = text.partition(b"\t")
        yield parsed(int(number), raw.rstrip(b"\n"))


def _copy(later: IO[bytes], early: IO[bytes]) -> None:
    later.seek(0)
    early.seek(0)
    early.truncate()
    while piece := later.read(1 << 20):
        early.write(piece)
