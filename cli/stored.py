"""Helpers shared by the commands that work on stored data."""

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from cli.wiring.platforms import load_settings
from core.errors import OperatorError

# The store takes a quarter of a second to import, and `parley --help` must not wait for it.
if TYPE_CHECKING:
    from pydantic import SecretStr

    from core.store.engine.database import Database


class StoredDatabase(Protocol):
    @property
    def url(self) -> str: ...

    @property
    def encryption_key(self) -> "SecretStr | None": ...


class StoredTerms(Protocol):
    @property
    def version(self) -> str: ...


class StoredExport(Protocol):
    @property
    def license(self) -> str: ...


class StoredSettings(Protocol):
    @property
    def home(self) -> Path: ...

    @property
    def database(self) -> StoredDatabase: ...

    @property
    def terms(self) -> StoredTerms: ...

    @property
    def export(self) -> StoredExport: ...


def load() -> StoredSettings:
    """Load this machine's settings. Raises SettingsError if they are wrong."""
    return load_settings()


@contextmanager
def explained() -> Iterator[None]:
    """Turn an error that the operator can fix into one line that says how, and end the command."""
    try:
        yield
    except OperatorError as error:
        raise click.ClickException(str(error)) from error


@asynccontextmanager
async def opened(url: str) -> "AsyncIterator[Database]":
    """Open the database, after creating its tables or migrating them if needed."""
    from core.store.engine.database import connect
    from core.store.engine.migrate import migrate

    await migrate(url)
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
