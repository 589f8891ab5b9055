"""The text that shows a tool call to a person for approval, and the fingerprint that ties the approval to that call."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.store.plugin_tables import PluginCallRow
from plugins.host.approval.visible_text import single, visible
from plugins.host.plugin import HostedPlugin, PluginOffer, VersionedPlugin

LONGEST = 200_000
"""The most characters that a call's arguments may have, as JSON, to be shown for approval. Nobody would read more."""

LEAST = 40
"""The fewest characters that are shown of a truncated argument."""

LONGEST_LINE = 300
"""The most characters of each line above the arguments."""

SEAL = 16
"""The number of the fingerprint's digits in a button, which tie the message that a person sees to the call."""

NAME = re.compile(r"[\w.$@\[\]-]+")
NUMBER = re.compile(r"[+-]?[\d.][\d._]*(?:[eE][+-]?\d+)?")
CONSTANTS = frozenset({"true", "false", "null", "none", "nan", "infinity", "-infinity"})

Missing = Callable[[int, int], str]
"""Returns a note that says how many characters and how many lines are not shown."""


@dataclass(frozen=True, slots=True)
class CallSheet:
    """A call as plain `text`. `whole`: nothing is left out. `named`: at least the name of every argument is shown."""

    text: str
    whole: bool
    named: bool


def canonical(thing: Any) -> str:
    """Return a value as canonical JSON. Raises ValueError for values that JSON cannot represent (NaN, infinity)."""
    return json.dumps(thing, ensure_ascii=True, allow_nan=False, sort_keys=True, separators=(",", ":"))


def fingerprint(plugin: HostedPlugin, tool: PluginOffer, call: PluginCallRow) -> str:
    """Return the SHA-256 of a call, which covers its plugin, version, tool, arguments, person and place."""
    bound = {
        "plugin": plugin.name,
        "version": plugin.digest if isinstance(plugin, VersionedPlugin) else "",
        "manifest": plugin.manifest.model_dump(mode="json"),
        "tool": [tool.tool, tool.description, tool.schema, tool.shown, tool.confirm, tool.admin],
        "call": [call.plugin, call.function, call.values],
        "person": call.person_id,
        "place": call.place,
        "asker": call.asker,
    }
    return hashlib.sha256(json.dumps(bound, sort_keys=True, default=str).encode()).hexdigest()


def sheet(heading: Sequence[str], given: Mapping[str, Any], room: int, missing: Missing) -> CallSheet:
    """Return a call in at most `room` characters. Short arguments come first; long ones are truncated, with a note."""
    entries = sorted(((f"{named(name)}: ", written(value)) for name, value in given.items()), key=_length)
    lines = [line if _width(line) <= LONGEST_LINE else _cut(line, LONGEST_LINE, missing) for line in heading]
    left, whole, all_named = room - _width("\n".join(lines)), lines == list(heading), True
    for number, (name, value) in enumerate(entries):
        share = left // (len(entries) - number) - 1
        if _width(name + value) > share:
            whole = False
            value = _cut(value, share - _width(name), missing)
        if _width(name + value) > share:
            all_named = False
            break
        lines.append(name + value)
        left -= _width(name + value) + 1
    return CallSheet("\n".join(lines), whole, all_named)


def everything(heading: Sequence[str], given: Mapping[str, Any]) -> str:
    """Return a call as text of any length."""
    return "\n".join([*heading, *(f"{named(name)}: {written(value)}" for name, value in given.items())])


def named(name: str) -> str:
    """Return the name of an argument, quoted unless it is a plain word, so that no part of it can pass for a value."""
    return single(name if NAME.fullmatch(name) else json.dumps(name, ensure_ascii=False))


def written(value: Any) -> str:
    """Return the value of an argument for people to read: text as it is, and everything else as JSON.

    Text that looks like JSON is quoted, because many programs treat the text "false" as true.
    """
    if isinstance(value, str) and value.strip() and not _reads_as_json(value):
        return visible(value)
    return visible(json.dumps(value, ensure_ascii=False, indent=1))


def _reads_as_json(text: str) -> bool:
    """Return whether a text looks like another type of value. Numbers are not parsed, as they may be of any length."""
    plain = text.strip()
    return plain.lower() in CONSTANTS or plain[0] in '"[{' or bool(NUMBER.fullmatch(plain))


def _cut(value: str, room: int, missing: Missing) -> str:
    """Return the beginning of a value and a note on the rest. The result exceeds `room` if `room` is very small."""
    longest = _words(value, missing)
    shown = value[: max(room - _width(longest) - 1, LEAST)]
    while _width(shown) + _width(longest) + 1 > room and len(shown) > LEAST:
        shown = shown[: max(len(shown) * 3 // 4, LEAST)]
    # Do not cut a marker such as ‹…› in two.
    opened = shown.rfind("‹")
    if opened > shown.rfind("›"):
        shown = shown[:opened]
    return f"{shown} {_words(value[len(shown) :], missing)}"


def _words(hidden: str, missing: Missing) -> str:
    lines = hidden.count("\n")
    # A line break is one character but is shown as four.
    return missing(len(hidden) - 3 * lines, lines + 1)


def _length(entry: Sequence[str]) -> int:
    return _width("".join(entry))


def _width(text: str) -> int:
    """Return the length of a text as the strictest platform counts it: in UTF-16 code units."""
    return len(text) + sum(sign > "\uffff" for sign in text)
