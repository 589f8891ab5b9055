"""What the commands about stored data need of the settings, in one place."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

import click

from core.errors import OperatorError


class DatabaseSettings(Protocol):
    @property
    def url(self) -> str: ...


class TermsSettings(Protocol):
    @property
    def version(self) -> str: ...


class ExportSettings(Protocol):
    """Switches by source, by platform, and by both ("discord.gateway")."""

    @property
    def sources(self) -> Mapping[str, bool]: ...

    @property
    def platforms(self) -> Mapping[str, bool]: ...

    @property
    def pairs(self) -> Mapping[str, bool]: ...


class Settings(Protocol):
    @property
    def home(self) -> Path: ...

    @property
    def database(self) -> DatabaseSettings: ...

    @property
    def terms(self) -> TermsSettings: ...

    @property
    def export(self) -> ExportSettings: ...


def load() -> Settings:
    """The settings of this machine. Raises SettingsError where they are wrong."""
    return cast(Settings, import_module("config.settings").load())


@contextmanager
def explained() -> Iterator[None]:
    """What the operator can mend ends the command with one line that says how."""
    try:
        yield
    except OperatorError as error:
        raise click.ClickException(str(error)) from error
