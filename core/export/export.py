"""Writes what people gave into a file that trainers read."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from core.errors import OperatorError
from core.export import kto, oasst
from core.export.consent import Counts, Gate, Switches
from core.export.files import lines
from core.export.trees import Fetch, Node, count, walk
from core.ports import Store

T = TypeVar("T")

Progress = Callable[[int, int], None]
"""Told how many messages were looked at, of how many; from a thread of its own."""

STEP = 500
"""Messages between two reports of progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`terms` is the version that is in force, `seed` hides the ids, `meta` adds where each row is from (KTO)."""

    terms: str
    switches: Switches = field(default_factory=Switches)
    seed: str | None = None
    meta: bool = False


Rows = Callable[[Iterator[Node], Fetch, Options, Counts], Iterator[str]]
FORMATS: Mapping[str, Rows] = {
    "oasst-messages": lambda nodes, _, options, counts: oasst.messages(nodes, oasst.Ids(options.seed), counts),
    "oasst-trees": lambda nodes, _, options, counts: oasst.trees(nodes, oasst.Ids(options.seed), counts),
    "kto": lambda nodes, fetch, options, counts: kto.rows(
        nodes, fetch, oasst.Ids(options.seed), counts, options.terms if options.meta else None
    ),
}


class Stopped(Exception):
    """Whoever wanted the export does not want it any more."""


async def export(store: Store, format: str, path: Path, options: Options, progress: Progress | None = None) -> Counts:
    """Write the file in one of FORMATS, and say what was left out.

    The same data makes the same bytes. Many short reads take turns with the work of a running bot, and a cancelled
    export leaves no file. Raises OperatorError where the format or the name is wrong or the file cannot be written, and
    StoreError where the database cannot be read.
    """
    if format not in FORMATS:
        raise OperatorError(f"there is no format {format!r}; choose one of {', '.join(FORMATS)}")
    loop = asyncio.get_running_loop()
    stopping = threading.Event()

    def fetch(unit: Callable[[Session], T]) -> T:
        if stopping.is_set():
            raise Stopped
        return asyncio.run_coroutine_threadsafe(store.read(unit), loop).result()

    # Making JSON of a large community takes a while; the loop has other things to do.
    writing = asyncio.ensure_future(asyncio.to_thread(_write, fetch, format, path, options, progress))
    try:
        return await asyncio.shield(writing)
    except asyncio.CancelledError:
        stopping.set()
        with suppress(Stopped):
            await writing
        raise


def _write(fetch: Fetch, format: str, path: Path, options: Options, progress: Progress | None) -> Counts:
    counts = Counts()
    with lines(path) as write:
        nodes = walk(fetch)
        if progress:
            nodes = _watched(nodes, progress, fetch(count))
        admitted = Gate(options.terms, options.switches).admit(nodes, counts)
        for text in FORMATS[format](admitted, fetch, options, counts):
            write(text)
    return counts


def _watched(nodes: Iterator[Node], progress: Progress, total: int) -> Iterator[Node]:
    done = 0
    for done, node in enumerate(nodes, 1):
        yield node
        if done % STEP == 0:
            progress(done, max(done, total))
    progress(done, done)
