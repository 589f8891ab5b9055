"""`parley import`: reads Open Assistant's files as labeled trees."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.interrupt import interruptible
from cli.stored import bar, explained, load, opened
from core.errors import OperatorError

# The store takes a quarter of a second to import, and `parley --help` must not wait for it.
if TYPE_CHECKING:
    from core.dataset.importing.importer import ImportReport
    from core.store.engine.database import Database


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as",
    "state",
    type=click.Choice(("file", "backlog")),
    default="file",
    show_default=True,
    help="The state of the trees: as in the file, or waiting to be ranked.",
)
@click.option("--pool", metavar="COMMUNITY", default="", help="Only this community is asked to work on them.")
def import_(files: Sequence[Path], state: str, pool: str) -> None:
    """Read FILES (.jsonl or .jsonl.gz) of message trees, threads or messages, also in the hub's table form.

    Messages that exist already stay as they are, so running the same import again only adds what is missing. Lines that
    cannot be imported are listed with their numbers; the others are imported.
    """
    with explained():
        settings = load()
        try:
            interruptible(_import(settings.database.url, files, state == "backlog", pool))
        except KeyboardInterrupt:
            click.echo("\nStopped. Run the same command again to continue.", err=True)
            sys.exit(130)


async def _import(url: str, files: Sequence[Path], backlog: bool, pool: str) -> None:
    from core.dataset.importing.importer import import_file

    async with opened(url) as store:
        chosen = await community(store, pool) if pool else ""
        for path in files:
            with bar(path.name) as progress:
                report = await import_file(store, path, backlog=backlog, pool=chosen, progress=progress)
            click.echo(f"{path}: {report.trees} trees, {report.messages} messages; {report.already} already there")
            for line in complaints(report):
                click.echo(line, err=True)


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


def complaints(report: "ImportReport") -> Iterator[str]:
    """Yield lines that say what was not imported, and why."""
    for number, fault in report.faults:
        yield f"  line {number}: {fault}"
    if report.bad > len(report.faults):
        yield f"  and {report.bad - len(report.faults)} more lines that were not imported"
    for name, number in sorted(report.unknown.items()):
        yield f"  {name} is not a field of the format, and was left out of {number} lines"
