"""Bots' tokens, each in a separate file that the settings name."""

import os
import re
from pathlib import Path

from core.errors import OperatorError
from core.private_files import write_private


def read(file: Path) -> str:
    """Read a token from a file. Raises OperatorError if it cannot be read."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{file} cannot be read: {error}") from None


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
