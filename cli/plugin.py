"""`parley plugin`: find, install, update and remove plugins for this machine; write new ones, and check them."""

import asyncio
import logging
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

import click
import structlog
from sqlmodel import Session, select

from bots.terminal.receive import COMMUNITY as LOCAL_COMMUNITY
from bots.terminal.receive import PLATFORM as TERMINAL
from cli.wiring.plugins import PluginSystem, plugged
from config import settings as configuration
from config.settings import ParleySettings
from core.errors import OperatorError
from core.messages import Place
from core.outside_text import cleaned
from core.store import choices, identities
from core.store import plugins as stored
from core.store.engine.database import connect
from core.store.engine.migrate import migrate
from core.store.tables import CommunityRow, InstalledPluginRow
from parley import Manifest, ManifestError
from plugins.host.egress.guarded_http import FetchLimits, client
from plugins.host.install.advisories import LARGEST, pins_of
from plugins.host.install.fetch import PluginCandidate
from plugins.host.install.plugin_source import PluginProblem, from_terminal
from plugins.host.install.source_work import traps_of
from plugins.host.install.template import written
from plugins.host.plugin import ConfinedPlugin, HostedPlugin
from plugins.host.plugin_texts import allowance, fields_of, fits, offered_by, where
from plugins.host.roster import offers
from plugins.host.sandbox.crashes import ProcessCrashed
from plugins.host.sources.openapi import OperationCoverage, coverage_of, split_choice, with_choice
from plugins.host.sources.openapi_coverage_texts import coverage_of_plugin, whole_coverage_text
from plugins.host.switches import OFF, ON

T = TypeVar("T")

SLOWEST = 300.0
"""Seconds allowed for fetching a list of advisories: the one for all of PyPI is large."""


@click.group()
def plugin() -> None:
    """Find, install, write and check plugins."""


@asynccontextmanager
async def opened(
    settings: ParleySettings, step: Callable[[str], None] = lambda step: None
) -> AsyncIterator[PluginSystem]:
    """Open the plugin system with this installation's database."""
    await migrate(settings.database.url)
    store = connect(settings.database.url)
    try:
        async with plugged(settings, store, step=step) as everything:
            yield everything
    finally:
        await store.close()


def run(work: Callable[[PluginSystem], Awaitable[T]], step: Callable[[str], None] = lambda step: None) -> T:
    """Run work with the plugin system open."""
    settings = configuration.load()

    async def doing() -> T:
        async with opened(settings, step) as everything:
            return await work(everything)

    # Silence the log: the error itself reports what goes wrong, and once is enough.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        return asyncio.run(doing())
    finally:
        structlog.reset_defaults()


def tell(step: str) -> None:
    """Show what is being done."""
    click.echo(f"  {step}…", err=True)


@plugin.command("list")
def show() -> None:
    """List the plugins that there are."""

    async def work(everything: PluginSystem) -> None:
        rows = {row.name: row for row in await everything.host.store.read(stored.installed)}
        for name, one in sorted(everything.host.plugins.items()):
            row = rows.get(name)
            origin = f"{row.kind}: {row.source}" if row else "comes with Parley, or stands in the settings"
            on = "on at first" if name in everything.host.policy.enabled else "off at first"
            click.echo(f"{name} {one.manifest.version}  ({origin}; {on})\n    {one.manifest.description}")

    run(work)


@plugin.command()
@click.argument("words", nargs=-1)
def search(words: tuple[str, ...]) -> None:
    """Search the catalogue."""

    async def work(everything: PluginSystem) -> None:
        async with everything.installer.http() as http:
            found = await everything.catalogue.search(" ".join(words), http)
        for one in found:
            click.echo(f"{one.name}\n    {one.description}")
        if not found:
            click.echo("Nothing fits.")

    run(work)


@plugin.command()
@click.argument("name")
def info(name: str) -> None:
    """Tell all about a plugin."""

    async def work(everything: PluginSystem) -> None:
        one = everything.host.plugins.get(name)
        if one is None:
            raise PluginProblem(f"there is no plugin {name!r}; `parley plugin list` shows what there is")
        rows = {row.name: row for row in await everything.host.store.read(stored.installed)}
        describe(everything, one, rows.get(name))
        if isinstance(one, ConfinedPlugin):
            try:
                click.echo(f"  confined  {await asyncio.to_thread(one.confinement)}")
            except ProcessCrashed as error:
                click.echo(f"  not run   {error}")

    run(work)


