"""Helpers shared by the commands that work on stored data."""

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from core.errors import OperatorError

# The store and the settings take long to import, and the help of a command must not wait for them.
if TYPE_CHECKING:
    from config.settings import ParleySettings
    from core.store.engine.database import Database
    from core.store.secret_keyring import SecretKeyring


def load() -> "ParleySettings":
    """Load this machine's settings. Raises SettingsError if they are wrong."""
    from cli.wiring.platforms import load_settings

    return load_settings()


@contextmanager
def explained() -> Iterator[None]:
    """Turn an error that the operator can fix into one line that says how, and end the command."""
    try:
        yield
    except OperatorError as error:
        raise click.ClickException(str(error)) from error


@asynccontextmanager
async def opened(url: str, keyring: "SecretKeyring | None" = None) -> "AsyncIterator[Database]":
    """Open the database, after creating its tables or migrating them if needed.

    Without a `keyring`, no secret in it can be read or stored.
    """
    from core.store.engine.database import NO_KEYS, connect
    from core.store.engine.migrate import migrate

    await migrate(url)
    store = connect(url, keyring or NO_KEYS)
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def as_it_is(url: str) -> "AsyncIterator[Database | None]":
    """Open the database without changing it; None if it is not there, or has an older schema than this Parley's.

    No secret in it can be read or stored. Raises OperatorError if it cannot be opened, or if it has a newer schema that
    this Parley cannot use.
    """
    from core.store.engine.database import connect
    from core.store.engine.migrate import check, known

    found = await check(url)
    if found is None or found < known()[-1]:
        yield None
        return
    store = connect(url)
    try:
        yield store
    finally:
        await store.close()


@contextmanager
def bar(text: str) -> "Iterator[Callable[[int, int], None] | None]":
    """Show a bar on standard error if that is a terminal; call the result with how much is done, and the total."""
    # The bar comes with the extra "terminal".
    if not sys.stderr.isatty() or find_spec("rich") is None:
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(text, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
