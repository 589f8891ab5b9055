"""The steps from nothing to a bot that people can write to on Telegram."""

import asyncio
from pathlib import Path

import click

from bots.telegram.options import TelegramOptions
from bots.telegram.setup import FATHER, TelegramAccount, examine
from cli import tokens
from cli.wiring.platforms import load_settings
from config.settings import ParleySettings


def connect(token_file: Path | None) -> None:
    """Ask for the token, check it with Telegram, and keep it."""
    settings = load_settings()
    click.echo("Connecting Parley with Telegram takes about two minutes.\n")
    how = f"Write /newbot to {FATHER}, choose a name and a username, and copy the token that it gives you."
    token = tokens.given(token_file, settings.telegram.token, "1. The token", how)
    found = asyncio.run(looked_at(token, settings))
    click.echo(f"   ok: the token belongs to “{found.name}” (@{found.username})\n")
    if not (settings.telegram.token and settings.telegram.token.get_secret_value() == token):
        kept = tokens.keep(settings.home, "telegram", token)
        click.echo(f"   kept in {kept}, readable by you alone\n")
    report(found)


async def looked_at(token: str, settings: ParleySettings) -> TelegramAccount:
    """Ask Telegram about the token. Raises OperatorError if Telegram cannot be reached or the token is wrong."""
    options = TelegramOptions(token, settings.telegram.base_url, settings.telegram.base_file_url)
    with tokens.checked("Telegram", lambda error: f"Telegram does not know this token; write /token to {FATHER}"):
        return await examine(options)


def report(found: TelegramAccount) -> None:
    """Print what the bot may do, and where to find it."""
    click.echo("2. Groups")
    if not found.groups:
        click.echo(f"   It cannot be put into groups; write /setjoingroups to {FATHER} to allow that.")
    if not found.reads:
        click.echo("   It reads mentions, replies and commands there, which is enough. For channels where it answers")
        click.echo(f"   without being called, write /setprivacy to {FATHER} and choose Disable.")
    click.echo("   As an admin of a group it also sees 👍 and 👎 on its answers; the buttons work everywhere.")
    click.echo(f"\n   Put it into a group:  {found.invite}")
    click.echo(f"   Write to it:          {found.link}\n")
    click.echo("Now start it:  parley run")
