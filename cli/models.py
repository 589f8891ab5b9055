"""`parley models`: list, pull, use and remove models."""

import json
import re
import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import click

import config
from cli.interrupt import interruptible
from cli.model_lineage import lineage
from cli.model_table import UsedModels, described, gigabytes, installed_facts, own_row, row, table
from cli.open_database import explained, load
from cli.promoted_models import may_be_chosen, may_be_removed, promoted
from cli.subcommands import SubcommandGroup
from core.errors import ModelFileError, OperatorError
from core.models.embedded import gguf
from core.models.embedded.default import EMBEDDED
from core.models.library import catalogue
from core.models.library import installed as library
from core.models.library.catalogue import CatalogueModel
from core.models.library.installed import BUNDLED, InstalledModel

# httpx and the settings are slow to import, and the help of a command must not wait for them.
if TYPE_CHECKING:
    from config.settings import ParleySettings
    from core.models.library.download import PulledFile
    from core.models.library.hub_file import HubFileId

CATALOGUE = "catalogue.json"
SOURCE = re.compile(r"hf:(?P<repository>\w[\w.-]*/\w[\w.-]*)/(?P<file>\w[\w.-]*\.gguf)(@(?P<revision>\w[\w./-]*))?")


@click.group(cls=SubcommandGroup)
def models() -> None:
    """List, pull, use and remove models."""


models.add_command(lineage)


@models.command("list")
@click.option("--all", "everything", is_flag=True, help="Also show what does not fit into this machine's memory.")
def list_models(everything: bool) -> None:
    """Show the models that fit into this machine's memory."""
    with explained():
        settings, entries = load(), offered()
        memory = catalogue.machine_memory()
        shown = [entry for entry in entries.values() if everything or catalogue.fits(entry, memory)]
        there, (everywhere, somewhere) = library.installed(settings.home), promoted(settings)
        used = UsedModels(in_use(settings) if everywhere in ("", EMBEDDED) else everywhere, somewhere)
    rows = [row(entry, memory, there, used) for entry in shown]
    rows += [own_row(model, used) for name, model in there.items() if name not in entries]
    click.echo(table(("", "name", "size", "memory", "tools", "languages", "licence", "state"), rows))
    hidden = len(entries) - len(shown)
    known = "" if memory is None else f"This machine has {gigabytes(memory << 20)} of memory. "
    click.echo(f"\n{known}{f'{hidden} larger ones: --all. ' if hidden else ''}`parley models pull NAME` gets one.")


@models.command()
@click.argument("name")
@click.option("--repin", is_flag=True, help="Accept the hub's current file, even if an earlier one was different.")
def pull(name: str, repin: bool) -> None:
    """Download a model: its NAME in the list, or hf:owner/repository/file.gguf[@revision].

    An interrupted download continues where it stopped. The file is checked against its SHA-256: the catalogue's, or
    else the one that the hub gave at the first pull.
    """
    from core.models.library.hub_file import HubFileId

    with explained():
        settings, entries = load(), offered()
        entry = entries.get(name) or next((each for each in entries.values() if each.source == name), None)
        if name == BUNDLED or (entry and entry.package):
            click.echo("This model comes with Parley; there is nothing to download.")
            return
        wanted = (
            HubFileId(entry.repository, entry.file, entry.revision, entry.sha256) if entry else parsed(name, entries)
        )
        source = f"hf:{wanted.repository}/{wanted.file}"
        short = entry.name if entry else own_name(wanted, source, library.installed(settings.home))
        sha256 = wanted.sha256 or (None if repin else library.pinned(settings.home, source))
        wanted = HubFileId(wanted.repository, wanted.file, wanted.revision, sha256)
        if entry and not catalogue.fits(entry, catalogue.machine_memory()):
            click.echo(
                f"{entry.name} needs about {gigabytes(entry.memory_mib << 20)}, more than this machine has.",
                err=True,
            )
        try:
            pulled = interruptible(downloaded(settings, wanted, short))
        except ModelFileError as error:
            if not sha256 or (entry and entry.sha256):
                raise
            raise ModelFileError(f"{error} If you trust the new one: parley models pull --repin {name}") from error
        except KeyboardInterrupt:
            click.echo(f"\nStopped. `parley models pull {name}` continues where it stopped.", err=True)
            sys.exit(130)
        keep(settings.home, short, wanted, pulled, entry.licence if entry else "")
    click.echo(f"{short} is here and intact. `parley models use {short}` lets it answer.")


@models.command()
@click.argument("name")
def use(name: str) -> None:
    """Make the installed model NAME answer; `bundled` is the small one that comes with Parley."""
    with explained():
        settings = load()
        may_be_chosen(settings, name)
        library.use(settings.home, None if is_bundled(name) else name)
        click.echo(f"{name} will answer after the next start of Parley.")
        if settings.model.default != "embedded":
            click.echo(f"But the setting model.default = {settings.model.default!r} overrides it.", err=True)


@models.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    """Delete the installed model NAME, or what an interrupted download of it left."""
    with explained():
        settings = load()
        if is_bundled(name):
            raise OperatorError("The bundled model is a part of Parley and cannot be removed.")
        if settings.model.default == name:
            raise OperatorError(f"{name!r} is in use by the setting model.default; change that first.")
        if settings.model.reward == name:
            raise OperatorError(f"{name!r} is in use by the setting model.reward; change that first.")
        # This comes first: while anything is promoted, no other model can be chosen.
        may_be_removed(settings, name)
        library.may_be_removed(settings.home, name)
        if not yes:
            click.confirm(f"Delete {library.folder(settings.home, name)}?", abort=True)
        library.remove(settings.home, name)
    click.echo(f"{name} is removed.")


