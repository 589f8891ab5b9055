"""`parley models`: list, pull, use and remove models."""

import asyncio
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from urllib.request import getproxies

import click

import config
from bots.cli.stored import explained
from config import settings as configuration
from config.settings import Settings
from core.errors import ModelFileError, OperatorError
from core.models import catalogue, gguf, library
from core.models.catalogue import Entry
from core.models.library import Installed

# httpx takes a while to import, and only a pull needs it.
if TYPE_CHECKING:
    from core.models.hub import Progress, Pulled, Wanted

BUNDLED = "bundled"
CATALOGUE = "catalogue.json"
SOURCE = re.compile(r"hf:(?P<repository>\w[\w.-]*/\w[\w.-]*)/(?P<file>\w[\w.-]*\.gguf)(@(?P<revision>\w[\w./-]*))?")
STEP = 0.1
"""Of a download, after which plain output has a new line."""


@click.group()
def models() -> None:
    """List, pull, use and remove models."""


@models.command("list")
@click.option("--all", "everything", is_flag=True, help="Show also what does not fit into this machine's memory.")
def list_models(everything: bool) -> None:
    """Show the models that fit into this machine's memory."""
    with explained():
        settings, entries = configuration.load(), offered()
        memory = catalogue.machine_memory()
        shown = [entry for entry in entries.values() if everything or catalogue.fits(entry, memory)]
        there, used = library.installed(settings.home), in_use(settings)
    rows = [row(entry, memory, there, used) for entry in shown]
    rows += [own_row(model, used) for name, model in there.items() if name not in entries]
    click.echo(table(("", "name", "size", "memory", "tools", "languages", "licence", "state"), rows))
    hidden = len(entries) - len(shown)
    known = "" if memory is None else f"This machine has {gigabytes(memory << 20)} of memory. "
    click.echo(f"\n{known}{f'{hidden} larger ones: --all. ' if hidden else ''}`parley models pull NAME` gets one.")


@models.command()
@click.argument("name")
@click.option("--repin", is_flag=True, help="Take the file that the hub has now, though it had another one before.")
def pull(name: str, repin: bool) -> None:
    """Download a model: its NAME in the list, or hf:owner/repository/file.gguf[@revision].

    What was stopped goes on where it stopped. The file is compared with its SHA-256: the catalogue's, else the hub's
    own at the first pull, to which it is held from then on.
    """
    from core.models.hub import Wanted

    with explained():
        settings, entries = configuration.load(), offered()
        entry = entries.get(name)
        if name == BUNDLED or (entry and entry.package):
            click.echo("This model comes with Parley; there is nothing to download.")
            return
        wanted = Wanted(entry.repository, entry.file, entry.revision, entry.sha256) if entry else parsed(name, entries)
        short = entry.name if entry else name_of(wanted.file)
        source = f"hf:{wanted.repository}/{wanted.file}"
        sha256 = wanted.sha256 or (None if repin else library.pinned(settings.home, source))
        wanted = Wanted(wanted.repository, wanted.file, wanted.revision, sha256)
        if entry and not catalogue.fits(entry, catalogue.machine_memory()):
            click.echo(
                f"{entry.name} wants about {gigabytes(entry.memory_mib << 20)} of memory: too much here.", err=True
            )
        try:
            pulled = asyncio.run(download(settings, wanted, short))
        except KeyboardInterrupt:
            click.echo(f"\nStopped. `parley models pull {name}` goes on where it stopped.", err=True)
            sys.exit(130)
        keep(settings.home, short, wanted, pulled, entry.licence if entry else "")
    click.echo(f"{short} is here and whole. `parley models use {short}` makes it answer.")


@models.command()
@click.argument("name")
def use(name: str) -> None:
    """Let the installed model NAME answer; `bundled` is the small one that comes with Parley."""
    with explained():
        settings = configuration.load()
        library.use(settings.home, None if is_bundled(name) else name)
        click.echo(f"{name} answers from the next start of Parley on.")
        if settings.model.default != "embedded":
            click.echo(f"But the setting model.default = {settings.model.default!r} wins over it.", err=True)


