"""A docstring that says which errors are raised names errors that exist."""

import ast
import builtins
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
RAISES = re.compile(r"\b[Rr]aises (?:an? |only )?(_?[A-Z]\w+(?:(?:, and|, or|,| and| or) _?[A-Z]\w+)*)")
NAME = re.compile(r"_?[A-Z]\w+")


def modules() -> dict[str, ast.Module]:
    """Every module of the product, parsed, by its path."""
    listed = subprocess.run(
        ["git", "ls-files", "bots", "cli", "config", "core", "plugins", "sdk"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (path for path in listed.stdout.splitlines() if path.endswith(".py") and (ROOT / path).exists())
    return {path: ast.parse((ROOT / path).read_text(encoding="utf-8")) for path in paths}


def known_in(module: ast.Module) -> set[str]:
    """The names that a module defines, imports or uses."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.alias):
            found.add(node.asname or node.name)
        elif isinstance(node, ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
    return found


def raised_in(module: ast.Module) -> set[str]:
    """The errors that a module's docstrings name."""
    texts = (
        " ".join(node.value.split())
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return {name for text in texts for names in RAISES.findall(text) for name in NAME.findall(names)}


def test_every_error_in_a_docstring_exists() -> None:
    parsed = modules()
    known = set(dir(builtins)).union(*map(known_in, parsed.values()))
    unknown = {path: sorted(raised_in(module) - known) for path, module in parsed.items()}
    assert {path: names for path, names in unknown.items() if names} == {}
