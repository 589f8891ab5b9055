"""The check of what a plugin does against its manifest."""

import asyncio
from collections.abc import Mapping
from typing import Any

import click

from cli.plugin_system import asked, run, tell, tell_coverage
from cli.wiring.plugins import PluginSystem
from core.outside_text import cleaned
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.install.plugin_source import from_terminal
from plugins.host.install.source_work import traps_of
from plugins.host.sources.openapi.coverage import coverage_of

NO_PYTHON = ": this is not Python: "
"""The words with which `parley.lint` reports a file that it cannot parse."""


def check(source: str) -> None:
    """Start a plugin as Parley would, and compare what it does with its manifest."""

    async def work(everything: PluginSystem) -> None:
        path = await asyncio.to_thread(from_terminal, source)
        async with everything.installer.fetched(path) as candidate:
            faults = list(await traps_of(candidate, everything.installer.running))
            told: Mapping[str, Any] = {}
            try:
                told = await everything.installer.trial.tried(candidate)
            except PluginProblem as problem:
                # The error from starting it explains this in more detail.
                faults = [*(one for one in faults if NO_PYTHON not in one), str(problem)]
            if faults:
                raise PluginProblem("; ".join(faults))
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
