"""Packages from an index: chosen, pinned by their hashes and unpacked with uv. Only wheels, which run nothing.

The usual index is reached through the guard's tunnel, which leads only to it and to the host of its files. An index or
a proxy of the owner's, set in `plugins.index` or in uv's variables, is used as they have set it: nothing that comes
from a chat or from a plugin can name one.
"""

import os
import re
import shutil
import sys
import sysconfig
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import Distribution
from pathlib import Path, PurePosixPath

from parley import Manifest, ManifestError, manifest_of
from plugins.host.egress.guarded_http import FetchLimits, Resolve, resolve
from plugins.host.egress.tunnel import tunnel
from plugins.host.install.base_environment import SDK, pins
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.install.source_tree import LARGEST_LIBRARIES, check_tree, read_text, read_tree
from plugins.host.install.subprocesses import LONGEST, run

USUAL = ("pypi.org", "files.pythonhosted.org")
"""The usual index, and the host of its files."""

OWN = ("UV_INDEX", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_OFFLINE")
PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
ALWAYS = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "UV_KEYRING_PROVIDER": "disabled"}
WITH_NETRC = ("HOME", "NETRC")
SCRATCH = ("wanted.txt", "base.txt", "without.txt", "requirements.txt")


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """The address of an `index` in place of the usual one, and how many days old a release must be.

    uv may take `longest` seconds to choose, and as long to fetch.
    """

    index: str = ""
    cooldown: int = 0
    longest: float = LONGEST


async def installed(wanted: Sequence[str], folder: Path, options: IndexOptions, resolver: Resolve = resolve) -> str:
    """Choose versions of packages, pin them, and unpack them into `lib`. Returns the pins. Raises PluginProblem."""
    lines = [requirement(line) for line in wanted]
    for name, content in (("wanted.txt", lines), ("base.txt", pins()), ("without.txt", [f"{SDK}; python_version<'3'"])):
        (folder / name).write_text("\n".join(content) + "\n", encoding="utf-8")
    there = [part for pin in pins() for part in ("--no-emit-package", pin.partition("==")[0])]
    usual = ["--quiet", "--python", sys.executable, "--only-binary", ":all:", "--no-config", *_chosen(options)]
    async with _environment(options, resolver) as environment:
        compiling = ("pip", "compile", "wanted.txt", "--constraint", "base.txt", "--override", "without.txt")
        pinning = ("--generate-hashes", "--no-header", "--no-annotate", "--output-file", "requirements.txt")
        await _uv(folder, environment, options.longest, *compiling, *pinning, *usual, *there)
        pinned = (folder / "requirements.txt").read_text(encoding="utf-8")
        if pinned.strip():
            installing = ("pip", "install", "--target", "lib", "--require-hashes", "--no-deps", "--no-compile-bytecode")
            await _uv(
                folder,
                environment,
                options.longest,
                *installing,
                "--link-mode",
                "copy",
                "-r",
                "requirements.txt",
                *usual,
            )
    for name in SCRATCH:
        (folder / name).unlink()
    # Compiled files in a wheel need not match its sources.
    for compiled in [*(folder / "lib").rglob("*.pyc")]:
        compiled.unlink()
    # The digest leaves these folders out, but Python would import from them as from any other.
    for cache in [*(folder / "lib").rglob("__pycache__")]:
        shutil.rmtree(cache, ignore_errors=True)
    if (folder / "lib").exists():
        check_tree(folder / "lib")
    if strays := [file.name for file in (folder / "lib").glob("*.pth")]:
        # Python runs such a file at every start, before anything of ours.
        raise PluginProblem(f"a library brings {strays[0]}, which would run by itself; it is not installed")
    return pinned


def requirement(line: str) -> str:
    """A dependency line in normal form: a name with versions, and no address, path or option.

    Raises PluginProblem if it is anything else.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        found = Requirement(line)
    except InvalidRequirement:
        found = None
    if found is None or found.url or not line.isprintable():
        raise PluginProblem("a plugin's dependencies come from the index, as name>=1.2: neither addresses nor options")
    return str(found)


def name_of(line: str) -> str:
    """The name in a dependency line, in the spelling that indexes compare."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", line.strip(), maxsplit=1)[0]).lower()


def in_wheel(lib: Path, name: str) -> tuple[Manifest, str, str]:
    """The manifest of an installed package: a pyproject.toml inside its module, or the block of its one file.

    Raises ManifestError.
    """
    plain = name_of(name).replace("-", "_")
    info = next((one for one in lib.glob("*.dist-info") if one.name.lower().startswith(f"{plain}-")), None)
    told = Distribution.at(info).files or () if info else ()
    # A package lists its own files, and could name any file of this machine.
    files = [path for path in told if _inside(path)]
    for path in files:
        if path.name == "pyproject.toml" and len(path.parts) == 2:
            manifest, _, module = read_tree(lib / path.parts[0])
            return manifest, "", manifest.module or path.parts[0] or module
    for path in files:
        single = path.suffix == ".py" and (len(path.parts) == 1 or path.name == "__init__.py")
        if single and "tool.parley" in (text := read_text(lib / path)):
            return manifest_of(text, str(path)), "", path.parts[0].removesuffix(".py")
    raise ManifestError(
        f"{name} is not a Parley plugin: neither a module of it nor a pyproject.toml inside one has [tool.parley]"
    )


def _inside(path: PurePosixPath) -> bool:
    return not path.is_absolute() and ".." not in path.parts


def _chosen(options: IndexOptions) -> list[str]:
    more = ["--index-url", options.index] if options.index else []
    if options.cooldown:
        newest = datetime.now(UTC) - timedelta(days=options.cooldown)
        more += ["--exclude-newer", newest.strftime("%Y-%m-%dT00:00:00Z")]
    return more


@asynccontextmanager
async def _environment(options: IndexOptions, resolver: Resolve) -> AsyncIterator[Mapping[str, str]]:
    """uv's environment, for the duration of the block. Raises PluginProblem with what the tunnel has refused."""
    caches = {"UV_CACHE_DIR": _cache()}
    if options.index or _is_own():
        names = [name for name in os.environ if name.startswith("UV_") or name.upper() in PROXIES]
        yield {**{name: os.environ[name] for name in (*names, *WITH_NETRC) if name in os.environ}, **caches, **ALWAYS}
        return
    limits = FetchLimits(USUAL, largest=LARGEST_LIBRARIES, slowest=2 * LONGEST)
    async with tunnel(limits, resolver) as way:
        try:
            yield {**caches, **ALWAYS, "HTTPS_PROXY": way.address, "HTTP_PROXY": way.address}
        except PluginProblem as error:
            raise PluginProblem(f"uv: {way.refused[0]}") if way.refused else error from None


def _is_own() -> bool:
    """Whether the owner has set an index or a proxy of their own in the environment."""
    known = {*OWN, *PROXIES} - {"NO_PROXY"}
    return any(value and name.upper() in known for name, value in os.environ.items())


def _cache() -> str:
    """The folder for uv's downloads: the one it would use by itself in the owner's home."""
    above = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return os.environ.get("UV_CACHE_DIR") or str(Path(above) / "uv")


async def _uv(folder: Path, environment: Mapping[str, str], longest: float, *command: str) -> None:
    await run(_program(), *command, folder=folder, environment=environment, longest=longest)


def _program() -> str:
    """uv itself: `make install` leaves a link to its own beside Python, and other installers the extra `plugins`."""
    if found := shutil.which("uv", path=sysconfig.get_path("scripts")):
        return found
    from uv import find_uv_bin

    return str(find_uv_bin())
