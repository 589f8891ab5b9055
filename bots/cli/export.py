"""`parley export`: what people gave, as a file that trainers read."""

import asyncio
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bots.cli.stored import Settings, explained, load
from core.errors import StoreError

# The store takes a quarter of a second to import, and `parley --help` shall not wait for it.
if TYPE_CHECKING:
    from core.export.consent import Counts, Switches
    from core.export.export import Options, Progress

NAMES = ("oasst-trees", "oasst-messages", "kto")


@click.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", type=click.Choice(NAMES), default=NAMES[0], show_default=True)
@click.option("--anonymizer-seed", metavar="SECRET", help="Replace every id by a hash that only the seed can repeat.")
@click.option("--meta", is_flag=True, help="Say in each row where it is from (kto).")
def export(path: Path, format: str, anonymizer_seed: str | None, meta: bool) -> None:
    """Write what people gave to PATH (.jsonl or .jsonl.gz).

    Nothing of a person who has not agreed to the current terms is in it, nor what the switches of [export] keep back.
    """
    from core.export.export import Options

    with explained():
        settings = load()
        options = Options(terms=settings.terms.version, switches=switches(settings), seed=anonymizer_seed, meta=meta)
        with progress() as told:
            counts = asyncio.run(_export(settings.database.url, format, path, options, told))
    click.echo("\n".join(summary(path, format, counts)))


def switches(settings: Settings) -> "Switches":
    """Our switches, with those of the settings over them."""
    from core.export.consent import PLATFORMS, SOURCES, Switches

    chosen = settings.export
    return Switches({**SOURCES, **chosen.sources}, {**PLATFORMS, **chosen.platforms}, chosen.pairs)


def summary(path: Path, format: str, counts: "Counts") -> Iterator[str]:
    """What was written, and what was left out and why."""
    from core.export import kto

    yield f"{path}: {counts.rows} rows from {counts.messages} messages"
    if format == "kto":
        desirable, undesirable = kto.weights(counts)
        yield f"  {counts.good} good, {counts.bad} bad: desirable_weight={desirable} undesirable_weight={undesirable}"
    yield from _reasons("messages", counts.left_out)
    yield from _reasons("ratings", counts.ratings_left_out)


def _reasons(what: str, left_out: Mapping[str, int]) -> Iterator[str]:
    from core.export.consent import REASONS

    if left_out:
        yield f"{what} left out:"
    for reason, number in sorted(left_out.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {number} {REASONS[reason]}"


async def _export(url: str, format: str, path: Path, options: "Options", told: "Progress | None") -> "Counts":
    from core.export.export import export as write
    from core.store.database import connect
    from core.store.migrate import migrate, schema

    if await schema(url) is None:
        raise StoreError("there is nothing to export yet; start Parley first, or check database.url")
    await migrate(url)
    store = connect(url)
    try:
        return await write(store, format, path, options, told)
    finally:
        await store.close()


@contextmanager
def progress() -> "Iterator[Progress | None]":
    """A bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("messages", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
