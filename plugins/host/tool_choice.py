"""Finds the tools that fit a text: by shared words, and by the examples in the manifest, used as templates.

Examples with a name in braces ("weather in {place}") say where in a sentence an argument stands. The router only
offers tools: it cannot tell that no tool fits (docs/reference/inference.md 2.3), so nothing runs by itself.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from plugins.host.plugin import HostedPlugin, PluginOffer

Pair = tuple[HostedPlugin, PluginOffer]

WORD = re.compile(r"\w{3,}")
NAMED = re.compile(r"\{(\w+)\}")
OFFERED = 0.34
"""The least likeness by words for a tool to be offered as a button: a third of the words that were said."""


class ToolRouter(Protocol):
    """Says how well tools fit a text. `offered` is the least score for a tool to be offered as a button."""

    @property
    def offered(self) -> float: ...

    async def scores(self, text: str, pairs: Sequence[Pair]) -> Sequence[float]:
        """A score for each tool; only their order means something. It is 1 if an example fits as a template."""
        ...


class WordRouter:
    """The router that needs no server: it compares words."""

    offered = OFFERED

    async def scores(self, text: str, pairs: Sequence[Pair]) -> Sequence[float]:
        """For each tool, the share of the text's words that it has, from 0 to 1."""
        return [likeness(text, *pair) for pair in pairs]


def likeness(text: str, plugin: HostedPlugin, tool: PluginOffer) -> float:
    """How well a tool fits a text, from 0 to 1: the share of the text's words in its name, description and examples."""
    if arguments(text, plugin, tool):
        return 1.0
    said = set(WORD.findall(text.casefold()))
    about = [tool.tool.replace("_", " "), tool.description, *plugin.manifest.examples.get(tool.tool, ())]
    known = set(WORD.findall(NAMED.sub(" ", " ".join(about)).casefold()))
    return len(said & known) / len(said) if said else 0.0


def arguments(text: str, plugin: HostedPlugin, tool: PluginOffer) -> Mapping[str, str] | None:
    """The arguments found in a text by an example that fits it as a template; None if no example fits."""
    plain = " ".join(text.split()).rstrip("?!. ")
    for example in plugin.manifest.examples.get(tool.tool, ()):
        if "{" in example and (found := template(example).fullmatch(plain)):
            return {name: value.strip() for name, value in found.groupdict().items()}
    return None


@lru_cache(4096)
def template(example: str) -> re.Pattern[str]:
    """A pattern for an example with names in braces, which captures what stands in their places."""
    parts = NAMED.split(" ".join(example.split()).rstrip("?!. "))
    pattern = "".join(f"(?P<{part}>.{{1,200}}?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile(pattern, re.IGNORECASE)


def sentences(plugin: HostedPlugin, tool: PluginOffer) -> Sequence[str]:
    """The tool's description and the examples of how people ask for it, each as a sentence."""
    examples = plugin.manifest.examples.get(tool.tool, ())
    return [tool.description, *(NAMED.sub("…", example) for example in examples)]


def sole_text(tool: PluginOffer) -> str:
    """The name of the only argument that a tool requires, if it is a text; empty otherwise."""
    required = [option for option in tool.options if option.required]
    if len(required) != 1 or required[0].values:
        return ""
    kind = tool.schema.get("properties", {}).get(required[0].name, {}).get("type")
    return required[0].name if kind == "string" else ""