@models.command()
@click.argument("name", required=False)
def verify(name: str | None) -> None:
    """Check that the installed models, or only NAME, are still as they were pulled."""
    with explained():
        home = load().home
        names = [name] if name else list(library.installed(home))
        failed = [failure for each in names if (failure := checked(home, each))]
    if not names:
        click.echo("No model is installed.")
    if failed:
        raise click.ClickException("; ".join(failed))


@models.command()
@click.argument("name")
def info(name: str) -> None:
    """Show what is known about the model NAME."""
    with explained():
        settings, entries = load(), offered()
        entry, there = entries.get(name), library.installed(settings.home).get(name)
        if is_bundled(name):
            entry = next(each for each in entries.values() if each.package)
        if entry is None and there is None:
            raise unknown(name, entries)
    facts = {
        **(described(entry) if entry else {}),
        **(installed_facts(settings.home, there, in_use(settings)) if there else {}),
    }
    width = max(map(len, facts))
    click.echo("\n".join(f"{key:<{width}}  {value}" for key, value in facts.items()))


def offered() -> Mapping[str, CatalogueModel]:
    """The catalogue of config/."""
    path = Path(config.__file__).with_name(CATALOGUE)
    return catalogue.read(json.loads(path.read_text(encoding="utf-8")))


def is_bundled(name: str) -> bool:
    """Whether a name means the model that comes with Parley."""
    entry = offered().get(name)
    return name in (BUNDLED, "embedded") or bool(entry and entry.package)


def in_use(settings: "ParleySettings") -> str:
    """The name of the model that answers; `bundled` for the one that comes with Parley."""
    if settings.model.default != "embedded":
        return settings.model.default
    return library.current(settings.home) or str(settings.model.embedded.file or BUNDLED)


def parsed(source: str, entries: Mapping[str, CatalogueModel]) -> "HubFileId":
    """Parse `hf:owner/repository/file.gguf@revision`. Raises OperatorError if it is malformed."""
    from core.models.library.hub_file import HubFileId

    found = SOURCE.fullmatch(source)
    if found is None:
        raise unknown(source, entries)
    return HubFileId(found["repository"], found["file"], found["revision"] or "main")


def unknown(name: str, entries: Mapping[str, CatalogueModel]) -> OperatorError:
    """The error for a name that is not in the catalogue."""
    return OperatorError(
        f"There is no model {name!r}. There are: {', '.join(entries)}; or name a file of the hub:"
        " hf:owner/repository/file.gguf"
    )


def own_name(wanted: "HubFileId", source: str, there: Mapping[str, InstalledModel]) -> str:
    """The name of a model outside the catalogue: its file's name, prefixed with the repository's if that is taken.

    An installed source keeps its name, and no source takes another one's.
    """
    for model in there.values():
        if model.source == source:
            return model.name
    name = name_of(wanted.file)
    taken = name in there or name in offered() or is_bundled(name)
    return name_of(f"{wanted.repository}-{wanted.file}") if taken else name


def name_of(file: str) -> str:
    """Turn a file's name into a model's name."""
    return re.sub(r"[^a-z0-9.-]+", "-", file.removesuffix(".gguf").lower()).strip("-.") or "model"


def proxied(endpoint: str) -> bool:
    """Whether we reach the hub through a proxy, which resolves host names itself."""
    url = urlsplit(endpoint)
    return bool({url.scheme, "all"} & getproxies().keys()) and not proxy_bypass(url.hostname or "")


async def downloaded(settings: "ParleySettings", wanted: "HubFileId", name: str) -> "PulledFile":
    """Download a file into the model's folder, and show the progress."""
    import httpx

    from cli.progress import showing
    from core.models.library import download
    from core.models.library.hub_file import HubFile

    endpoint, token = settings.huggingface.endpoint, settings.huggingface.token
    if not proxied(endpoint):
        await download.resolvable(endpoint)
    async with httpx.AsyncClient(timeout=download.TIMEOUT) as client:
        with showing(wanted.file) as progress:
            source = HubFile(client, endpoint.rstrip("/"), wanted, token.get_secret_value() if token else "")
            return await download.pull(source, library.folder(settings.home, name), progress=progress)


def keep(home: Path, name: str, wanted: "HubFileId", pulled: "PulledFile", licence: str) -> None:
    """Record a model that was pulled. Raises ModelFileError if the file is not a model."""
    try:
        header = gguf.check(pulled.path)
    except ModelFileError:
        shutil.rmtree(pulled.path.parent)
        raise
    source = f"hf:{wanted.repository}/{wanted.file}"
    now = datetime.now(UTC).isoformat(timespec="seconds")
    library.keep(
        home, InstalledModel(name, wanted.file, source, pulled.sha256, licence, pulled.size, now, pulled.commit)
    )
    library.pin(home, source, pulled.sha256)
    click.echo(f"SHA-256 {pulled.sha256}; {header.architecture}, {header.context:,} tokens of context.")


def checked(home: Path, name: str) -> str:
    """Verify a model, and return the problem found, if any."""
    try:
        library.verify(home, name)
    except OperatorError as error:
        return str(error)
    click.echo(f"{name}: intact and unchanged.")
    return ""
