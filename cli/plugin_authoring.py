"""For authors of plugins: creates a new plugin, and checks one against its manifest."""

import asyncio
from pathlib import Path

import click

from cli.plugin_system import asked, run, tell, tell_coverage
from cli.wiring.plugins import PluginSystem
from core.outside_text import cleaned
from plugins.host.install.plugin_source import PluginProblem, from_terminal
from plugins.host.install.source_work import traps_of
from plugins.host.install.template import written
from plugins.host.sources.openapi import coverage_of

TESTED = "pytest, in an environment with pytest and parley-sdk (the folder sdk/ of Parley)"


def new(name: str, package: bool) -> None:
    """Create a working plugin, with a test."""
    for file in written(name, Path.cwd(), package=package):
        click.echo(f"  {file}")
    what = name if package else f"{name}.py"
    click.echo(f"Test it:     {TESTED}")
    click.echo(f"Check it:    parley plugin check {what}")
    click.echo(f"Install it:  parley plugin install {what}")


def check(source: str) -> None:
    """Start a plugin as Parley would, and compare what it does with its manifest."""

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
            click.echo("It matches its manifest.")

    run(work, tell)
