"""Exports conversations and labeled trees into a file that training tools read."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from core.dataset.export.counts import ExportCounts
from core.dataset.export.files import TABLE, lines, table
from core.dataset.export.nodes import ExportedMessage
from core.dataset.export.options import MODES, ExportOptions
from core.dataset.export.pieces import USUAL_PIECES, ExportPieces
from core.dataset.export.queries import FetchUnit
from core.dataset.export.reading import ExportFormat, ExportReading, Progress, Rows
from core.dataset.export.selection import EXAMPLES, TRAINING
from core.dataset.export.worker_thread import aside
from core.dataset.formats import hf_table, kto, oasst, preference, sft
from core.errors import OperatorError
from core.ports.store import Store


def plain(rows: Callable[[Iterator[ExportedMessage], ExportOptions, ExportCounts], Iterator[Any]]) -> Rows:
    """Adapt a format that does not read the database."""
    return lambda nodes, options, counts, _: rows(nodes, options, counts)


FLAT = frozenset({"trees", "prompts_only", "synthetic_only"})
SINGLE = FLAT | {"only_deleted", "only_spam"}
WHOLE = frozenset({"trees", "prompts_only", "events"})
PAIRED = frozenset({"trees", "synthetic_only", "meta", "mode"})

FORMATS: Mapping[str, ExportFormat] = {
    "oasst-trees": ExportFormat(plain(oasst.trees), WHOLE, whole=True),
    "oasst-messages": ExportFormat(plain(oasst.messages), SINGLE | {"events"}),
    "oasst-threads": ExportFormat(plain(oasst.threads), WHOLE),
    "hf": ExportFormat(plain(hf_table.rows), SINGLE),
    "sft": ExportFormat(sft.rows, FLAT | {"meta", "top"}, EXAMPLES, careful=True),
    "preference": ExportFormat(preference.rows, PAIRED, TRAINING, careful=True, once=False),
    "reward": ExportFormat(preference.rewards, PAIRED, TRAINING, careful=True, once=False),
    "kto": ExportFormat(kto.rows, frozenset({"trees", "meta", "synthetic_only"}), TRAINING, careful=True, once=False),
}


async def export(
    store: Store,
    format: str,
    path: Path,
    options: ExportOptions,
    progress: Progress | None = None,
    pieces: ExportPieces = USUAL_PIECES,
    stream: IO[bytes] | None = None,
) -> ExportCounts:
    """Write the file in one of FORMATS, and return the counts of what was written and left out.

    The same data makes the same bytes. The export uses many short reads, so a running bot can work in between; a
    cancelled export leaves no file. If the path is STANDARD_OUTPUT, the rows are written to the stream. Raises
    OperatorError if the format, an option or the name is wrong, if there is nobody as asked for, or if the file cannot
    be written; and StoreError if the database cannot be read.
    """
    check(format, path, options)

    def work(fetch: FetchUnit) -> ExportCounts:
        reading = ExportReading(fetch, FORMATS[format], options, progress, pieces)
        return _write(reading, format, path, stream)

    return await aside(store.read, work)


def check(format: str, path: Path, options: ExportOptions) -> None:
    """Check a format and its options. Raises OperatorError if there is no such format or an option does not fit it."""
    if format not in FORMATS:
        raise OperatorError(f"there is no format {format!r}; choose one of {', '.join(FORMATS)}")
    if path.name.endswith(TABLE) and format != "hf":
        raise OperatorError(f"{path.name}: Parquet is for --format hf; write {format} to a .jsonl or .jsonl.gz")
    choice = options.choice
    wanted = {
        "trees": ("--what trees: ", options.what == "trees"),
        "meta": ("--meta: ", options.meta),
        "events": ("--events: ", options.events),
        "mode": ("--pairs: ", options.mode != MODES[0]),
        "prompts_only": ("--prompts-only: ", choice.prompts_only),
        "synthetic_only": ("--synthetic only: ", choice.synthetic == "only"),
        "top": ("--top-k: ", choice.top is not None),
        "only_deleted": ("--only-deleted: ", choice.only_deleted),
        "only_spam": ("--only-spam: ", choice.only_spam),
    }
    for name, (option, given) in wanted.items():
        if given and name not in FORMATS[format].takes:
            fitting = ", ".join(other for other, kind in FORMATS.items() if name in kind.takes)
            raise OperatorError(f"{option}not for --format {format}; it is for {fitting}")


def _write(reading: ExportReading, format: str, path: Path, stream: IO[bytes] | None) -> ExportCounts:
    rows, counts = reading.rows(), reading.counts
    if path.name.endswith(TABLE):
        table(path, hf_table.schema, rows, reading.pieces.rows)
    else:
        with lines(path, stream) as write:
            for row in rows:
                write(row if isinstance(row, str) else oasst.dumps(row) + "\n")
    # A format that a limit stops early leaves zeros behind, which the plus drops.
    counts.left_out = +counts.left_out
    return counts
