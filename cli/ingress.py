"""`parley ingress`: receives what people do, for workers that answer them."""

import click


@click.command()
def ingress() -> None:
    """Receive what people do on platforms, and serve the web chat; `parley worker` answers. Needs PostgreSQL."""
    from cli.wiring import run as running
    from cli.wiring.roles import INGRESS

    running.run_configured(role=INGRESS)