@plugin.command()
@click.argument("source")
@click.option("--yes", is_flag=True, help="Agree to what it asks for.")
@click.option(
    "--only",
    multiple=True,
    metavar="KIND:VALUE",
    help="Of an OpenAPI description these operations alone: tag:NAME, path:/PREFIX, id:OPERATION, search:WORDS. Several"
    " of one kind: any of them; several kinds: all of them.",
)
def install(source: str, yes: bool, only: tuple[str, ...]) -> None:
    """Install a plugin: its name in the catalogue, a file or folder, a package (name==1.2.3), git+https://…, or the
    address of an OpenAPI description or an ai-plugin.json."""

    async def work(everything: PluginSystem) -> None:
        async with everything.installer.http() as http:
            entry = await everything.catalogue.find(source, http)
        try:
            _, choice = split_choice(with_choice("", only))
        except ManifestError as error:
            raise PluginProblem(str(error)) from None
        wanted = (entry.source if entry else await asyncio.to_thread(from_terminal, source)).choosing(choice)
        async with everything.installer.fetched(wanted, entry.digest if entry else "") as candidate:
            await ask(everything, candidate, yes=yes)
            row = await everything.installer.install(candidate)
        one = everything.host.plugins[row.name]
        click.echo(f"{row.name} {row.version} is installed. It offers: {offered_by(one)}")
        for line in missing_secrets(everything, one.manifest):
            click.echo(f"It {line}")
        click.echo(f"Switch it on: `parley plugin enable {row.name}`, or /plugin enable {row.name} in a chat.")

    run(work, tell)


@plugin.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Agree to what it asks for beside what the version before did.")
def update(name: str, yes: bool) -> None:
    """Look for a newer version, try it, and switch to it; the version before stays for `rollback`."""

    async def work(everything: PluginSystem) -> None:
        row = await everything.installer.row(name)
        async with everything.installer.http() as http:
            entry = await everything.catalogue.origin(name, row.source, http)
        source = entry.source if entry else await asyncio.to_thread(from_terminal, row.source)
        async with everything.installer.fetched(source, entry.digest if entry else "") as candidate:
            if candidate.digest == row.digest:
                click.echo(f"{name} {row.version} is the newest version.")
                return
            if candidate.name != name:
                raise PluginProblem(f"what {name} came from is now called {candidate.name}; install that by itself")
            await ask(everything, candidate, yes=yes, update=True)
            new = await everything.installer.install(candidate, row.community_id)
        click.echo(f"{name} now runs in version {new.version} (before: {row.version}).")

    run(work, tell)


@plugin.command()
@click.argument("name")
def rollback(name: str) -> None:
    """Go back to the version before."""

    async def work(everything: PluginSystem) -> None:
        click.echo(f"{name} runs in version {await everything.installer.back(name)} again.")

    run(work)


@plugin.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    """Remove a plugin with all that it has kept."""

    async def work(everything: PluginSystem) -> None:
        await everything.installer.row(name)
        if not yes:
            await asyncio.to_thread(
                click.confirm, f"Remove {name} with all that it has kept, in every community?", abort=True
            )
        await everything.installer.remove(name)
        click.echo(f"{name} is removed.")

    run(work)


@plugin.command()
@click.argument("name")
@click.option("--in", "community", default="", help="One community alone, as discord:ID.", metavar="PLATFORM:ID")
def enable(name: str, community: str) -> None:
    """Switch a plugin on, in every community that there is or in one."""
    turn(name, community, ON)


@plugin.command()
@click.argument("name")
@click.option("--in", "community", default="", help="One community alone, as discord:ID.", metavar="PLATFORM:ID")
def disable(name: str, community: str) -> None:
    """Switch a plugin off, in every community that there is or in one."""
    turn(name, community, OFF)


@plugin.command()
@click.argument("name")
@click.argument("setting")
@click.argument("value", default="")
@click.option("--in", "community", default="", help="One community alone, as discord:ID.", metavar="PLATFORM:ID")
def config(name: str, setting: str, value: str, community: str) -> None:
    """Set a plugin in every community that there is or in one; without a value, take the setting back."""

    async def work(everything: PluginSystem) -> None:
        one = known(everything, name)
        field = fields_of(one).get(setting)
        if field is None:
            raise PluginProblem(f"{name} has no setting {setting!r}; it has {', '.join(fields_of(one)) or 'none'}")
        if value and not fits(field, value):
            raise PluginProblem(f"{setting} is one of {', '.join(field.choices) or field.type}, and not {value!r}")
        count = await everything.host.store.write(
            lambda session: chosen(session, community, f"plugin:{name}:{setting}", value)
        )
        click.echo(f"{name}: {setting} is now {value or 'as at first'} in {communities(count)}")

    run(work)


@plugin.command()
@click.argument("source", default="")
def advisories(source: str) -> None:
    """Compare installed libraries with known advisories; take a new list of them first, from a file or an address."""

    async def work(everything: PluginSystem) -> None:
        known = everything.installer.advisories
        wanted = source or ("" if known.asks else known.address)
        if wanted:
            limits = FetchLimits(("*",), everything.host.policy.exempt, LARGEST, SLOWEST)
            async with client(limits) as http:
                click.echo(f"{await known.refreshed(wanted, http)} advisories are now in the list.")
        rows = await everything.host.store.read(stored.installed)
        found = [f"{row.name} brings {hit}" for row in rows for hit in await known.hits(pins_of(row.pinned))]
        if found:
            raise PluginProblem("; ".join(found))
        click.echo("There is no known advisory about what is installed.")

    run(work)


@plugin.command()
@click.argument("name")
@click.option("--package", is_flag=True, help="A package with a pyproject.toml, for a plugin of several files.")
def new(name: str, package: bool) -> None:
    """Write a plugin that works, with a test."""
    for file in written(name, Path.cwd(), package=package):
        click.echo(f"  {file}")
    what = name if package else f"{name}.py"
    click.echo(f"Test it:     {TESTED}")
    click.echo(f"Check it:    parley plugin check {what}")
    click.echo(f"Install it:  parley plugin install {what}")


@plugin.command()
@click.argument("source")
def check(source: str) -> None:
    """Start a plugin as Parley would, and compare what it does with what its manifest says."""

    async def work(everything: PluginSystem) -> None:
        path = await asyncio.to_thread(from_terminal, source)
        async with everything.installer.fetched(path) as candidate:
            told = await everything.installer.trial.tried(candidate)
            if traps := await traps_of(candidate, everything.installer.running):
                raise PluginProblem("; ".join(traps))
            click.echo(f"{candidate.name} {candidate.manifest.version}: {candidate.manifest.description}")
            tell_coverage(everything, coverage_of(candidate.document))
            for line in asked(everything, candidate.manifest.permissions):
                click.echo(f"  asks for  {line}")
            for shape in told.get("tools", ()):
                ours = shape["_meta"]["parley"]
                names = [f"/{ours['command']}" if ours["command"] else "", ours["tool"] and f"tool {ours['tool']}"]
                click.echo(f"  offers    {', '.join(filter(None, names))}: {cleaned(shape['description'])}")
            for hook in told.get("hooks", ()):
                click.echo(f"  has a say {hook}")
            click.echo("It is what its manifest says.")

    run(work, tell)


async def ask(everything: PluginSystem, candidate: PluginCandidate, *, yes: bool, update: bool = False) -> None:
    """Show what a candidate asks for, and ask for consent. Raises OperatorError if it is refused."""
    more = await everything.installer.asks_for(candidate)
    manifest = candidate.manifest
    before = await everything.installer.installed(candidate.name)
    click.echo(f"{manifest.name} {manifest.version}: {manifest.description}")
    click.echo(f"  from {where(candidate)} ({candidate.digest[:12]})")
    tell_coverage(everything, coverage_of(candidate.document))
    if before and not update:
        click.echo(f"It replaces {before.name} {before.version} from {before.source}.")
    click.echo("It asks for more than the version before:" if update and more else "It asks for:")
    for line in asked(everything, more if update else manifest.permissions) or ["no permissions"]:
        click.echo(f"  - {line}")
    if yes or not more:
        return
    if not await asyncio.to_thread(click.confirm, "Install it?"):
        raise OperatorError("nothing was installed")


TESTED = "pytest, in an environment with pytest and parley-sdk (the folder sdk/ of Parley)"


def asked(everything: PluginSystem, permissions: Collection[str]) -> list[str]:
    """Describe permissions for the machine's owner, in English like the rest of this command."""
    return [allowance(partial(everything.texts, "en"), one) for one in sorted(permissions)]


def missing_secrets(everything: PluginSystem, manifest: Manifest) -> list[str]:
    """The secrets that a plugin needs and the settings lack, each with the environment variable that sets it."""
    known = everything.host.policy.secrets.get(manifest.name, {})
    variable = f"PARLEY_PLUGINS__SECRETS__{manifest.name.replace('-', '_').upper()}"
    return [
        f"needs the secret {name}: set {variable}__{name.upper()}" for name in manifest.secrets if name not in known
    ]


def describe(everything: PluginSystem, one: HostedPlugin, row: InstalledPluginRow | None) -> None:
    """Print all details of a plugin."""
    manifest: Manifest = one.manifest
    click.echo(f"{manifest.name} {manifest.version}: {manifest.description}")
    if row:
        before = f", before it {row.previous['version']}" if row.previous else ""
        click.echo(f"from {row.source} ({row.kind}, {row.digest[:12]}{before})")
    for tool in offers(one):
        names = ", ".join(filter(None, [f"/{tool.command}" if tool.command else "", tool.tool]))
        click.echo(f"  offers    {names}: {tool.description}")
    tell_coverage(everything, coverage_of_plugin(one))
    for line in asked(everything, manifest.permissions):
        click.echo(f"  may       {line}")
    for line in missing_secrets(everything, manifest):
        click.echo(f"  {line}")
    for name, field in manifest.config.items():
        click.echo(f"  setting   {name} = {field.default!r}: {field.description or field.type}")


def tell_coverage(everything: PluginSystem, coverage: OperationCoverage | None) -> None:
    """Print which part of a service's description can be used, and everything that is left out."""
    if coverage:
        click.echo(textwrap.indent(whole_coverage_text(partial(everything.texts, "en"), coverage), "  "))


def known(everything: PluginSystem, name: str) -> HostedPlugin:
    """Find a plugin by its name. Raises PluginProblem if there is no such plugin."""
    if name not in everything.host.plugins:
        raise PluginProblem(f"there is no plugin {name!r}; there are {', '.join(sorted(everything.host.plugins))}")
    return everything.host.plugins[name]


def turn(name: str, community: str, to: str) -> None:
    """Switch a plugin on or off."""

    async def work(everything: PluginSystem) -> None:
        known(everything, name)
        count = await everything.host.store.write(lambda session: chosen(session, community, f"plugin:{name}", to))
        click.echo(f"{name} is {to} in {communities(count)}")

    run(work)


LOCAL = (Place("web", LOCAL_COMMUNITY, ""), Place(TERMINAL, LOCAL_COMMUNITY, ""))


def communities(count: int) -> str:
    """A number of communities, in words."""
    return "1 community" if count == 1 else f"{count} communities"


def chosen(session: Session, community: str, key: str, value: str) -> int:
    """Change a setting in one community or in all. Returns in how many. Raises PluginProblem if it is unknown."""
    # This machine's own chats count even before anybody has spoken in them.
    for place in LOCAL:
        identities.community(session, place)
    rows = session.exec(select(CommunityRow)).all()
    if community:
        rows = [row for row in rows if f"{row.platform}:{row.platform_id}" == community]
        if not rows:
            known = ", ".join(f"{row.platform}:{row.platform_id}" for row in session.exec(select(CommunityRow)).all())
            raise PluginProblem(f"nobody has spoken to Parley in {community} yet; there are {known}")
    for row in rows:
        choices.choose(session, row.id, "community", row.id, key, value)
    return len(rows)
