"""Reads Open Assistant's files into labeled trees (spec/open-assistant.md 1.19 and 4.1)."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from core.dataset.export.queries import PARAMETERS, Fetch
from core.dataset.export.worker_thread import aside
from core.dataset.formats.oasst_fields import Fault
from core.dataset.importing.jsonl_reader import Line, lines, parsed
from core.dataset.importing.records import Record, record
from core.dataset.importing.writer import Arrived, Target, arrive, mark
from core.errors import OperatorError
from core.ports.store import Store

BATCH = 1000
"""Messages of a transaction. It ends where a tree does, unless that makes it much longer."""

MOST = 5 * BATCH
SHOWN = 20
"""Lines of a file of which it is told why they were not taken."""

HOPELESS = 1000
"""Lines of which none was good, after which a file is given up."""

Progress = Callable[[int, int], None]
"""Told how many bytes were read, of how many; from a thread of its own."""


@dataclass(slots=True)
class Report:
    """What has become of a file: `already` are messages that were there before, `faults` the first lines that were not
    taken, of `bad`, and `unknown` the fields that the format does not have, with the number of their lines."""

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

    def add(self, arrived: Arrived) -> None:
        self.trees += arrived.trees
        self.messages += arrived.messages
        self.already += arrived.already
        for number, fault in arrived.faults:
            self.blame(number, fault)


async def import_file(
    store: Store, path: Path, *, backlog: bool = False, pool: str = "", progress: Progress | None = None
) -> Report:
    """Keep the trees, threads or messages of a file. What is there already, by its id, stays as it is.

    With `backlog` they wait to be ranked, whatever their state. `pool` is whose they are to work on. Raises
    OperatorError where the file cannot be read, or is not one of Open Assistant's; StoreError where the database cannot
    be written. What was kept before that, or before we are cancelled, stays, and the same import again goes on.
    """
    target = Target(pool, path.name)
    return await aside(store.write, lambda keep: _Import(keep, path, target, backlog, progress).run())


@dataclass(slots=True)
class _Import:
    """One file's way in."""

    keep: Fetch
    path: Path
    target: Target
    backlog: bool
    progress: Progress | None
    report: Report = field(default_factory=Report)
    working: set[str] = field(default_factory=set)

    def run(self) -> Report:
        with tempfile.TemporaryFile() as early:
            waiting = self._pass(self._records(lines(self.path, self._told)), early)
            self._wait_for_parents(waiting, early)
        if self.report.bad and not (self.report.messages or self.report.already):
            raise self._foreign()
        working = sorted(self.working)
        for start in range(0, len(working), PARAMETERS):
            self.keep(mark(working[start : start + PARAMETERS]))
        return self.report

    def _pass(self, records: Iterable[Record], early: IO[bytes]) -> int:
        """Keep records; those whose parents are not there yet are set aside. Returns how many."""
        waiting = 0
        for batch in _batches(records):
            arrived = self.keep(arrive(batch, self.target))
            self.report.add(arrived)
            self.working |= arrived.working
            for one in arrived.waiting:
                early.write(b"%d\t%s\n" % (one.line.number, one.line.raw.strip()))
            waiting += len(arrived.waiting)
        return waiting

    def _wait_for_parents(self, waiting: int, early: IO[bytes]) -> None:
        """Go through what was early until nothing more finds its parent: a level of a tree each time, at least."""
        before = 0
        while waiting and waiting != before:
            before = waiting
            with tempfile.TemporaryFile() as later:
                waiting = self._pass((record(line, backlog=self.backlog) for line in _again(early)), later)
                _copy(later, early)
        for line in _again(early):
            parent_id = record(line, backlog=self.backlog).messages[0]["parent_id"]
            self.report.blame(line.number, f"there is no message {parent_id!r}, or it was not taken")

    def _records(self, found: Iterable[Line]) -> Iterator[Record]:
        good = False
        for line in found:
            try:
                one = record(line, backlog=self.backlog)
            except Fault as fault:
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


def _batches(records: Iterable[Record]) -> Iterator[Sequence[Record]]:
    batch: list[Record] = []
    size = 0
    for one in records:
        # A tree that stands in lines of its messages is kept at once where that can be, for the keeper to see it whole.
        if (size >= BATCH and one.begins) or size >= MOST:
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += len(one.messages)
    if batch:
        yield batch


def _again(early: IO[bytes]) -> Iterator[Line]:
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
