"""`parley slack`: prints the app's manifest, and sets the app up in a workspace step by step."""

from pathlib import Path

import click

from cli.subcommands import SubcommandGroup


@click.group(cls=SubcommandGroup)
def slack() -> None:
    """Connect Parley with Slack."""


@slack.command("manifest")
@click.option("--name", default="Parley", help="What the app is called.", show_default=True)
@click.option("--http", "http", is_flag=True, help="For events over HTTP, at slack.public_url.")
def print_manifest(name: str, http: bool) -> None:
    """Print the manifest that matches this installation, to be pasted into Slack's page for apps."""
    from cli import slack_setup

    slack_setup.print_manifest(name, http=http)


@slack.command()
@click.option("--name", default="Parley", help="What the app is called.", show_default=True)
@click.option("--token-file", type=click.Path(path_type=Path), help="Take the bot's token from a file.")
@click.option("--app-token-file", type=click.Path(path_type=Path), help="Take the app-level token from a file.")
def setup(name: str, token_file: Path | None, app_token_file: Path | None) -> None:
    """Set up the app in a workspace, step by step, and check each step. It uses Socket Mode, which needs no address."""
    from cli import slack_setup

    slack_setup.connect(name, token_file, app_token_file)
