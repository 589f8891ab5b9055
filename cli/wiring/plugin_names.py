"""The names of all plugins, for code that needs nothing else about them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import plugins.builtin
from config.settings import ParleySettings
from plugins.host.sources.builtin import BuiltinPlugin, built_in


def bundled() -> Mapping[str, BuiltinPlugin]:
    """The plugins that come with Parley, by name. Raises ManifestError if one of them is invalid."""
    return built_in(Path(plugins.builtin.__file__).parent, "plugins.builtin")


def known_plugins(settings: ParleySettings, installed: Sequence[str]) -> list[str]:
    """The names of all plugins: built-in ones, those in the settings, and installed ones."""
    return sorted({*bundled(), *settings.plugins.mcp, *settings.plugins.langchain, *installed})


def unknown_plugins(settings: ParleySettings, installed: Sequence[str]) -> list[str]:
    """The names in plugins.on that belong to no plugin."""
    known = known_plugins(settings, installed)
    return [name for name in settings.plugins.on if name not in known]
