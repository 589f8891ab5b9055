"""`parley models lineage`: which model was trained from which, and when each was promoted and rolled back."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from cli.open_database import explained, load, opened
from core.models.library.installed import BUNDLED

# The store and the settings take long to import, and the help of a command must not wait for them.
if TYPE_CHECKING:
    from config.settings import ParleySettings
    from core.promotion.lineage import LineageModel


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def lineage(as_json: bool) -> None:
    """Show which model was trained from which, and when each was promoted and rolled back, and why."""
    from core.promotion.lineage import told

    with explained():
        found = asyncio.run(_lineage(load()))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2, default=str))
    elif not found:
        click.echo("Nothing was trained or promoted yet. `parley train` makes a model of what people gave.")
    else:
        click.echo("\n".join(told(found)))


async def _lineage(settings: "ParleySettings") -> "Sequence[LineageModel]":
    from core.models.embedded.default import EMBEDDED
    from core.promotion.lineage import lineage as of
    from core.store.engine.migrate import schema
    from core.store.promotions import all_promotions

    file = settings.model.embedded.file
    names = {EMBEDDED: file.stem if file else BUNDLED}
    if await schema(settings.database.url) is None:
        return of(settings.home, (), names)
    async with opened(settings.database.url) as store:
        rows = await store.read(all_promotions)
    return await asyncio.to_thread(of, settings.home, rows, names)
