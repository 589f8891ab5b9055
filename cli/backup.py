"""`parley backup` and `parley restore`."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.open_database import explained, load

# The store takes a quarter of a second to import, and `parley --help` must not wait for it.
if TYPE_CHECKING:
    from core.store.engine.archive import BackupManifest


@click.command()
@click.argument("path", required=False, type=click.Path(dir_okay=False, path_type=Path))
def backup(path: Path | None) -> None:
    """Copy the database to PATH (.tar.gz or .zip), even while Parley is running.

    Without PATH, the archive goes into the folder `backups` of PARLEY_HOME and is named after the time. It holds
    everything that people said, so keep it as safe as the database, and no longer than your terms promise.
    """
    from cli.wiring.secret_key import VARIABLE, key_file
    from core.store.engine.backup import backup as make
    from core.store.engine.migrate import make_folders

    with explained():
        settings = load()
        target = path or settings.home / "backups" / f"parley-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar.gz"
        if path is None:
            make_folders(target)
        with _waiting("copying the database"):
            manifest = asyncio.run(make(settings.database.url, target))
        click.echo(f"{target}: {_said(manifest)}")
        where = key_file(settings) or VARIABLE
        click.echo(f"It does not contain the key of its secrets: keep a copy of {where} in another place.")


@click.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the database that is there.")
def restore(path: Path, force: bool) -> None:
    """Replace the database with the backup at PATH. Stop Parley first.

    People who were erased after the backup was made come back with it: erase them again.
    """
    from core.store.engine.backup import restore as put_back

    with explained():
        settings = load()
        with _waiting("putting the database back"):
            manifest = asyncio.run(put_back(path, settings.database.url, force=force))
        click.echo(f"restored {path}: {_said(manifest)}")


def _said(manifest: "BackupManifest") -> str:
    return (
        f"schema {manifest.schema} of Parley {manifest.version}, made at {manifest.made_at[:16].replace('T', ' ')} UTC"
    )


@contextmanager
def _waiting(text: str) -> Iterator[None]:
    """Show on a terminal what is taking so long."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield
