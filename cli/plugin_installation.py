"""Installs, updates, rolls back and removes plugins, and asks for consent to their permissions."""

import asyncio

import click

from cli.plugin_secrets import ask_for
from cli.plugin_system import asked, missing_secrets, run, tell, tell_coverage
from cli.wiring.plugins import PluginSystem
from core.errors import OperatorError
from parley import ManifestError
from plugins.host.install.fetch import PluginCandidate
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.install.plugin_source import from_terminal
from plugins.host.plugin_texts import offered_by, where
from plugins.host.sources.openapi.choice import split_choice, with_choice
from plugins.host.sources.openapi.coverage import coverage_of


def install(source: str, yes: bool, only: tuple[str, ...]) -> None:
    """Install a plugin from a source: a name in the catalogue, a file or folder, a package (name==1.2.3), git+https://…,
    or the address of an OpenAPI description or an ai-plugin.json."""

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
        if not yes:
            await ask_for(everything, one.manifest)
        for line in missing_secrets(everything, one.manifest):
            click.echo(f"It {line}")
        click.echo(f"Switch it on: `parley plugin enable {row.name}`, or /plugin enable {row.name} in a chat.")

    run(work, tell)


def update(name: str, yes: bool) -> None:
    """Look for a newer version, try it, and switch to it; the earlier version stays for `rollback`."""

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
                raise PluginProblem(f"what {name} came from now holds {candidate.name}; install that one separately")
            await ask(everything, candidate, yes=yes, update=True)
            new = await everything.installer.install(candidate, row.community_id)
        click.echo(f"{name} now runs in version {new.version} (before: {row.version}).")

    run(work, tell)


def rollback(name: str) -> None:
    """Go back to the earlier version."""

    async def work(everything: PluginSystem) -> None:
        click.echo(f"{name} runs in version {await everything.installer.back(name)} again.")

    run(work)


def remove(name: str, yes: bool) -> None:
    """Remove a plugin and everything that it has stored."""

    async def work(everything: PluginSystem) -> None:
        await everything.installer.row(name)
        if not yes:
            await asyncio.to_thread(
                click.confirm, f"Remove {name} and everything that it has stored, in every community?", abort=True
            )
        await everything.installer.remove(name)
        click.echo(f"{name} is removed.")

    run(work)


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
