"""Where a call carries words to: the hosts beyond this machine that a tool will reach with its arguments."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from plugins.host.plugin import Hosted, Offer, Remote
from plugins.host.sources.builtin import Plugin

ANYWHERE = "*"
"""Where a plugin goes by itself, which may be anywhere."""

UNREADABLE = "?"
"""Where an address leads that two readers may understand differently. Nobody can allow that once and for all."""

ADDRESS = re.compile(
    r"(?:https?://)?(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d{1,5})?(?:[/?#][^\\\s]*)?", re.IGNORECASE
)
"""An address that all readers of addresses understand alike."""

ADDRESS_SIGNS = re.compile(r"[.:@/\\\u3002\uff0e\uff61]")
"""What makes an address of a word."""

MOST_DIGITS = 20
"""So many digits all numbers of a call may have together; with more of them, words can be written in numbers."""


def destinations(plugin: Hosted, tool: Offer, given: Mapping[str, Any]) -> tuple[str, ...]:
    """The hosts that a call carries words to, in alphabetical order; none where it carries no words, or nowhere."""
    if not carries_words(given, tool.schema):
        return ()
    if isinstance(tool, Remote) and tool.reaches:
        return (tool.reaches,)
    hosts = plugin.manifest.hosts
    if ANYWHERE not in hosts:
        return tuple(sorted(hosts))
    return tuple(sorted(set(_addressed(_free(given, tool.schema))))) or (ANYWHERE,)


def brings_words(plugin: Hosted) -> bool:
    """Whether what a plugin says may be somebody else's words: all but those of ours that only reckon."""
    return not isinstance(plugin, Plugin) or bool(plugin.manifest.hosts or plugin.manifest.powers)


def carries_words(given: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    """Whether arguments have room for words. One of a few values that the tool itself names is no word."""
    known = schema.get("properties")
    if any(name not in (known if isinstance(known, Mapping) else {}) for name in given):
        return True
    digits = 0
    for part in _leaves(_free(given, schema).values()):
        if isinstance(part, str) and part:
            return True
        # What is empty says something too, by its place among others.
        digits += max(sum(sign.isdigit() for sign in repr(part)), 1)
    return digits > MOST_DIGITS


def _free(given: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments but those that have one of the values that the tool itself names."""
    known = schema.get("properties")
    fixed = known if isinstance(known, Mapping) else {}
    return {name: value for name, value in given.items() if value not in _values(fixed.get(name))}


def _values(schema: Any) -> list[Any]:
    named = schema.get("enum") if isinstance(schema, Mapping) else None
    return list(named) if isinstance(named, list | tuple) else []


def _addressed(given: Mapping[str, Any]) -> Iterator[str]:
    """Where arguments lead: the hosts of addresses, "?" for what may be one and cannot be read with certainty.

    Words that are no address may go anywhere, whatever addresses stand beside them.
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
    """The words and numbers in a value, also the names in it; None for each list or object and for nothing at all."""
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
