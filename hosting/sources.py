"""Where a plugin comes from: a folder or a file, a git repository, a package index, an OpenAPI description.

Fetching runs nothing of the plugin: a manifest is text, sources are copied, and libraries are wheels, which have no
code that runs when they are installed.
"""

import asyncio
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from core.errors import OperatorError
from core.outside_text import cleaned
from hosting import openapi
from hosting.base import SDK, pins
from hosting.offering import clean_manifest
from parley import Manifest, ManifestError, manifest_of
from parley.manifest import manifest_of_project

Kind = Literal["folder", "git", "index", "openapi"]
Step = Callable[[str], None]
"""Hears what is being done, in a word."""

LARGEST, MOST_FILES = 50 * 1024 * 1024, 5000
LONGEST = 300.0
"""Seconds that fetching may take."""

PACKAGE = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(==(?P<version>[A-Za-z0-9.!+_-]+))?$")
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "*.pyc", "node_modules")
DESCRIPTIONS = (".json", ".yaml", ".yml")


class PluginProblem(OperatorError):
    """A plugin cannot be installed: the text says why, and what to do. Parts of it may come from outside."""

    def __init__(self, words: str) -> None:
        super().__init__(cleaned(words))


@dataclass(frozen=True, slots=True)
class Options:
    """How plugins are fetched: `index` in place of the usual one, and how many days old a release must be."""

    index: str = ""
    cooldown: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version of a plugin that has been fetched into a folder, and that is not yet used.

    `file` or `module` is what is imported, both relative to the folder; `libraries` says that it brings some.
    """

    manifest: Manifest
    source: str
    kind: Kind
    folder: Path
    file: str = ""
    module: str = ""
    pinned: str = ""
    digest: str = ""
    document: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.manifest.name


def kind_of(source: str) -> Kind:
    """What a source is. Raises PluginProblem for what is none."""
    if source.startswith("git+"):
        return "git"
    if source.startswith(("http://", "https://")):
        return "openapi"
    if source and (path := Path(source).expanduser()).exists():
        return "openapi" if path.suffix in DESCRIPTIONS else "folder"
    if (found := PACKAGE.match(source)) and found["version"]:
        return "index"
    raise PluginProblem(
        f"{source} is no plugin: it is not in the catalogue (`parley plugin search`); give a name from there, a file or"
        " a folder, git+https://…, the address of an OpenAPI description or an ai-plugin.json, or a package with its"
        " version, as name==1.2.3"
    )


async def fetched(source: str, folder: Path, http: httpx.AsyncClient, options: Options, step: Step) -> Candidate:
    """Fetch a plugin into an empty folder, and read its manifest. Raises PluginProblem, and nothing of it runs."""
    await asyncio.to_thread(folder.mkdir, parents=True)
    kind = await asyncio.to_thread(kind_of, source)
    step("fetching")
    try:
        match kind:
            case "folder":
                path = await asyncio.to_thread(_absolute, source)
                found = await asyncio.to_thread(_copied, path, folder)
                candidate = Candidate(found[0], str(path), kind, folder, *found[1:])
            case "git":
                candidate = await _cloned(source, folder)
            case "index":
                candidate = await _from_index(source, folder, options, step)
            case "openapi":
                candidate = await _described(source, folder, http)
        if kind in ("folder", "git") and (wanted := _libraries(candidate)):
            pinned = await _installed(wanted, folder, options, step)
            candidate = replace(candidate, pinned=pinned)
        manifest = clean_manifest(candidate.manifest)
    except (ManifestError, ValueError) as error:
        raise PluginProblem(str(error)) from None
    return replace(candidate, manifest=manifest, digest=await asyncio.to_thread(digest, folder))


def digest(folder: Path) -> str:
    """The SHA-256 of all files of a folder with their names, without what Python compiles."""
    found = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            content = file.read_bytes()
            found.update(f"{file.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
            found.update(content)
    return found.hexdigest()


def _copied(source: Path, folder: Path) -> tuple[Manifest, str, str]:
    """Copy a file or a tree into `code`. Returns its manifest, and its file or its module."""
    if source.is_file():
        manifest = manifest_of(_read(source), source.name)
        (folder / "code").mkdir()
        shutil.copyfile(source, folder / "code" / source.name)
        return manifest, source.name, ""
    _check_size(source)
    shutil.copytree(source, folder / "code", ignore=LEFT_OUT, symlinks=False, ignore_dangling_symlinks=True)
    return read_tree(folder / "code")


def read_tree(tree: Path) -> tuple[Manifest, str, str]:
    """The manifest of a tree of sources, and its file or its module. Raises ManifestError."""
    if (project := tree / "pyproject.toml").is_file():
        manifest = manifest_of_project(_read(project))
        return manifest, "", manifest.module
    files = [file for file in sorted(tree.glob("*.py")) if "tool.parley" in _read(file)]
    if len(files) != 1:
        raise ManifestError(
            "there is neither a pyproject.toml with a table [tool.parley] nor one single file with a manifest"
        )
    return manifest_of(_read(files[0]), files[0].name), files[0].name, ""


async def _cloned(source: str, folder: Path) -> Candidate:
    address, _, ref = source.removeprefix("git+").partition("@")
    if urlsplit(address).scheme not in ("https", "file", "ssh"):
        raise PluginProblem(f"{source}: a repository is fetched by https, ssh or file, as git+https://…/name.git@v1")
    tree = folder / "clone"
    safe = ("-c", "protocol.ext.allow=never", "-c", "core.symlinks=false", "-c", "core.hooksPath=/dev/null")
    await run("git", "init", "-q", str(tree))
    await run("git", *safe, "-C", str(tree), "fetch", "-q", "--depth", "1", "--", address, ref or "HEAD")
    await run("git", *safe, "-C", str(tree), "checkout", "-q", "FETCH_HEAD")
    commit = (await run("git", "-C", str(tree), "rev-parse", "HEAD")).strip()
    found = await asyncio.to_thread(_copied, tree, folder)
    await asyncio.to_thread(shutil.rmtree, tree)
    return Candidate(found[0], source, "git", folder, *found[1:], pinned=f"# commit {commit}\n")


async def _from_index(source: str, folder: Path, options: Options, step: Step) -> Candidate:
    found = PACKAGE.match(source)
    assert found is not None
    pinned = await _installed([source], folder, options, step)
    manifest, file, module = await asyncio.to_thread(_in_wheel, folder / "lib", found["name"])
    return Candidate(manifest, source, "index", folder, file, module, pinned)


def _in_wheel(lib: Path, name: str) -> tuple[Manifest, str, str]:
    """The manifest of an installed package: a pyproject.toml inside its module, or the block of its one file."""
    plain = re.sub(r"[-_.]+", "_", name).lower()
    info = next((one for one in lib.glob("*.dist-info") if one.name.lower().startswith(f"{plain}-")), None)
    files = list(Distribution.at(info).files or ()) if info else []
    for path in files:
        if path.name == "pyproject.toml" and len(path.parts) == 2:
            manifest, _, module = read_tree(lib / path.parts[0])
            return manifest, "", manifest.module or path.parts[0] or module
    for path in files:
        single = path.suffix == ".py" and (len(path.parts) == 1 or path.name == "__init__.py")
        if single and "tool.parley" in _read(lib / path):
            return manifest_of(_read(lib / path), str(path)), "", path.parts[0].removesuffix(".py")
    raise ManifestError(
        f"{name} is no Parley plugin: neither a module of it nor a pyproject.toml inside one has [tool.parley]"
    )


async def _described(source: str, folder: Path, http: httpx.AsyncClient) -> Candidate:
    if source.startswith("http"):
        found = await openapi.described(http, source)
    else:
        path = await asyncio.to_thread(_absolute, source)
        source = str(path)
        found = openapi.read(await asyncio.to_thread(_read, path), re.sub(r"[^a-z0-9]+", "-", path.stem.lower()))
    (folder / "openapi.json").write_text(json.dumps(found.document, sort_keys=True), encoding="utf-8")
    document = {"document": found.document, "auth": asdict(found.auth), "address": found.address}
    return Candidate(found.manifest, source, "openapi", folder, document=document)


def _libraries(candidate: Candidate) -> list[str]:
    """What it needs beside the plugin API."""
    wanted = candidate.manifest.dependencies
    return [line for line in wanted if re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower() != SDK]


async def _installed(wanted: Sequence[str], folder: Path, options: Options, step: Step) -> str:
    """Choose versions of libraries, pin them with their hashes, and install them into `lib`. Returns the pins."""
    if any("@" in line or line.startswith("-") for line in wanted):
        raise PluginProblem("a plugin's dependencies come from the index, as name>=1.2: neither addresses nor options")
    step("choosing libraries")
    for name, lines in (("wanted.txt", wanted), ("base.txt", pins()), ("without.txt", [f"{SDK}; python_version<'3'"])):
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    there = [part for pin in pins() for part in ("--no-emit-package", pin.partition("==")[0])]
    more = ["--index-url", options.index] if options.index else []
    if options.cooldown:
        newest = datetime.now(UTC) - timedelta(days=options.cooldown)
        more += ["--exclude-newer", newest.strftime("%Y-%m-%dT00:00:00Z")]
    usual = ["--quiet", "--python", sys.executable, "--only-binary", ":all:", "--no-config", *more]
    await uv(
        folder,
        "pip",
        "compile",
        "wanted.txt",
        *("--constraint", "base.txt", "--override", "without.txt", "--generate-hashes", "--no-header"),
        *("--no-annotate", "--output-file", "requirements.txt", *usual, *there),
    )
    step("installing libraries")
    pinned = (folder / "requirements.txt").read_text(encoding="utf-8")
    if pinned.strip():
        await uv(
            folder,
            *("pip", "install", "--target", "lib", "--require-hashes", "--no-deps", "--no-compile-bytecode"),
            *("-r", "requirements.txt", *usual),
        )
    # What a wheel brings compiled need not be what its sources say.
    for compiled in [*(folder / "lib").rglob("*.pyc")]:
        compiled.unlink()
    # The digest leaves these folders out, and Python would import from them as from any other.
    for cache in [*(folder / "lib").rglob("__pycache__")]:
        shutil.rmtree(cache, ignore_errors=True)
    if strays := [file.name for file in (folder / "lib").glob("*.pth")]:
        # Python runs such a file at every start, before anything of ours.
        raise PluginProblem(f"a library brings {strays[0]}, which would run by itself; it is not installed")
    for name in ("wanted.txt", "base.txt", "without.txt", "requirements.txt"):
        (folder / name).unlink()
    return pinned


async def uv(folder: Path, *command: str) -> str:
    """Run uv in a folder. Raises PluginProblem with what it says."""
    from uv import find_uv_bin

    return await run(find_uv_bin(), *command, folder=folder)


async def run(*command: str, folder: Path | None = None) -> str:
    """Run a program, which gets none of our secrets. Raises PluginProblem with the end of what it says."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    environment = {**clean, "GIT_TERMINAL_PROMPT": "0", "UV_PYTHON_DOWNLOADS": "never"}
    try:
        child = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except FileNotFoundError:
        raise PluginProblem(f"{command[0]} is not installed on this machine") from None
    try:
        async with asyncio.timeout(LONGEST):
            said, wrong = await child.communicate()
    except TimeoutError:
        raise PluginProblem(f"{Path(command[0]).name} took longer than {LONGEST:g} seconds") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        words = wrong.decode("utf-8", "replace").strip()[-800:]
        raise PluginProblem(f"{Path(command[0]).name}: {words or f'it failed (code {child.returncode})'}")
    return said.decode("utf-8", "replace")


def _absolute(source: str) -> Path:
    return Path(source).expanduser().absolute()


def _check_size(tree: Path) -> None:
    size = files = 0
    for root, folders, names in os.walk(tree):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "__pycache__"]
        for name in names:
            path = Path(root) / name
            if path.is_symlink() and not path.resolve().is_relative_to(tree.resolve()):
                raise ManifestError(f"{path.relative_to(tree)} is a link that leads out of the folder")
            files += 1
            size += path.lstat().st_size
    if size > LARGEST or files > MOST_FILES:
        raise ManifestError(f"the folder has more than {LARGEST // 1024 // 1024} MB or {MOST_FILES} files")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{file.name} cannot be read: {error}") from None
