"""Names that no file of a plugin may have: those of Python's own library, and of what every plugin imports.

A plugin's folders come last on the path, so such a file would never be imported. A plugin that has one is either broken
or meant to deceive whoever reads it, and is refused.
"""

import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from plugins.host.install.base_environment import needed

CODE = frozenset({".py", ".pyc", ".pyd", ".so"})
AT_START = frozenset({"sitecustomize", "usercustomize"})
"""Modules that Python imports by itself if they are on its path."""


def shadowed(folder: Path) -> list[str]:
    """The files of a staged plugin that have a forbidden name, with paths as the plugin's author knows them."""
    known = sys.stdlib_module_names | AT_START | shared()
    tree = folder / "code"
    return sorted(
        str(path.relative_to(tree if path.is_relative_to(tree) else folder))
        for place in (tree, tree / "src", folder / "lib")
        for path in modules(place)
        if plain(path.name.partition(".")[0]) in known
    )


def plain(name: str) -> str:
    """A name as Python's parser reads it and as it looks to people: `ａsyncio` is asyncio to both."""
    return unicodedata.normalize("NFKC", name).casefold()


def modules(place: Path) -> Iterator[Path]:
    """The paths that can be imported from a folder: modules, and folders that have modules somewhere inside."""
    for path in place.iterdir() if place.is_dir() else ():
        inside = path.rglob("*") if path.is_dir() else (path,)
        if any(file.suffix in CODE for file in inside):
            yield path


def shared() -> frozenset[str]:
    """The names under which the plugin API and its libraries are imported."""
    found = {"parley"}
    for one in needed().values():
        tops = {path.parts[0] for path in one.files or () if path.suffix in CODE and ".." not in path.parts}
        found |= {top.partition(".")[0].lower() for top in tops}
    return frozenset(found)
