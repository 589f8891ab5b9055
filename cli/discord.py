"""`parley discord setup`: from nothing to a bot on a server, step by step."""

from pathlib import Path

import click


@click.group()
def discord() -> None:
    """Connect Parley with Discord."""


@discord.command()
@click.option("--wait/--no-wait", default=True, help="Wait until the bot is on a server.")
@click.option("--token-file", type=click.Path(path_type=Path), help="Take the token from a file and ask nothing.")
def setup(wait: bool, token_file: Path | None) -> None:
    """Lead from a bot's token to the bot on a server, and check each step."""
    from cli import discord_setup

    discord_setup.connect(token_file, wait=wait)
