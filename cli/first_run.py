"""The first run at a terminal: offers the model that fits this machine, and gets it if one key is pressed."""

import asyncio
import os
import select
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.errors import OperatorError
from core.models.library import catalogue
from core.models.library import installed as library
from core.models.library.catalogue import CatalogueModel

# httpx and the settings are slow to import, and are needed only if something is offered.
if TYPE_CHECKING:
    from config.settings import ParleySettings

MARK = "model-offered"
"""The file in PARLEY_HOME that says that a model was offered: nobody is asked twice."""

WAITS = 30.0
"""Seconds for which we wait for the key. A service manager may have given us a terminal at which nobody sits."""

REACHED = 3.0
"""Seconds that the hub gets to answer."""

FEW_CORES, MODEST, LARGE = 4, 2048, 6144
"""A machine with this many cores gets a model of at most MODEST MiB of memory, others one of LARGE: a larger one would
fit, but writes slower than people read."""


def fitting(entries: Mapping[str, CatalogueModel], memory: int | None, cores: int) -> CatalogueModel | None:
    """The largest model that fits into this machine's memory, answers quickly on its cores, and can call tools."""
    most = MODEST if cores <= FEW_CORES else LARGE
    found = [one for one in entries.values() if one.tools and not one.package and one.memory_mib <= most]
    return max((one for one in found if catalogue.fits(one, memory)), key=lambda one: one.memory_mib, default=None)


def offer(settings: "ParleySettings") -> None:
    """Offer a model if the small bundled one would answer and somebody sits at this terminal."""
    if not (sys.stdin and sys.stdout and sys.stdin.isatty() and sys.stdout.isatty()):
        return
    from cli.models import offered

    settled = settings.model.default != "embedded" or settings.model.embedded.file or library.current(settings.home)
    entry = fitting(offered(), catalogue.machine_memory(), os.cpu_count() or 1)
    if entry and not settled:
        propose(settings, entry, pressed)


def propose(settings: "ParleySettings", entry: CatalogueModel, key: Callable[[], str]) -> bool:
    """Offer this model once, and get it if the `key` that is pressed says so. Returns whether it answers now."""
    mark: Path = settings.home / MARK
    if mark.exists():
        return False
    size = f"{entry.size / 1e9:.1f} GB"
    if not asyncio.run(reachable(settings.huggingface.endpoint)):
        click.echo(
            f"{entry.name} ({size}) would fit this machine, but there is no network: `parley models pull {entry.name}`"
            " gets it later."
        )
        return False
    click.echo(
        f"The bundled model is tiny and often wrong. {entry.name} ({size}, {entry.licence}) fits this machine.\n"
        f"Press y to get it now, or any other key to go on without it. ",
        nl=False,
    )
    said = key()
    click.echo(said if said.isprintable() else "")
    mark.touch(mode=0o600)
    if said.casefold() != "y":
        click.echo(f"`parley models pull {entry.name}` gets it later.")
        return False
    return got(settings, entry)


def got(settings: "ParleySettings", entry: CatalogueModel) -> bool:
    """Download a model and let it answer. What goes wrong is told, and the bundled model answers then."""
    from cli.interrupt import interruptible
    from cli.models import downloaded, keep
    from core.models.library.hub_file import HubFileId

    wanted = HubFileId(entry.repository, entry.file, entry.revision, entry.sha256)
    try:
        keep(settings.home, entry.name, wanted, interruptible(downloaded(settings, wanted, entry.name)), entry.licence)
    except (OperatorError, KeyboardInterrupt) as error:
        why = str(error) or "Stopped."
        click.echo(f"{why} `parley models pull {entry.name}` goes on where it stopped.", err=True)
        return False
    library.use(settings.home, entry.name)
    return True


async def reachable(endpoint: str) -> bool:
    """Whether the hub answers at all."""
    import httpx

    from cli.models import proxied
    from core.models.library import download

    try:
        if not proxied(endpoint):
            await download.resolvable(endpoint, REACHED)
        async with httpx.AsyncClient(timeout=REACHED) as http:
            await http.head(endpoint)
    except (OperatorError, httpx.HTTPError):
        return False
    return True


def pressed(seconds: float = WAITS) -> str:
    """The next key that is pressed; none after some seconds."""
    import termios
    import tty

    at = sys.stdin.fileno()
    before = termios.tcgetattr(at)
    try:
        tty.setcbreak(at)
        ready, _, _ = select.select([at], [], [], seconds)
        return os.read(at, 1).decode(errors="replace") if ready else ""
    finally:
        termios.tcsetattr(at, termios.TCSADRAIN, before)
