"""`parley telegram setup`: from nothing to a bot that people can write to, step by step."""

from pathlib import Path

import click


@click.group()
def telegram() -> None:
    """Connect Parley with Telegram."""


@telegram.command()
@click.option("--token-file", type=click.Path(path_type=Path), help="Take the token from a file and ask nothing.")
def setup(token_file: Path | None) -> None:
    """Lead from a bot's token to the bot in a group, and check each step."""
    from cli import telegram_setup

    telegram_setup.connect(token_file)
