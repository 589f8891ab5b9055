"""Lists the plugins of this machine, the catalogue, and advisories about installed libraries."""

import asyncio
from collections.abc import Mapping

import click

from cli.plugin_system import asked, missing_secrets, run, tell_coverage, without_secrets
from cli.wiring.plugins import PluginSystem
from core.store import plugins as stored
from core.store.plugin_tables import InstalledPluginRow
from parley import Manifest
from plugins.host.egress.guarded_http import FetchLimits, client
from plugins.host.install.advisories import LARGEST, pins_of
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.plugin import ConfinedPlugin, HostedPlugin
from plugins.host.registry import offers
from plugins.host.sandbox.crashes import ProcessCrashed
from plugins.host.sources.openapi_coverage_texts import coverage_of_plugin

SLOWEST = 300.0
"""Seconds allowed for fetching a list of advisories: the one for all of PyPI is large."""


def show() -> None:
    """List the plugins."""

    async def work(everything: PluginSystem) -> None:
        shown = without_secrets(everything)
        rows = {row.name: row for row in await everything.host.store.read(stored.installed)}
        switched = await everything.host.store.read(stored.switched)
        for name, one in sorted(everything.host.plugins.items()):
            row = rows.get(name)
            origin = f"{row.kind}: {shown(row.source)}" if row else "built in, or from the settings"
            usual = name in everything.host.policy.enabled
            on = "on by default" if usual else "off by default"
            click.echo(f"{name} {one.manifest.version}  ({origin}; {on})\n    {one.manifest.description}")
            if name in everything.host.policy.forbidden:
                click.echo("    never offered: plugins.never")
            elif line := differing(switched.get(name, {}), usual=usual):
                click.echo(f"    {line}")

    run(work)


def differing(communities: Mapping[str, bool], *, usual: bool) -> str:
    """Where a plugin is on or off although it usually is not; empty if nowhere."""
    differ = sorted(name for name, on in communities.items() if on is not usual)
    return f"{'off' if usual else 'on'} in {', '.join(differ)}" if differ else ""


def search(words: tuple[str, ...]) -> None:
    """Search the catalogue."""

    async def work(everything: PluginSystem) -> None:
        async with everything.installer.http() as http:
            found = await everything.catalogue.search(" ".join(words), http)
        for one in found:
            click.echo(f"{one.name}\n    {one.description}")
        if not found:
            click.echo("No plugin matches.")

    run(work)


def tell(name: str) -> None:
    """Show everything about a plugin."""

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
                click.echo(f"  not run   {without_secrets(everything)(str(error))}")

    run(work)


def compare(source: str) -> None:
    """Compare installed libraries with known advisories; first fetch a new list, if a file or an address is named."""

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


def describe(everything: PluginSystem, one: HostedPlugin, row: InstalledPluginRow | None) -> None:
    """Print all details of a plugin."""
    shown = without_secrets(everything)
    manifest: Manifest = one.manifest
    click.echo(f"{manifest.name} {manifest.version}: {manifest.description}")
    if row:
        before = f", before it {row.previous['version']}" if row.previous else ""
        click.echo(f"from {shown(row.source)} ({row.kind}, {row.digest[:12]}{before})")
    for tool in offers(one):
        names = ", ".join(filter(None, [f"/{tool.command}" if tool.command else "", tool.tool]))
        click.echo(f"  offers    {names}: {shown(tool.description)}")
    tell_coverage(everything, coverage_of_plugin(one))
    for line in asked(everything, manifest.permissions):
        click.echo(f"  may       {line}")
    for line in missing_secrets(everything, manifest):
        click.echo(f"  {line}")
    for name, field in manifest.config.items():
        click.echo(f"  setting   {name} = {field.default!r}: {field.description or field.type}")
