"""The folder that every plugin's process imports from: the plugin API and its dependencies, copied from here.

So a plugin without libraries of its own is installed without a download, and no plugin sees our other packages.
"""

import compileall
import hashlib
import os
import shutil
import sysconfig
from collections.abc import Iterator
from importlib import metadata
from importlib.util import cache_from_source
from pathlib import Path

import parley

SDK = "parley-sdk"
OWN = Path(parley.__file__).parent


def needed() -> dict[str, metadata.Distribution]:
    """The distributions that the plugin API depends on, by name, without the plugin API itself."""
    found: dict[str, metadata.Distribution] = {}
    waiting = list(_asked_for(metadata.distribution(SDK)))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = metadata.distribution(name)
            waiting.extend(_asked_for(found[name]))
    return found


def pins() -> list[str]:
    """The versions of `needed` as lines of a requirements file; a plugin's own libraries must fit them."""
    return [f"{name}=={one.version}" for name, one in sorted(needed().items())]


def base_folder(home: Path) -> Path:
    """The base folder's path; it may not exist. Its name changes with the plugin API, its dependencies and Python."""
    digest = hashlib.sha256("\n".join(pins()).encode() + sysconfig.get_python_version().encode())
    for file in _api():
        digest.update(file.read_bytes())
    return home / "plugins" / f"base-{digest.hexdigest()[:12]}"


def base(home: Path) -> Path:
    """The base folder, which is created if it does not exist yet."""
    folder = base_folder(home)
    if folder.exists():
        return folder
    making = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(making, ignore_errors=True)
    for file in _api():
        _copy(file, making / "parley" / file.relative_to(OWN))
    for one in needed().values():
        for path in one.files or ():
            if ".." not in path.parts and path.suffix != ".pth" and (source := Path(str(path.locate()))).is_file():
                _copy(source, making / path)
    # A plugin's process may not write, so it would compile everything anew at every start. What was compiled here stays
    # valid, since the copies keep their times.
    compileall.compile_dir(making, quiet=2)
    making.rename(folder)
    return folder


def _api() -> list[Path]:
    return sorted(OWN.rglob("*.py"))


def _copy(source: Path, target: Path) -> None:
    """Copy a file with its time, and what Python has compiled of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    times = source.stat()
    os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
    if source.suffix == ".py" and (compiled := Path(cache_from_source(str(source)))).is_file():
        _copy(compiled, Path(cache_from_source(str(target))))


def _asked_for(one: metadata.Distribution) -> Iterator[str]:
    from packaging.requirements import Requirement

    for line in one.requires or ():
        asked = Requirement(line)
        if asked.marker is None or asked.marker.evaluate({"extra": ""}):
            yield asked.name
