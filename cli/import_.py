"""`parley import`: reads message trees and conversations as labeled trees."""

import re
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from cli.interrupt import interruptible
from cli.open_database import bar, explained, load, opened
from cli.plural import several
from core.errors import OperatorError

# The store takes a quarter of a second to import, and `parley --help` must not wait for it.
if TYPE_CHECKING:
    from core.dataset.importing.report import ImportReport
    from core.store.engine.database import Database


SHOWN = 20
"""The most refused lines of a file whose reasons are listed, unless all are asked for."""

WORDS = {"beyond": "beyond --limit"}

TAG = re.compile("[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
"""The form of a language tag: en, pt-BR, zh-Hant-TW."""


def language_tag(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """Return a language tag as it was given. Raises click.BadParameter if it has not the form of one."""
    if value and not TAG.fullmatch(value):
        raise click.BadParameter(f"{value!r} is not a language tag such as en, de or pt-BR")
    return value


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--as",
    "state",
    type=click.Choice(("file", "backlog")),
    default="file",
    show_default=True,
    help="The state of the trees: as in the file, or waiting to be ranked.",
)
@click.option("--pool", metavar="COMMUNITY", default="", help="Only this community is asked to work on them.")
@click.option(
    "--lang",
    metavar="TAG",
    default="",
    callback=language_tag,
    help="The language of messages that have none, as a tag such as en or pt-BR; else it is guessed.",
)
@click.option("--origin", metavar="TEXT", default="", help="Where trees are from that do not say it  [default: FILE]")
@click.option("--limit", type=click.IntRange(1), help="Only so many trees or conversations of each file.")
@click.option("--dry-run", is_flag=True, help="Say what would be imported, and store nothing.")
@click.option("--all-reasons", is_flag=True, help=f"List every line that needs a word, not just the first {SHOWN}.")
def import_(files: Sequence[Path], all_reasons: bool, dry_run: bool, **chosen: Any) -> None:
    """Read FILES of message trees, threads or messages, also in the hub's table form, or of conversations.

    A file has JSON lines (.jsonl), an array (.json) or a table (.parquet), and may be compressed (.gz). Conversations
    are in the forms of ShareGPT, Alpaca or chat messages. Messages that exist already stay as they are, so running the
    same import again only adds what is missing. Each line is counted as imported, known, changed or refused, and the
    refused ones are listed with their reasons. The exit code is 1 if a file could not be read, or not to its end.
    """
    most = None if all_reasons else SHOWN
    with explained():
        settings = load()
        try:
            failed = interruptible(_import(settings.database.url, files, chosen, most, dry_run))
        except KeyboardInterrupt:
            click.echo("\nStopped. Run the same command again to continue.", err=True)
            sys.exit(130)
    sys.exit(1 if failed else 0)


async def _import(url: str, files: Sequence[Path], chosen: Mapping[str, Any], most: int | None, trial: bool) -> bool:
    """Import the files, and say what became of each. Returns whether one of them failed."""
    from core.dataset.importing.importer import ImportOptions, import_file
    from core.dataset.importing.records import RecordDefaults
    from core.dataset.importing.report import ImportReport

    together, failed = ImportReport(), False
    async with _target(url, trial) as store:
        pool = await community(store, chosen["pool"]) if chosen["pool"] else ""
        defaults = RecordDefaults(chosen["state"] == "backlog", chosen["lang"])
        options = ImportOptions(defaults, pool, chosen["origin"], chosen["limit"], trial)
        for path in files:
            with bar(path.name) as progress:
                report = await import_file(store, path, options, progress)
            click.echo(f"{path}: {totals(report)}")
            for line in complaints(report, most):
                click.echo(line, err=True)
            together.add(report)
            failed = failed or report.failed
    if len(files) > 1:
        click.echo(f"together: {totals(together)}")
    if trial:
        click.echo("Nothing was stored (--dry-run).")
    return failed


@asynccontextmanager
async def _target(url: str, trial: bool) -> "AsyncIterator[Database]":
    """Open the database. A trial does not create one: if there is none yet, it gets an empty one for itself."""
    from core.store.engine.migrate import schema

    with TemporaryDirectory() as folder:
        if trial and await schema(url) is None:
            url = f"sqlite:///{folder}/trial.sqlite3"
        async with opened(url) as store:
            yield store


async def community(store: "Database", name: str) -> str:
    """The id of a community, given as that id or as PLATFORM:ID. Raises OperatorError if there is none."""
    from sqlmodel import select

    from core.store.tables import CommunityRow

    rows = await store.read(lambda session: list(session.exec(select(CommunityRow).order_by(CommunityRow.id))))
    for row in rows:
        if name in (row.id, f"{row.platform}:{row.platform_id}"):
            return row.id
    known = ", ".join(f"{row.platform}:{row.platform_id}" for row in rows[:20]) or "none yet"
    raise OperatorError(f"there is no community {name!r}; there are: {known}")


def totals(report: "ImportReport") -> str:
    """The outcome of all lines, with their sum, and the number of new records."""
    from core.dataset.importing.report import OUTCOMES

    parts = [
        f"{report.lines[name]} {WORDS.get(name, name)}"
        for name in OUTCOMES
        if report.lines[name] or name not in ("beyond", "blank")
    ]
    new = f"{several(report.trees, 'new tree')}, {several(report.messages, 'new message')}"
    return f"{several(report.lines.total(), report.unit)} = {' + '.join(parts)}; {new}, {report.already} already there"


def complaints(report: "ImportReport", most: int | None = SHOWN) -> Iterator[str]:
    """Yield lines that say what was not imported as it is, and why: of each kind the first `most` ones."""
    for told, rest in ((report.faults, "that were not imported"), (report.remarks, "with such remarks")):
        for number, fault in told[:most]:
            yield f"  {report.unit} {number}: {fault}"
        if most is not None and len(told) > most:
            yield f"  and {several(len(told) - most, f'more {report.unit}')} {rest} (--all-reasons lists them)"
    for name, number in sorted(report.unknown.items()):
        yield f"  {name} is not a field of the format, and was left out of {several(number, report.unit)}"
    if report.guessed:
        yield f"  the language of {several(report.guessed, 'message')} was guessed, and is marked so; --lang gives it"
    if report.unread:
        yield f"Error: {report.unread}" + ("; what comes before was taken" if report.lines else "")
    elif report.failed:
        yield f"Error: nothing of it can be imported; the reason of each {report.unit} is above"