@models.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    """Delete the installed model NAME, or what has come of a download that was stopped."""
    with explained():
        settings = configuration.load()
        if is_bundled(name):
            raise OperatorError("The bundled model is a part of Parley and cannot be removed.")
        if settings.model.default == name:
            raise OperatorError(f"{name!r} is in use by the setting model.default; change that first.")
        if not yes:
            click.confirm(f"Delete {library.folder(settings.home, name)}?", abort=True)
        library.remove(settings.home, name)
    click.echo(f"{name} is removed.")


@models.command()
@click.argument("name", required=False)
def verify(name: str | None) -> None:
    """Compare the installed models, or the one NAME, with what was pulled."""
    with explained():
        home = configuration.load().home
        names = [name] if name else list(library.installed(home))
        failed = [failure for each in names if (failure := checked(home, each))]
    if not names:
        click.echo("No model is installed.")
    if failed:
        raise click.ClickException("; ".join(failed))


@models.command()
@click.argument("name")
def info(name: str) -> None:
    """Tell what is known about the model NAME."""
    with explained():
        settings, entries = configuration.load(), offered()
        entry, there = entries.get(name), library.installed(settings.home).get(name)
        if is_bundled(name):
            entry = next(each for each in entries.values() if each.package)
        if entry is None and there is None:
            raise unknown(name, entries)
    facts = {**(described(entry) if entry else {}), **(installed_facts(settings, there) if there else {})}
    width = max(map(len, facts))
    click.echo("\n".join(f"{key:<{width}}  {value}" for key, value in facts.items()))


def offered() -> Mapping[str, Entry]:
    """The catalogue of config/."""
    path = Path(config.__file__).with_name(CATALOGUE)
    return catalogue.read(json.loads(path.read_text(encoding="utf-8")))


def is_bundled(name: str) -> bool:
    """Whether a name means the model that comes with Parley."""
    entry = offered().get(name)
    return name in (BUNDLED, "embedded") or bool(entry and entry.package)


def in_use(settings: Settings) -> str:
    """The name of the model that answers; `bundled` for the one that comes with Parley."""
    if settings.model.default != "embedded":
        return settings.model.default
    return library.current(settings.home) or BUNDLED


def parsed(source: str, entries: Mapping[str, Entry]) -> "Wanted":
    """What `hf:owner/repository/file.gguf@revision` means. Raises OperatorError."""
    from core.models.hub import Wanted

    found = SOURCE.fullmatch(source)
    if found is None:
        raise unknown(source, entries)
    return Wanted(found["repository"], found["file"], found["revision"] or "main")


def unknown(name: str, entries: Mapping[str, Entry]) -> OperatorError:
    """The error for a name that is not in the catalogue."""
    return OperatorError(
        f"There is no model {name!r}. There are: {', '.join(entries)}; or name a file of the hub:"
        " hf:owner/repository/file.gguf"
    )


def name_of(file: str) -> str:
    """The name of a model that is not in the catalogue, from its file's."""
    return re.sub(r"[^a-z0-9.-]+", "-", file.removesuffix(".gguf").lower()).strip("-.") or "model"


async def download(settings: Settings, wanted: "Wanted", name: str) -> "Pulled":
    """Pull a file into the model's folder, and show how far it is."""
    import httpx

    from core.models import hub

    endpoint, token = settings.huggingface.endpoint, settings.huggingface.token
    if not getproxies():
        await hub.resolvable(endpoint)
    async with httpx.AsyncClient(timeout=hub.TIMEOUT) as client:
        with showing(wanted.file) as progress:
            return await hub.pull(
                client,
                endpoint,
                wanted,
                library.folder(settings.home, name),
                token=token.get_secret_value() if token else "",
                progress=progress,
            )


def keep(home: Path, name: str, wanted: "Wanted", pulled: "Pulled", licence: str) -> None:
    """Note a model that was pulled. Raises ModelFileError where the file is no model."""
    try:
        header = gguf.check(pulled.path)
    except ModelFileError:
        shutil.rmtree(pulled.path.parent)
        raise
    source = f"hf:{wanted.repository}/{wanted.file}"
    now = datetime.now(UTC).isoformat(timespec="seconds")
    library.keep(home, Installed(name, wanted.file, source, pulled.sha256, licence, pulled.size, now, pulled.commit))
    library.pin(home, source, pulled.sha256)
    click.echo(f"SHA-256 {pulled.sha256}; {header.architecture}, {header.context:,} tokens of context.")


