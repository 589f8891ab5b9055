"""Fetching a plugin from its source: a folder or a file, a git repository, a package index or an API description.

Fetching runs nothing of the plugin: a manifest is text, sources are copied, and libraries are wheels, which have no
code that runs when they are installed.
"""

import asyncio
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from parley import Failure, Manifest, ManifestError, manifest_of
from plugins.host.egress.guarded_http import FetchLimits, client
from plugins.host.install.base_environment import SDK
from plugins.host.install.git_repository import cloned
from plugins.host.install.package_index import IndexOptions, in_wheel, installed, name_of
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.install.plugin_source import Kind, Origin, PluginSource
from plugins.host.install.source_tree import copy_file, copy_tree, digest, read_text, read_tree
from plugins.host.offers import clean_manifest
from plugins.host.sources.openapi.document import LARGEST
from plugins.host.sources.openapi.fetch import described, read_file

Step = Callable[[str], None]
"""Called with a few words about what is being done."""

HTTPS = frozenset({"https"})
SLOWEST = 60.0
"""Seconds that fetching an API description may take."""


@dataclass(frozen=True, slots=True)
class PluginCandidate:
    """A version of a plugin that has been fetched into a folder and is not used yet.

    `file` or `module` is what is imported, both relative to the folder.
    """

    manifest: Manifest
    source: str
    kind: Kind
    folder: Path
    file: str = ""
    module: str = ""
    pinned: str = ""
    digest: str = ""
    origin: Origin = "terminal"
    document: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.manifest.name


async def fetched(
    source: PluginSource, folder: Path, limits: FetchLimits, options: IndexOptions, step: Step
) -> PluginCandidate:
    """Fetch a plugin into an empty folder, and read its manifest. Nothing of it runs.

    `limits` say which machines may be reached. Raises PluginProblem.
    """
    await asyncio.to_thread(folder.mkdir, parents=True)
    step("fetching")
    try:
        match source.kind:
            case "folder":
                assert source.path is not None
                candidate = await asyncio.to_thread(_copied, source, source.path, folder)
            case "git":
                candidate = await _cloned(source, folder, limits)
            case "index":
                step("choosing libraries")
                pinned = await installed([source.text], folder, options)
                read = await asyncio.to_thread(in_wheel, folder / "lib", name_of(source.text))
                candidate = PluginCandidate(read[0], source.text, source.kind, folder, *read[1:], pinned)
            case "openapi":
                candidate = await _described(source, folder, limits)
        if source.kind in ("folder", "git") and (wanted := _libraries(candidate)):
            step("choosing libraries")
            pinned = await installed(wanted, folder, options)
            candidate = replace(candidate, pinned=pinned)
        manifest = clean_manifest(candidate.manifest)
    except (ManifestError, Failure, ValueError) as error:
        raise PluginProblem(str(error)) from None
    found = await asyncio.to_thread(digest, folder)
    return replace(candidate, manifest=manifest, digest=found, origin=source.origin)


def _copied(source: PluginSource, tree: Path, folder: Path) -> PluginCandidate:
    """Copy a file or a tree into `code`, and read its manifest."""
    code = folder / "code"
    if tree.is_file():
        code.mkdir()
        copy_file(tree, code / tree.name)
        manifest, file, module = manifest_of(read_text(code / tree.name), tree.name), tree.name, ""
    else:
        copy_tree(tree, code)
        manifest, file, module = read_tree(code)
    return PluginCandidate(manifest, source.text, source.kind, folder, file, module)


async def _cloned(source: PluginSource, folder: Path, limits: FetchLimits) -> PluginCandidate:
    tree = folder / "clone"
    commit = await cloned(source, tree, limits)
    candidate = await asyncio.to_thread(_copied, source, tree, folder)
    await asyncio.to_thread(shutil.rmtree, tree)
    return replace(candidate, pinned=f"# commit {commit}\n")


async def _described(source: PluginSource, folder: Path, limits: FetchLimits) -> PluginCandidate:
    if source.path is None:
        # A description may name another address, which must not be less safe than its own.
        schemes = HTTPS if source.address.startswith("https:") else limits.schemes
        wider = replace(limits, schemes=schemes, largest=LARGEST, slowest=SLOWEST)
        async with client(wider) as http:
            found = await described(http, source.address, choice=source.choice)
    else:
        name = re.sub(r"[^a-z0-9]+", "-", source.path.stem.lower())
        found = await read_file(source.path, name, source.choice)
    written = json.dumps(found.document, sort_keys=True)
    await asyncio.to_thread((folder / "openapi.json").write_text, written, encoding="utf-8")
    return PluginCandidate(found.manifest, source.text, source.kind, folder, document=found.kept())


def _libraries(candidate: PluginCandidate) -> list[str]:
    """The dependencies of a candidate besides the plugin API."""
    return [line for line in candidate.manifest.dependencies if name_of(line) != SDK]
