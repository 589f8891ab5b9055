"""The public API of Parley's plugins: all that a plugin imports."""

from parley.api import API, Context, Failure, PluginError, Result, Source, Storage, command, tool
from parley.declared import Declared, Tool, declared
from parley.manifest import ConfigField, Manifest, ManifestError, manifest_of

__all__ = [
    "API",
    "ConfigField",
    "Context",
    "Declared",
    "Failure",
    "Manifest",
    "ManifestError",
    "PluginError",
    "Result",
    "Source",
    "Storage",
    "Tool",
    "command",
    "declared",
    "manifest_of",
    "tool",
]
