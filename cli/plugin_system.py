"""The plugin system of this installation, opened for one command, and what several commands say about a plugin."""

import asyncio
import logging
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

import click
import structlog

from cli import open_database
from cli.wiring.platforms import load_settings
from cli.wiring.plugins import PluginSystem, running_plugins
from cli.wiring.scrub import SecretScrubber
from cli.wiring.secret_key import secret_keyring
from config.settings import ParleySettings
from parley import Manifest
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.plugin import HostedPlugin
from plugins.host.plugin_texts import allowance
from plugins.host.sources.openapi.coverage import OperationCoverage
from plugins.host.sources.openapi_coverage_texts import whole_coverage_text

T = TypeVar("T")


@asynccontextmanager
async def opened(
    settings: ParleySettings, step: Callable[[str], None] = lambda step: None
) -> AsyncIterator[PluginSystem]:
    """Open the plugin system with this installation's database."""
    keyring = await asyncio.to_thread(secret_keyring, settings)
    async with (
        open_database.opened(settings.database.url, keyring) as store,
        running_plugins(settings, store, step=step) as everything,
    ):
        yield everything


def run(work: Callable[[PluginSystem], Awaitable[T]], step: Callable[[str], None] = lambda step: None) -> T:
    """Run work with the plugin system open."""
    settings = load_settings()

    async def doing() -> T:
        async with opened(settings, step) as everything:
            return await work(everything)

    # Silence the log: the error itself reports what goes wrong, and once is enough.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        return asyncio.run(doing())
    finally:
        structlog.reset_defaults()


def without_secrets(everything: PluginSystem) -> Callable[[str], str]:
    """A function that takes the secrets out of a text: a source is often an address with a key."""
    return SecretScrubber(tuple(everything.host.policy.known)).text


def tell(step: str) -> None:
    """Show what is being done."""
    click.echo(f"  {step}…", err=True)


def known(everything: PluginSystem, name: str) -> HostedPlugin:
    """Find a plugin by its name. Raises PluginProblem if there is no such plugin."""
    if name not in everything.host.plugins:
        raise PluginProblem(f"there is no plugin {name!r}; there are {', '.join(sorted(everything.host.plugins))}")
    return everything.host.plugins[name]


def asked(everything: PluginSystem, permissions: Collection[str]) -> list[str]:
    """Describe permissions for the machine's owner, in English like the rest of this command."""
    return [allowance(partial(everything.texts, "en"), one) for one in sorted(permissions)]


def missing_secrets(everything: PluginSystem, manifest: Manifest) -> list[str]:
    """The secrets that a plugin can use and does not have, each with the ways to give it."""
    known = everything.host.policy.known_for(manifest.name)
    variable = f"PARLEY_PLUGINS__SECRETS__{manifest.name.replace('-', '_').upper()}"
    return [
        f"has no secret {name} yet: `parley plugin secret {manifest.name} {name}`, or set {variable}__{name.upper()}"
        for name in manifest.secrets
        if name not in known
    ]


def tell_coverage(everything: PluginSystem, coverage: OperationCoverage | None) -> None:
    """Print which part of a service's description can be used, and everything that is left out."""
    if coverage:
        click.echo(textwrap.indent(whole_coverage_text(partial(everything.texts, "en"), coverage), "  "))
