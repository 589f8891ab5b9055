"""`parley doctor`: what works here, what does not, and how to fix it."""

import asyncio
import json
import sys
from dataclasses import asdict

import click

MARKS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array instead of lines.")
def doctor(as_json: bool) -> None:
    """Check this installation, and say how to fix it. The exit code is 1 if something does not work."""
    from cli.installation_checks import examined

    findings = asyncio.run(examined())
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            click.echo(f"{MARKS[finding.state]}  {finding.what}: {finding.found}")
            if finding.mend:
                click.echo(f"      {finding.mend}")
    if any(finding.state == "fail" for finding in findings):
        sys.exit(1)