@contextmanager
def showing(file: str) -> "Iterator[Callable[[Progress], None]]":
    """A progress bar on a terminal, else a line every tenth of the way."""
    if not sys.stderr.isatty():
        yield Lines(file)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("checking", total=None)
        resumed = -1

        def show(progress: "Progress") -> None:
            nonlocal resumed
            if progress.stage == "fetching" and progress.resumed != resumed:
                # What was there before is no part of the speed.
                resumed = progress.resumed
                bar.reset(task, completed=resumed, total=progress.total, description="fetching")
            bar.update(task, completed=progress.done, total=progress.total)

        yield show


class Lines:
    """Progress as plain lines."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._next = 0.0
        self._began = monotonic()

    def __call__(self, progress: "Progress") -> None:
        if progress.stage == "checking":
            return
        part = progress.done / progress.total
        if part < self._next:
            return
        self._next = part - part % STEP + STEP
        speed = (progress.done - progress.resumed) / max(monotonic() - self._began, 0.001)
        total = gigabytes(progress.total)
        click.echo(f"{self._file}: {part:.0%} of {total}, {speed / 1e6:.1f} MB/s", err=True)


def checked(home: Path, name: str) -> str:
    """Verify a model, and return what is wrong with it."""
    try:
        library.verify(home, name)
    except OperatorError as error:
        return str(error)
    click.echo(f"{name}: whole and unchanged.")
    return ""


def row(entry: Entry, memory: int | None, there: Mapping[str, Installed], used: str) -> tuple[str, ...]:
    """A line of the list for a model of the catalogue."""
    bundled = bool(entry.package)
    state = "bundled" if bundled else "installed" if entry.name in there else ""
    state = state if catalogue.fits(entry, memory) else f"{state} too large".strip()
    answers = used == (BUNDLED if bundled else entry.name)
    return (
        "*" if answers else "",
        entry.name,
        ("~" if entry.size_is_approximate else "") + gigabytes(entry.size),
        gigabytes(entry.memory_mib << 20),
        "yes" if entry.tools else "no",
        few(entry.languages),
        entry.licence.removeprefix("LicenseRef-"),
        f"{state}, in use" if answers else state,
    )


def own_row(model: Installed, used: str) -> tuple[str, ...]:
    """A line of the list for a model that the operator chose from the hub."""
    answers = used == model.name
    state = "installed, in use" if answers else "installed"
    return ("*" if answers else "", model.name, gigabytes(model.size), "?", "?", "?", model.licence or "?", state)


def described(entry: Entry) -> dict[str, str]:
    """What the catalogue knows."""
    return {
        "name": entry.name,
        "note": entry.note,
        "source": f"{entry.source}@{entry.revision}",
        "size": ("about " if entry.size_is_approximate else "") + gigabytes(entry.size),
        "SHA-256": entry.sha256 or "the hub's own at the first pull",
        "parameters": f"{entry.parameters}, {entry.quantisation}",
        "memory": f"about {gigabytes(entry.memory_mib << 20)}",
        "context": f"{entry.context:,} tokens",
        "languages": ", ".join(entry.languages),
        "tools": "yes" if entry.tools else "no",
        "licence": entry.licence,
    }


def installed_facts(settings: Settings, model: Installed) -> dict[str, str]:
    """What is known about the file that is here; it wins over the catalogue."""
    return {
        "name": model.name,
        "source": f"{model.source}@{model.commit}" if model.commit else model.source,
        "size": gigabytes(model.size),
        "SHA-256": model.sha256,
        "pulled": model.pulled,
        "file": str(library.folder(settings.home, model.name) / model.file),
        "in use": "yes" if in_use(settings) == model.name else "no",
    }


def few(languages: Sequence[str], most: int = 4) -> str:
    """The first languages, and how many more."""
    more = len(languages) - most
    return " ".join(languages[:most]) + (f" +{more}" if more > 0 else "")


def gigabytes(size: int) -> str:
    """A size in bytes for people."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Aligned columns."""
    widths = [max(len(line[column]) for line in (head, *rows)) for column in range(len(head))]
    lines = ("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)) for line in (head, *rows))
    return "\n".join(line.rstrip() for line in lines)
