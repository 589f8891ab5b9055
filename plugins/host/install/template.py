"""Writes a new plugin: a file or a package that works as it is, and its test."""

import re
from pathlib import Path

from parley.manifest import NAME
from plugins.host.install.plugin_problem import PluginProblem

FILE = '''# /// script
# tool.parley = {{name = "{name}", version = "0.1.0", description = "Says words in capital letters."}}
# ///
from parley import command, tool


@tool
@command
async def {function}(words: str) -> str:
    """Say words in capital letters."""
    return words.upper()
'''

PROJECT = """[project]
name = "{name}"
version = "0.1.0"
description = "Says words in capital letters."
requires-python = ">=3.11"
dependencies = ["parley-sdk"]

[tool.parley]
module = "{module}"

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = ["{module}"]

# Parley reads the manifest out of the wheel, before anything of it runs.
[tool.hatch.build.targets.wheel.force-include]
"pyproject.toml" = "{module}/pyproject.toml"
"""

MODULE = '''"""Says words in capital letters."""

from parley import command, tool


@tool
@command
async def {function}(words: str) -> str:
    """Say words in capital letters."""
    return words.upper()
'''

TEST = '''"""Run it with pytest, in an environment that has parley-sdk."""

import asyncio

from parley.testing import Asks, Bench


def test_people_may_call_it() -> None:
    bench = {bench}
    assert asyncio.run(bench.call("{function}", words="hello")).text == "HELLO"


def test_a_model_may_use_it() -> None:
    bench = {bench}
    said = asyncio.run(bench.asks(Asks("{function}", {{"words": "hi"}}), "It says {{0}}."))
    assert said == "It says HI."
'''


def written(name: str, folder: Path, *, package: bool) -> list[Path]:
    """Write a plugin below a folder. Returns its files. Raises PluginProblem if the name is wrong or taken."""
    if not re.match(NAME, name):
        raise PluginProblem(f"{name!r} is not a plugin's name: small letters, digits and -, beginning with a letter")
    module = name.replace("-", "_")
    values = {"name": name, "module": module, "function": module}
    files = {
        folder / f"{name}.py": FILE.format(**values),
        folder / f"test_{module}.py": TEST.format(bench=f'Bench.of("{name}.py")', **values),
    }
    if package:
        top = folder / name
        files = {
            top / "pyproject.toml": PROJECT.format(**values),
            top / module / "__init__.py": MODULE.format(**values),
            top / f"test_{module}.py": TEST.format(bench=f'Bench.of("{module}")', **values),
        }
    for file in files:
        if file.exists():
            raise PluginProblem(f"{file} is there already; choose another name, or another folder")
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return list(files)
