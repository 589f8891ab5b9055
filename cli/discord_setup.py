"""The steps from nothing to a bot on a server of Discord."""

import asyncio
from pathlib import Path

import click

from bots.discord.setup import PERMISSIONS, PORTAL, DiscordApplication, examine
from cli import tokens
from cli.wiring.platforms import load_settings
from config.settings import ParleySettings
from core.errors import OperatorError

INTERVAL = 3.0
"""Seconds between two checks whether the bot is on a server."""

WAIT = 600.0


def connect(token_file: Path | None, *, wait: bool) -> None:
    """Ask for the token, check it with Discord, keep it, and wait for the bot on a server."""
    settings = load_settings()
    click.echo("Connecting Parley with Discord takes about three minutes.\n")
    token = tokens.given(
        token_file,
        settings.discord.token,
        "1. The token",
        f"Open {PORTAL}, choose New Application and give it the name that people will see.",
        "On its page “Bot”, press Reset Token and copy what appears. It is like a password.",
    )
    found = asyncio.run(looked_at(token, settings))
    click.echo(f"   ok: the token belongs to “{found.name}”\n")
    if not (settings.discord.token and settings.discord.token.get_secret_value() == token):
        kept = tokens.keep(settings.home, "discord", token)
        click.echo(f"   kept in {kept}, readable by you alone\n")
    found = intent(found, token, settings, ask=token_file is None)
    invite(found)
    if wait and not found.servers:
        found = asyncio.run(arrival(token, settings))
    report(found)


async def looked_at(token: str, settings: ParleySettings) -> DiscordApplication:
    """Ask Discord about the token. Raises OperatorError if Discord cannot be reached or the token is wrong."""
    wrong = f"Discord does not know this token; reset it on the page “Bot” of {PORTAL}"
    with tokens.checked("Discord", lambda error: wrong):
        return await examine(token, settings.discord.api_base)


def intent(found: DiscordApplication, token: str, settings: ParleySettings, *, ask: bool) -> DiscordApplication:
    """Check the message-content intent, which is useful but not required."""
    click.echo("2. The message content intent")
    while not found.content and ask:
        click.echo(f"   It is off. Switch on “Message Content Intent” at {PORTAL}/{found.id}/bot and save.")
        click.echo("   Without it Parley answers mentions, replies, direct messages and commands, but not channels")
        click.echo("   in which it answers without being called.")
        if not click.confirm("   Look again?", default=True):
            break
        found = asyncio.run(looked_at(token, settings))
    click.echo("   ok: it is on\n" if found.content else "   left off\n")
    return found


def invite(found: DiscordApplication) -> None:
    """Print the invitation link for a server's admin."""
    click.echo("3. The invitation")
    click.echo("   Open this link as somebody who manages the server. It asks for exactly what is needed:")
    click.echo(f"   {', '.join(PERMISSIONS)}.\n")
    click.echo(f"   {found.invite}\n")


async def arrival(token: str, settings: ParleySettings) -> DiscordApplication:
    """Wait until the bot is on a server. Raises OperatorError after ten minutes."""
    click.echo("   Waiting until it is there (Ctrl-C to leave; nothing is lost)…")
    try:
        async with asyncio.timeout(WAIT):
            return await _there(token, settings)
    except TimeoutError:
        raise OperatorError("nobody has used the invitation yet; `parley doctor` shows when somebody has") from None


async def _there(token: str, settings: ParleySettings) -> DiscordApplication:
    found = await looked_at(token, settings)
    if found.servers:
        return found
    await asyncio.sleep(INTERVAL)
    return await _there(token, settings)


def report(found: DiscordApplication) -> None:
    """Print on which servers the bot is, and which permissions it lacks there."""
    for server in found.servers:
        lacks = f"lacks {', '.join(server.lacks)}: use the link again" if server.lacks else "ok"
        click.echo(f"   {server.name}: {lacks}")
    click.echo("\nNow start it:  parley run")
