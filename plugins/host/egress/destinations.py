"""The destinations of a call: the hosts beyond this machine to which a tool will send words from its arguments."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from plugins.host.plugin import HostedPlugin, OfferWords, PluginOffer
from plugins.host.sources.builtin import BuiltinPlugin

ANYWHERE = "*"
"""The destination of a plugin that chooses its hosts itself, so it may be anywhere."""

UNREADABLE = "?"
"""The destination of an address that two parsers may read differently. Nobody can allow it permanently."""

ADDRESS = re.compile(
    r"(?:https?://)?(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d{1,5})?(?:[/?#][^\\\s]*)?", re.IGNORECASE
)
"""An address that all parsers read the same way."""

ADDRESS_SIGNS = re.compile(r"[.:@/\\\u3002\uff0e\uff61]")
"""The characters that make a word a possible address."""

MOST_DIGITS = 20
"""The most digits that all numbers of a call may have together; with more, words could be encoded in numbers."""


def destinations(plugin: HostedPlugin, tool: PluginOffer, given: Mapping[str, Any]) -> tuple[str, ...]:
    """The hosts that a call carries words to, in alphabetical order; none if it carries no words or reaches no host."""
    if not carries_words(given, tool.schema):
        return ()
    if isinstance(tool, OfferWords) and tool.reaches:
        return (tool.reaches,)
    hosts = plugin.manifest.hosts
    if ANYWHERE not in hosts:
        return tuple(sorted(hosts))
    return tuple(sorted(set(_addressed(_free(given, tool.schema))))) or (ANYWHERE,)


def brings_words(plugin: HostedPlugin) -> bool:
    """Whether a plugin's output may hold somebody else's words: true for all but our own that only compute."""
    return not isinstance(plugin, BuiltinPlugin) or bool(plugin.manifest.hosts or plugin.manifest.powers)


def carries_words(given: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    """Whether arguments have room for words. A value from a short list that the tool itself defines is no word."""
    known = schema.get("properties")
    if any(name not in (known if isinstance(known, Mapping) else {}) for name in given):
        return True
    digits = 0
    for part in _leaves(_free(given, schema).values()):
        if isinstance(part, str) and part:
            return True
        # An empty value also carries information, by its place among others.
        digits += max(sum(sign.isdigit() for sign in repr(part)), 1)
    return digits > MOST_DIGITS


def _free(given: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments except those whose value is in a list that the tool itself defines."""
    known = schema.get("properties")
    fixed = known if isinstance(known, Mapping) else {}
    return {name: value for name, value in given.items() if value not in _values(fixed.get(name))}


def _values(schema: Any) -> list[Any]:
    named = schema.get("enum") if isinstance(schema, Mapping) else None
    return list(named) if isinstance(named, list | tuple) else []


def _addressed(given: Mapping[str, Any]) -> Iterator[str]:
    """The destinations of arguments: hosts of addresses, and "?" for a possible address that is not clear.

    Words that are no address may go anywhere, whatever addresses are given beside them.
    """
    for part in _leaves(given.values()):
        first, *more = part.split() if isinstance(part, str) and part.strip() else [""]
        found = ADDRESS.fullmatch(first)
        if found and not more:
            yield found["host"].lower()
        elif found or "://" in str(part) or (not more and ADDRESS_SIGNS.search(first)):
            yield UNREADABLE
        elif first:
            yield ANYWHERE


def _leaves(value: Any) -> Iterator[Any]:
    """The words, numbers and names in a value; None for each list or object and for a missing value."""
    if isinstance(value, Mapping):
        yield None
        for name, one in value.items():
            yield name
            yield from _leaves(one)
    elif isinstance(value, Iterable) and not isinstance(value, str):
        yield None
        for one in value:
            yield from _leaves(one)
    else:
        yield value
