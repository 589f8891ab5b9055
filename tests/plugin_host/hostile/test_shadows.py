"""Files of a plugin that have the names of libraries: none of them is imported, whatever the way it is run."""

import sys
from collections.abc import AsyncIterator
from importlib.util import find_spec
from itertools import cycle, product
from pathlib import Path

import pytest

from parley import manifest_of
from plugins.host.install.shadowed_names import AT_START, shadowed, shared
from plugins.host.sandbox.confinement import ProcessWalls, walls_here
from plugins.host.sandbox.process import PluginProcess, spoken
from plugins.host.sandbox.program import PluginProgram
from tests.sweeping import mostly_swept

PLUGIN = """# /// script
# tool.parley = {name = "shadow", version = "1", description = "Has files with the names of libraries."}
# ///
import asyncio, json, tomllib
from parley import tool

@tool
async def go() -> str:
    "Go."
    return asyncio.__file__ + json.__file__ + tomllib.__file__
"""
PAYLOAD = """
import builtins
try:
    builtins.open({escaped!r}, 'a').write(__name__ + '\\n')
except Exception:
    pass
"""

OURS = frozenset({"core", "config", "bots", "cli", "plugins", "encodings", "_bootstrap", "site"})
WALLS = {
    walls.level: walls
    for walls in (walls_here(), ProcessWalls(walls_here().landlock, walls_here().syscalls), ProcessWalls())
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A plugin that ships a module for every name that there is, as a file, a package and compiled."""
    folder = tmp_path / "plugin"
    code = folder / "code"
    escaped = tmp_path / "open" / "escaped"
    escaped.parent.mkdir()
    escaped.parent.chmod(0o777)
    payload = PAYLOAD.format(escaped=str(escaped))
    # The name of another system's library is free here: importing it gives the plugin's, inside the box.
    here = {name for name in sys.stdlib_module_names if find_spec(name)} - {"antigravity", "this"}
    for place in (code, code / "src", folder / "lib"):
        place.mkdir(parents=True)
        for name in here | AT_START | shared() | OURS:
            (place / f"{name}.py").write_text(payload)
        for package in ("parley", "asyncio", "pydantic", "plugins/host/sandbox", "json", "collections"):
            (place / package).mkdir(parents=True)
            (place / package / "__init__.py").write_text(payload)
        (place / "plugins" / "host" / "sandbox" / "launch.py").write_text(payload)
        (place / "evil.pth").write_text(f"import os; open({str(escaped)!r}, 'a')\n")
        (place / "python311._pth").write_text(f"{place}\nimport site\n")
    (code / "pyvenv.cfg").write_text(f"home = {code}\n")
    (code / "plugin.py").write_text(PLUGIN)
    return folder


WAYS = ("file", "module")


@pytest.fixture
async def closing() -> AsyncIterator[list[PluginProcess]]:
    """Processes that are ended after the test."""
    running: list[PluginProcess] = []
    yield running
    for process in running:
        await process.close()


@pytest.mark.parametrize(("level", "how"), mostly_swept(product(WALLS, WAYS), [*zip(WALLS, cycle(WAYS), strict=False)]))
async def test_no_name_of_a_library_is_taken(
    tree: Path, common: Path, closing: list[PluginProcess], level: str, how: str
) -> None:
    paths = (common, tree / "code" / "src", tree / "code", tree / "lib")
    file, module = (tree / "code" / "plugin.py", "") if how == "file" else (None, "plugin")
    process = PluginProcess(manifest_of(PLUGIN), PluginProgram(paths, file, module, walls=WALLS[level]))  # type: ignore[index]
    closing.append(process)
    tools, _ = await spoken(process)
    assert [tool["name"] for tool in tools] == ["go"]
    assert not list((tree.parent / "open").iterdir())


def test_all_of_them_are_named_at_the_installation(tree: Path) -> None:
    found = shadowed(tree)
    assert {"asyncio.py", "parley", "src/json.py", "lib/pydantic.py", "sitecustomize.py"} <= set(found)
    assert "plugin.py" not in found


def test_a_name_that_python_reads_as_another_is_named_too(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    for name in ("\uff41syncio.py", "JSON.py", "\u2110o.py", "plugin.py"):
        (tmp_path / "code" / name).write_text("")
    assert shadowed(tmp_path) == ["JSON.py", "\u2110o.py", "\uff41syncio.py"]
