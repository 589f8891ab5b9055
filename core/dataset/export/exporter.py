"""Exports conversations and labeled trees into a file that training tools read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

from core.dataset.export import chats, labeled_trees
from core.dataset.export.consent import ConsentGate, pruned
from core.dataset.export.counts import ExportCounts
from core.dataset.export.files import TABLE, lines, table
from core.dataset.export.nodes import ExportedMessage
from core.dataset.export.options import MODES, ExportOptions
from core.dataset.export.pieces import USUAL_PIECES, ExportPieces
from core.dataset.export.queries import FetchUnit, count
from core.dataset.export.selection import EXAMPLES, SPAM, TRAINING
from core.dataset.export.worker_thread import aside
from core.dataset.formats import hf_table, kto, oasst, preference, sft
from core.errors import OperatorError
from core.ports.store import Store

Progress = Callable[[int, int], None]
"""A callback with the number of messages examined and the total. It is called from a worker thread."""

Rows = Callable[[Iterator[ExportedMessage], ExportOptions, ExportCounts, FetchUnit], Iterator[Any]]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """An export format: how its rows (or pieces of text) are made.

    `takes` names the options that only some formats have and this one accepts. `usual` are the default bounds for the
    labels of trees. With `careful`, messages that several people call harmful are left out. With `once`, a chat message
    that was given to a labeled tree is exported from the tree only.
    """

    rows: Rows
    takes: frozenset[str]
    usual: Mapping[str, float] = field(default_factory=lambda: SPAM)
    careful: bool = False
    once: bool = True


def plain(rows: Callable[[Iterator[ExportedMessage], ExportOptions, ExportCounts], Iterator[Any]]) -> Rows:
    """Adapt a format that does not read the database."""
    return lambda nodes, options, counts, _: rows(nodes, options, counts)


FLAT = frozenset({"trees", "prompts_only", "synthetic_only"})
WHOLE = frozenset({"trees", "prompts_only", "events"})
PAIRED = frozenset({"trees", "synthetic_only", "meta", "mode"})

FORMATS: Mapping[str, ExportFormat] = {
    "oasst-trees": ExportFormat(plain(oasst.trees), WHOLE),
    "oasst-messages": ExportFormat(plain(oasst.messages), FLAT | {"events"}),
    "oasst-threads": ExportFormat(plain(oasst.threads), WHOLE),
    "hf": ExportFormat(plain(hf_table.rows), FLAT),
    "sft": ExportFormat(sft.rows, FLAT | {"meta", "top"}, EXAMPLES, careful=True),
    "preference": ExportFormat(preference.rows, PAIRED, TRAINING, careful=True, once=False),
    "reward": ExportFormat(preference.rewards, PAIRED, TRAINING, careful=True, once=False),
    "kto": ExportFormat(kto.rows, frozenset({"meta", "synthetic_only"}), once=False),
}


async def export(
    store: Store,
    format: str,
    path: Path,
    options: ExportOptions,
    progress: Progress | None = None,
    pieces: ExportPieces = USUAL_PIECES,
) -> ExportCounts:
    """Write the file in one of FORMATS, and return the counts of what was written and left out.

    The same data makes the same bytes. The export uses many short reads, so a running bot can work in between; a
    cancelled export leaves no file. Raises OperatorError if the format, an option or the name is wrong or the file
    cannot be written, and StoreError if the database cannot be read.
    """
    check(format, path, options)
    return await aside(store.read, lambda fetch: _write(fetch, format, path, options, progress, pieces))


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
    }
    for name, (option, given) in wanted.items():
        if given and name not in FORMATS[format].takes:
            fitting = ", ".join(other for other, kind in FORMATS.items() if name in kind.takes)
            raise OperatorError(f"{option}not for --format {format}; it is for {fitting}")


def _write(
    fetch: FetchUnit, format: str, path: Path, options: ExportOptions, progress: Progress | None, pieces: ExportPieces
) -> ExportCounts:
    counts = ExportCounts()
    rows = _rows(fetch, FORMATS[format], options, counts, progress, pieces)
    if path.name.endswith(TABLE):
        table(path, hf_table.schema, rows, pieces.rows)
        return counts
    with lines(path) as write:
        for row in rows:
            write(row if isinstance(row, str) else oasst.dumps(row) + "\n")
    return counts


def _rows(
    fetch: FetchUnit,
    format: ExportFormat,
    options: ExportOptions,
    counts: ExportCounts,
    progress: Progress | None,
    pieces: ExportPieces,
) -> Iterator[Any]:
    usual = {name: bound for name, bound in format.usual.items() if name != "spam" or not options.spam}
    options = replace(options, choice=replace(options.choice, usual=usual, careful=format.careful))
    nodes = _nodes(fetch, format, options, counts, progress, pieces)
    admitted = ConsentGate(options.terms, options.switches).admit(nodes, counts)
    if format.once and options.what == "both":
        admitted = pruned(admitted, lambda node: "given" if node.given else "", counts)
    wanted = pruned(admitted, options.choice.refuse, counts)
    if options.watched:
        wanted = counts.reviewed.watch(wanted)
    return format.rows(wanted, options, counts, fetch)


def _nodes(
    fetch: FetchUnit,
    format: ExportFormat,
    options: ExportOptions,
    counts: ExportCounts,
    progress: Progress | None,
    pieces: ExportPieces,
) -> Iterator[ExportedMessage]:
    walks, tables = [], []
    if options.what != "chats" and "trees" in format.takes:
        walks.append(labeled_trees.walk(fetch, options.states, pieces))
        tables.append("tree_message")
        states = fetch(labeled_trees.by_state)
        counts.passed_over.update({state: n for state, n in states.items() if state not in (options.states or states)})
    if options.what != "trees":
        walks.append(chats.walk(fetch, pieces))
        tables.append("message")
    nodes = chain(*walks)
    return _watched(nodes, progress, fetch(count(*tables)), pieces.step) if progress else nodes


def _watched(nodes: Iterator[ExportedMessage], progress: Progress, total: int, step: int) -> Iterator[ExportedMessage]:
    done = 0
    for done, node in enumerate(nodes, 1):
        yield node
        if done % step == 0:
            progress(done, max(done, total))
    progress(done, done)
