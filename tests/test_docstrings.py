"""A docstring that says which errors are raised names errors that exist."""

import builtins
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
RAISES = re.compile(r"\b[Rr]aises (?:an? |only )?(_?[A-Z]\w+(?:(?:, and|, or|,| and| or) _?[A-Z]\w+)*)")
NAME = re.compile(r"_?[A-Z]\w+")
KNOWN = re.compile(
    r"^\s*class (?P<made>\w+)"
    r"|^\s*(?:from \S+ )?import (?P<imported>\([^)]*\)|.*)$"
    r"|\.(?P<used>_?[A-Z]\w+)",
    re.MULTILINE,
)
"""Places that say that there is something of a name. Parsing all modules takes twenty times as long."""


def modules() -> Mapping[str, str]:
    """Every module of the product by its path."""
    listed = subprocess.run(
        ["git", "ls-files", "bots", "cli", "config", "core", "plugins", "sdk"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (path for path in listed.stdout.splitlines() if path.endswith(".py") and (ROOT / path).exists())
    return {path: (ROOT / path).read_text(encoding="utf-8") for path in paths}


def known_in(module: str) -> set[str]:
    """The names that a module defines, imports, or takes from a module."""
    return {name for found in KNOWN.finditer(module) for part in found.groups() if part for name in NAME.findall(part)}


def raised_in(module: str) -> set[str]:
    """The errors that a module's docstrings name."""
    return {name for names in RAISES.findall(" ".join(module.split())) for name in NAME.findall(names)}


def test_every_error_in_a_docstring_exists() -> None:
    found = modules()
    known = set(dir(builtins)).union(*map(known_in, found.values()))
    raised = {path: raised_in(module) for path, module in found.items()}
    unknown = {path: sorted(names - known) for path, names in raised.items()}
    assert sum(map(len, raised.values())) > 100
    assert {path: names for path, names in unknown.items() if names} == {}
