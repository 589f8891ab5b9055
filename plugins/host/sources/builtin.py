"""The plugins that come with us: their manifests are read as text, and their code is imported on first use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from parley import Context, Declared, Manifest, ManifestError, Tool, declared, manifest_of


@dataclass(slots=True)
class BuiltinPlugin:
    """A plugin in this process: its manifest, and once it is imported, what it offers."""

    manifest: Manifest
    module: str
    _declared: Declared | None = field(default=None)

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def declared(self) -> Declared:
        """Return everything that it offers. Raises ManifestError, and whatever its import raises."""
        if self._declared is None:
            self._declared = declared(import_module(self.module))
        return self._declared

    @property
    def tools(self) -> Sequence[Tool]:
        """Return the tools that it offers to models and to people."""
        return self.declared.tools

    async def hook(self, moment: str, value: Any, context: Context) -> Any:
        """Call its hook for a moment."""
        return await self.declared.hooks[moment](context, value)

    async def run(self, function: str, values: Mapping[str, Any], context: Context) -> None:
        """Call a scheduled function. Raises LookupError if there is no such function."""
        await self.declared.scheduled[function](context, **values)


def built_in(folder: Path, package: str) -> Mapping[str, BuiltinPlugin]:
    """Return the plugins in a folder that is a package of ours, by name in alphabetical order.

    Raises ManifestError if one of them has no valid manifest, or two have the same name.
    """
    found: dict[str, BuiltinPlugin] = {}
    for file in sorted(folder.glob("*.py")):
        if file.stem.startswith("_"):
            continue
        manifest = manifest_of(file.read_text(encoding="utf-8"), file.name)
        if manifest.name in found:
            raise ManifestError(f"{file.name}: there is already a plugin {manifest.name}")
        found[manifest.name] = BuiltinPlugin(manifest, f"{package}.{file.stem}")
    return found
