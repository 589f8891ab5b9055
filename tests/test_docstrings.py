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


def names_in(module: ast.Module) -> tuple[set[str], set[str]]:
    """The names that a module defines, imports or uses, and the errors that its docstrings name."""
    known, raised = set[str](), set[str]()
    for node in ast.walk(module):
        match node:
            case ast.alias():
                known.add(node.asname or node.name)
            case ast.ClassDef():
                known.add(node.name)
            case ast.Name():
                known.add(node.id)
            case ast.Attribute():
                known.add(node.attr)
            case ast.Constant(value=str(text)) if "aises" in text:
                errors = RAISES.findall(" ".join(text.split()))
                raised.update(name for names in errors for name in NAME.findall(names))
    return known, raised


def test_every_error_in_a_docstring_exists() -> None:
    found = {path: names_in(module) for path, module in modules().items()}
    known = set(dir(builtins)).union(*(known for known, _ in found.values()))
    unknown = {path: sorted(raised - known) for path, (_, raised) in found.items()}
    assert {path: names for path, names in unknown.items() if names} == {}
