"""The check of what a plugin does against its manifest."""

import asyncio

import click

from cli.plugin_system import asked, run, tell, tell_coverage
from cli.wiring.plugins import PluginSystem
from core.outside_text import cleaned
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.install.plugin_source import from_terminal
from plugins.host.install.source_work import traps_of
from plugins.host.sources.openapi.coverage import coverage_of


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
