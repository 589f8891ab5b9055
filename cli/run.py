"""`parley run`: everything that is configured, in one process."""

import click


@click.command()
def run() -> None:
    """Serve the web chat and whatever else is configured, until it is stopped."""
    from cli.wiring import run as running

    running.run_configured()
