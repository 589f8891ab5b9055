"""`parley worker`: answers people on platforms."""

import click


@click.command()
def worker() -> None:
    """Answer people on platforms, whose events `parley ingress` receives. Needs PostgreSQL."""
    from cli.wiring import run as running
    from cli.wiring.roles import WORKER

    running.run_configured(role=WORKER)
