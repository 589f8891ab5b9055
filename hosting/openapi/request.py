"""Arguments as they are written into a request."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from hosting.openapi.arguments import Argument
from hosting.openapi.auth import Pair
from parley import PluginError

DELIMITERS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}


def path_segment(name: str, value: Any) -> str:
    """A value inside the path, where a slash is no slash. Raises PluginError for an empty one."""
    flat = [part for pair in value.items() for part in pair] if isinstance(value, Mapping) else value
    found = ",".join(quote(as_text(one), safe="") for one in (flat if isinstance(flat, list) else [flat]))
    if not found:
        raise PluginError(f"{name}: it may not be empty")
    return found


def query_pairs(argument: Argument, value: Any) -> list[Pair]:
    """A value as the query has it."""
    name, style, explode = argument.name, argument.style, argument.explode
    if style == "json":
        return [(name, json.dumps(value, ensure_ascii=False))]
    if isinstance(value, Mapping):
        if style == "deepObject":
            return [(f"{name}[{key}]", as_text(one)) for key, one in value.items()]
        return [(str(key), as_text(one)) for key, one in value.items()] if explode else [(name, joined(value))]
    if isinstance(value, list) and explode:
        return [(name, as_text(one)) for one in value]
    return [(name, joined(value, DELIMITERS.get(style, ",")))]


def joined(value: Any, delimiter: str = ",") -> str:
    """A list or an object as one text."""
    flat = [part for pair in value.items() for part in pair] if isinstance(value, Mapping) else value
    return delimiter.join(map(as_text, flat)) if isinstance(flat, list) else as_text(flat)


def as_text(value: Any) -> str:
    """A text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
