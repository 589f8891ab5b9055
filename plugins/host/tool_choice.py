"""Finds the tools that fit a text: by shared words, and by the examples in the manifest, used as templates.

Examples with a name in braces ("weather in {place}") say where in a sentence an argument stands. Nothing runs by
itself: a tool is offered as a button if an example fits, or if the text asks for something with one of the tool's
keywords (`plugins.host.keywords`).
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from plugins.host.keywords import NAMED, SaidText, asked_share, divided, pattern
from plugins.host.plugin import HostedPlugin, PluginOffer

Pair = tuple[HostedPlugin, PluginOffer]

WORD = re.compile(r"\w{3,}")
OFFERED = 0.07
"""The least share of a text that keywords must take for a tool to be offered as a button (measured by `python -m
tests.plugin_host.offered`): one word in fourteen."""


class ToolRouter(Protocol):
    """Says how well tools fit a text, and which of them fit so well that a button offers them."""

    async def scores(self, text: str, pairs: Sequence[Pair]) -> Sequence[float]:
        """A score for each tool; only their order means something. It is 1 if an example fits as a template."""
        ...

    async def fitting(self, text: str, pairs: Sequence[Pair]) -> Sequence[Pair]:
        """The tools to offer as buttons, the best first; none for small talk and for what a model knows by itself."""
        ...


class WordRouter:
    """The router that needs no server: it compares words."""

    async def scores(self, text: str, pairs: Sequence[Pair]) -> Sequence[float]:
        """For each tool, the share of the text's words that it has, from 0 to 1."""
        return [likeness(text, *pair) for pair in pairs]

    async def fitting(self, text: str, pairs: Sequence[Pair]) -> Sequence[Pair]:
        """The tools of which an example or enough keywords fit, the best first."""
        said = divided(text)
        shares = [asked_for(said, *pair) for pair in pairs]
        ranked = sorted(zip(shares, pairs, strict=True), key=lambda one: (-one[0], one[1][1].tool))
        return [pair for share, pair in ranked if share >= OFFERED]


def asked_for(said: SaidText, plugin: HostedPlugin, tool: PluginOffer) -> float:
    """How clearly a text asks for a tool, from 0 to 1: all of it, if an example fits as a template."""
    if arguments(said.plain, plugin, tool):
        return 1.0
    examples = plugin.manifest.examples.get(tool.tool, ())
    return asked_share(said, examples, f"{tool.tool.replace('_', ' ')} {tool.description}")


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
    known = templates(tuple(plugin.manifest.examples.get(tool.tool, ())))
    if not known:
        return None
    plain = " ".join(text.split()).rstrip("?!. ")
    fitting = next((found for one in known if (found := one.fullmatch(plain))), None)
    return {name: value.strip() for name, value in fitting.groupdict().items()} if fitting else None


@lru_cache(1024)
def templates(examples: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """The patterns of those examples that have names in braces, other than {number} alone."""
    return tuple(template(one) for one in examples if NAMED.search(one.replace("{number}", "")))


@lru_cache(4096)
def template(example: str) -> re.Pattern[str]:
    """A pattern for an example with names in braces, which captures what stands in their places."""
    return re.compile(pattern(" ".join(example.split()).rstrip("?!. "), named=True), re.IGNORECASE)


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
