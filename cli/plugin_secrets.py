"""Stores the secrets of plugins, encrypted in the database."""

import asyncio
import sys

import click

from cli.plugin_system import known, run
from cli.wiring.plugins import PluginSystem
from core.store import plugin_secrets
from parley import Manifest
from plugins.host.install.plugin_problem import PluginProblem

NEXT_START = "A Parley that is running uses it after its next start."


def store(name: str, key: str, *, delete: bool) -> None:
    """Store a secret, or delete it."""

    async def work(everything: PluginSystem) -> None:
        manifest = known(everything, name).manifest
        if key not in manifest.secrets and not delete:
            there = ", ".join(manifest.secrets) or "none"
            raise PluginProblem(f"{name} asks for no secret {key!r}; its manifest names {there}")
        value = "" if delete else await asyncio.to_thread(read, name, key)
        if not value and not delete:
            raise PluginProblem("the secret is empty; nothing was stored")
        await everything.host.store.write(lambda session: plugin_secrets.give(session, name, key, value))
        click.echo(f"The secret {key} of {name} is {'deleted' if delete else 'stored'}. {NEXT_START}")

    run(work)


def read(name: str, key: str) -> str:
    """Read a secret: typed without echo at a terminal, or the whole of standard input."""
    if sys.stdin is not None and not sys.stdin.isatty():
        return sys.stdin.read().strip()
    typed: str = click.prompt(f"Secret {key} of {name}", hide_input=True, default="", show_default=False)
    return typed.strip()


async def ask_for(everything: PluginSystem, manifest: Manifest) -> None:
    """Ask somebody at a terminal for the secrets that a new plugin needs and does not have. Enter leaves one out."""
    there = everything.host.policy.known_for(manifest.name)
    if sys.stdin is None or not sys.stdin.isatty():
        return
    for key in manifest.secrets:
        if key not in there and (value := await asyncio.to_thread(read, manifest.name, key)):
            await keep(everything, manifest.name, key, value)


async def keep(everything: PluginSystem, name: str, key: str, value: str) -> None:
    """Store a secret, and let the plugin have it at once."""
    await everything.host.store.write(lambda session: plugin_secrets.give(session, name, key, value))
    everything.host.policy.add_secrets({name: {key: value}})
