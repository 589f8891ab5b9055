"""The files that `parley plugin new` creates."""

from pathlib import Path

import click

from plugins.host.install.template import written

TESTED = "pytest, in an environment with pytest and parley-sdk (the folder sdk/ of Parley)"


def new(name: str, package: bool) -> None:
    """Create a working plugin, with a test."""
    for file in written(name, Path.cwd(), package=package):
        click.echo(f"  {file}")
    what = name if package else f"{name}.py"
    click.echo(f"Test it:     {TESTED}")
    click.echo(f"Check it:    parley plugin check {what}")
    click.echo(f"Install it:  parley plugin install {what}")
