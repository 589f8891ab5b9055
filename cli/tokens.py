"""Bots' tokens: asked for, checked, and kept each in a separate file that the settings name."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from pydantic import SecretStr

from bots.shared.setup import PlatformUnreached, WrongToken
from core.errors import OperatorError
from core.private_files import write_private


def read(file: Path) -> str:
    """Read a token from a file. Raises OperatorError if it cannot be read."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{file} cannot be read: {error}") from None


def given(file: Path | None, known: SecretStr | None, title: str, *how: str) -> str:
    """Get a token from a file, from the settings, or typed in.

    `how` are the lines that tell where to find it. Raises OperatorError if the file cannot be read, or if there is no
    terminal in which to type it.
    """
    if file is not None:
        return read(file)
    if known:
        click.echo(f"{title}: the one that is set already")
        return known.get_secret_value()
    click.echo(title)
    for line in how:
        click.echo(f"   {line}")
    if not sys.stdin.isatty():
        raise OperatorError("nobody can be asked for a token here: run this in a terminal, or give it by --token-file")
    return str(click.prompt("   Paste it here (it is not shown)", hide_input=True)).strip()


@contextmanager
def checked(platform: str, wrong: Callable[[WrongToken], str]) -> Iterator[None]:
    """Ask a platform about a token in the block. Raises OperatorError if it cannot be reached or the token is wrong."""
    try:
        yield
    except WrongToken as error:
        raise OperatorError(wrong(error)) from None
    except PlatformUnreached as error:
        raise OperatorError(f"{platform} cannot be asked ({error}); check the connection, and run this again") from None


def keep(home: Path, platform: str, token: str, name: str = "token") -> Path:
    """Save a secret in a file that only its owner can read, and name the file in the settings. Returns its path."""
    path = home / f"{platform}.{name}"
    write_private(path, token + "\n")
    settings = Path(os.environ.get("PARLEY_CONFIG") or home / "parley.toml")
    before = settings.read_text(encoding="utf-8") if settings.exists() else ""
    settings.write_text(with_secret_file(before, platform, name, str(path)), encoding="utf-8")
    return path


def with_secret_file(toml: str, platform: str, name: str, path: str) -> str:
    """The settings' text with `<name>_file` set in the platform's section, replacing an earlier one."""
    line = f'{name}_file = "{path}"'
    head, header, rest = toml.partition(f"[{platform}]\n")
    if not header:
        return f"{toml.rstrip()}\n\n[{platform}]\n{line}\n".lstrip()
    body, bracket, after = rest.partition("\n[")
    body = re.sub(rf"^{name}_file[ \t]*=.*\n?", "", body, flags=re.MULTILINE)
    return f"{head}{header}{line}\n{body}{bracket}{after}"
