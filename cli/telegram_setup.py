"""The steps from nothing to a bot that people can write to on Telegram."""

import asyncio
from pathlib import Path

import click

from bots.shared.setup import PlatformUnreached, WrongToken
from bots.telegram.options import TelegramOptions
from bots.telegram.setup import FATHER, TelegramAccount, examine
from cli import tokens
from cli.wiring.platforms import load_settings
from config.settings import ParleySettings
from core.errors import OperatorError


def connect(token_file: Path | None) -> None:
    """Ask for the token, check it with Telegram, and keep it."""
    settings = load_settings()
    click.echo("Connecting Parley with Telegram takes about two minutes.\n")
    token = token_from(settings, token_file)
    found = asyncio.run(looked_at(token, settings))
    click.echo(f"   ok: the token belongs to “{found.name}” (@{found.username})\n")
    if not (settings.telegram.token and settings.telegram.token.get_secret_value() == token):
        kept = tokens.keep(settings.home, "telegram", token)
        click.echo(f"   kept in {kept}, readable by you alone\n")
    report(found)


def token_from(settings: ParleySettings, file: Path | None) -> str:
    """Get the token from a file, from the settings, or typed in. Raises OperatorError if the file cannot be read."""
    if file is not None:
        return tokens.read(file)
    if settings.telegram.token:
        click.echo("1. The token: the one that is set already")
        return settings.telegram.token.get_secret_value()
    click.echo("1. The token")
    click.echo(f"   Write /newbot to {FATHER}, choose a name and a username, and copy the token that it gives you.")
    return str(click.prompt("   Paste it here (it is not shown)", hide_input=True)).strip()


async def looked_at(token: str, settings: ParleySettings) -> TelegramAccount:
    """Ask Telegram about the token. Raises OperatorError if Telegram cannot be reached or the token is wrong."""
    try:
        return await examine(TelegramOptions(token, settings.telegram.base_url, settings.telegram.base_file_url))
    except WrongToken:
        raise OperatorError(f"Telegram does not know this token; write /token to {FATHER}") from None
    except PlatformUnreached as error:
        raise OperatorError(f"Telegram cannot be asked ({error}); check the connection, and run this again") from None


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
