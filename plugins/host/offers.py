"""Plugins' offers as people and models are shown them: without invisible characters, and within a model's budget."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import structlog

from core.outside_text import cleaned, cleaned_line, cleaned_value
from core.ports.model import ToolSpec
from parley import Context, Manifest, Result, Source
from parley.declared import OfferOption
from plugins.host.plugin import HostedPlugin, OfferWords, PluginOffer
from plugins.host.sources.builtin import BuiltinPlugin

log = structlog.get_logger()

LONGEST_NAME, LONGEST_ABOUT, LONGEST_SOURCE = 64, 4000, 2000
SHORTER = (400, 120, 40, 0)
"""The lengths, in characters, to which descriptions are cut step by step if a tool is too large for its budget."""

LEAST_ABOUT = 120
"""The fewest characters that are left of the description of a tool as a whole."""

DISPENSABLE = ("title", "examples", "example", "default")
"""Parts that a schema may lose if it is too large: a model can fill it in without them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanOffer(OfferWords):
    """An offer of any plugin, with texts that hold no invisible characters."""

    offer: PluginOffer = field(repr=False)

    async def call(self, context: Context, given: Mapping[str, Any]) -> Result:
        """Call it. Raises what the plugin raises; the result is not yet cleaned."""
        return await self.offer.call(context, given)


class _CleanedOffers:
    """A plugin's sequence of offers, compared by identity, so that it is cleaned once and not with every call."""

    def __init__(self, name: str, tools: Sequence[PluginOffer]) -> None:
        self.name = name
        self.tools = tools

    def __hash__(self) -> int:
        return id(self.tools)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _CleanedOffers) and self.tools is other.tools


def clean_offers(plugin: HostedPlugin) -> Sequence[CleanOffer]:
    """The cleaned offers of a plugin. Raises what its import raises."""
    return _clean_offers(_CleanedOffers(plugin.name, plugin.tools))


@lru_cache(1024)
def _clean_offers(offered: _CleanedOffers) -> Sequence[CleanOffer]:
    found = []
    for tool in offered.tools:
        try:
            found.append(_clean_offer(tool))
        except ValueError as error:
            log.warning("tool_left_out", plugin=offered.name, tool=cleaned_line(tool.tool, 60), error=error)
    return tuple(found)


def _clean_offer(tool: PluginOffer) -> CleanOffer:
    """Clean an offer. Raises ValueError for a schema without end."""
    more = tool if isinstance(tool, OfferWords) else OfferWords()
    return CleanOffer(
        tool=cleaned_line(tool.tool, LONGEST_NAME),
        command=cleaned_line(tool.command, LONGEST_NAME),
        description=cleaned(tool.description[:LONGEST_ABOUT]),
        schema=cleaned_value(tool.schema),
        options=tuple(_clean_option(one) for one in tool.options),
        shown=cleaned_line(tool.shown, LONGEST_ABOUT),
        confirm=tool.confirm,
        admin=tool.admin,
        asks=more.asks,
        reaches=cleaned_line(more.reaches, LONGEST_NAME),
        offer=tool,
    )


def _clean_option(option: OfferOption) -> OfferOption:
    about = cleaned_line(option.description, LONGEST_ABOUT)
    return OfferOption(
        cleaned_line(option.name, LONGEST_NAME), about, option.required, tuple(map(cleaned, option.values))
    )


def clean_manifest(manifest: Manifest) -> Manifest:
    """A manifest with clean texts. Raises ValueError if nothing is left of a text that is required."""
    return Manifest.model_validate(cleaned_value(manifest.model_dump(mode="json")))


def clean_result(result: Result, most: int) -> Result:
    """A plugin's result, with at most `most` characters of text, and its sources."""
    sources = tuple(
        Source(cleaned_line(one.title, LONGEST_SOURCE), cleaned_line(one.url, LONGEST_SOURCE)) for one in result.sources
    )
    return Result(cleaned(result.text[: 2 * most])[:most], sources, result.private)


def spec_of(plugin: HostedPlugin, tool: PluginOffer, most: int = LONGEST_ABOUT) -> ToolSpec:
    """A tool as it is offered to a model, with a description of at most `most` characters.

    The description of a plugin that does not come with Parley is marked as the plugin's own claim.
    """
    about = _cut(tool.description, most)
    if not isinstance(plugin, BuiltinPlugin):
        about = f"{plugin.name} describes this tool so: {json.dumps(about, ensure_ascii=False)}"
    return ToolSpec(tool.tool, about, tool.schema)


def size_of(spec: ToolSpec) -> int:
    """The approximate number of characters that a tool takes in a prompt."""
    return len(spec.name) + len(spec.description) + len(json.dumps(spec.schema))


def fitted(plugin: HostedPlugin, tool: PluginOffer, room: int) -> tuple[ToolSpec, int]:
    """A tool for a model, and its size. If that exceeds `room`, descriptions are shortened, which may not be enough."""
    spec = spec_of(plugin, tool)
    size = size_of(spec)
    for most in SHORTER:
        if size <= room:
            break
        about = spec_of(plugin, tool, max(most, LEAST_ABOUT)).description
        spec = ToolSpec(spec.name, about, _shortened(tool.schema, most))
        size = size_of(spec)
    return spec, size


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _shortened(schema: Any, most: int, *, names: bool = False) -> Any:
    """A schema with shorter descriptions. With `names`, its keys are names of arguments and are all kept."""
    if isinstance(schema, list):
        return [_shortened(one, most) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    found = {}
    for key, value in schema.items():
        if not names and key == "description" and isinstance(value, str):
            if most:
                found[key] = _cut(value, most)
        elif names or key not in DISPENSABLE:
            found[key] = _shortened(value, most, names=not names and key in ("properties", "$defs", "definitions"))
    return found
