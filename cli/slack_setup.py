"""The app's manifest, and the steps from nothing to an app in a workspace of Slack."""

import asyncio
import json
from pathlib import Path
from typing import Any

import click

from bots.slack.manifest import COMMAND, manifest
from bots.slack.options import SlackOptions
from bots.slack.setup import APPS, SlackApplication, creation_link, examine
from cli import tokens
from cli.wiring import program
from cli.wiring.platforms import load_settings
from config.settings import ParleySettings
from core.errors import OperatorError

ABOUT = "The assistant that this community runs, rates and teaches."


def print_manifest(name: str, *, http: bool) -> None:
    """Print the manifest that matches this installation."""
    settings = load_settings()
    click.echo(json.dumps(made(settings, name, http=http or settings.slack.mode == "http"), indent=2))


def made(settings: ParleySettings, name: str, *, http: bool) -> dict[str, Any]:
    """Make the manifest. Raises OperatorError if it needs an address and none is set."""
    address = settings.slack.public_url
    if http and not address.startswith("https://"):
        raise OperatorError("slack.public_url is not set: Slack needs the https address that leads to Parley's port")
    commands = asyncio.run(program.commands(settings))
    found = manifest(commands, name, ABOUT, public_url=address if http else "", installs=bool(settings.slack.client_id))
    return dict(found)


def connect(name: str, token_file: Path | None, app_token_file: Path | None) -> None:
    """Ask for both tokens, check them with Slack, and keep them."""
    settings = load_settings()
    click.echo("Connecting Parley with Slack takes about four minutes.\n")
    if not (token_file or settings.slack.token):
        introduce(made(settings, name, http=False))
    given = {
        "token": tokens.given(token_file, settings.slack.token, "2. The bot's token", BOT_TOKEN),
        "app_token": tokens.given(app_token_file, settings.slack.app_token, "3. The app-level token", APP_TOKEN),
    }
    found = asyncio.run(looked_at(SlackOptions(given["token"], given["app_token"], base_url=settings.slack.base_url)))
    click.echo(f"   ok: both are accepted; the app is in “{found.workspace}”\n")
    for setting, value in given.items():
        kept = tokens.keep(settings.home, "slack", value, setting)
        click.echo(f"   kept in {kept}, readable by you alone")
    report(found)


BOT_TOKEN = "On the app's page, choose Install App, install it to your workspace, and copy its bot token (xoxb-…)."
APP_TOKEN = (
    "Under Basic Information, App-Level Tokens, generate one with the scope connections:write, and copy it (xapp-…)."
)


def introduce(content: dict[str, Any]) -> None:
    """Explain how to create the app."""
    click.echo("1. The app")
    click.echo("   Open this link as somebody who may install apps, choose the workspace, and create the app:")
    click.echo(f"   {creation_link(content)}\n")
    click.echo(f"   (Or open {APPS}, choose Create New App, From a manifest, and paste `parley slack manifest`.)\n")


async def looked_at(options: SlackOptions) -> SlackApplication:
    """Ask Slack about the tokens. Raises OperatorError if Slack cannot be reached or a token is wrong."""
    with tokens.checked("Slack", lambda error: f"{error}; copy it again from {APPS}"):
        found = await examine(options)
    if found is None:
        raise OperatorError("the bot's token is empty; copy it again")
    return found


def report(found: SlackApplication) -> None:
    """Print what is missing, and what to do next."""
    if found.lacks:
        click.echo(f"\n   The app may not yet: {', '.join(found.lacks)}.")
        click.echo(f"   Paste `parley slack manifest` under App Manifest at {APPS}, save, and install the app again.")
    click.echo("\n4. Channels")
    click.echo(
        f"   Write /invite @Parley in a channel, or write to Parley directly. {COMMAND} help lists the commands."
    )
    click.echo("\nNow start it:  parley run")
