"""How values are written into a path, a query, a header or a form."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, unquote

from parley import PluginError
from plugins.host.sources.openapi.auth import Pair

DELIMITERS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}


@dataclass(frozen=True, slots=True)
class RequestArgument:
    """Where an argument goes: its place in the request and its name there; `whole` is the body itself.

    `style` and `explode` say how a list or an object is written; `style` "json" means as JSON. In a multipart body
    `media_type` is the part's own, and `file` says that the argument is a file.
    """

    place: Literal["path", "query", "header", "body", "whole"]
    name: str
    style: str = "form"
    explode: bool = True
    media_type: str = ""
    file: bool = False


def path_segment(name: str, value: Any) -> str:
    """Write a value as one path segment, with any slash encoded. Raises PluginError for an empty value."""
    flat = [part for pair in value.items() for part in pair] if isinstance(value, Mapping) else value
    found = ",".join(quote(as_text(one), safe="") for one in (flat if isinstance(flat, list) else [flat]))
    if not found:
        raise PluginError(f"{name}: it may not be empty")
    # Some servers and proxies decode an encoded slash, and some do it twice.
    if ".." in re.split(r"[/\\;,]", unquote(unquote(found))):
        raise PluginError(f"{name}: a part of it may not be . or ..")
    return found


def pairs(argument: RequestArgument, value: Any) -> list[Pair]:
    """Write a value for a query or a form."""
    name, style, explode = argument.name, argument.style, argument.explode
    if style == "json":
        return [(name, json.dumps(value, ensure_ascii=False))]
    if style == "deepObject" and isinstance(value, Mapping | list):
        return deep_pairs(name, value)
    if isinstance(value, Mapping):
        return [(str(key), as_text(one)) for key, one in value.items()] if explode else [(name, joined(value))]
    if isinstance(value, list) and explode:
        return [(name, as_text(one)) for one in value]
    return [(name, joined(value, DELIMITERS.get(style, ",")))]


def deep_pairs(name: str, value: Any) -> list[Pair]:
    """Write a value with the path to each of its parts in brackets, as PHP, Rails and Stripe do: `items[0][price]`.

    The standard leaves lists open. Single values are written as `expand[]`, which all of these accept.
    """
    if isinstance(value, Mapping):
        return [pair for key, one in value.items() if one is not None for pair in deep_pairs(f"{name}[{key}]", one)]
    if isinstance(value, list):
        nested = any(isinstance(one, Mapping | list) for one in value)
        steps = [f"{name}[{number}]" if nested else f"{name}[]" for number in range(len(value))]
        return [pair for step, one in zip(steps, value, strict=True) for pair in deep_pairs(step, one)]
    return [(name, as_text(value))]


def joined(value: Any, delimiter: str = ",") -> str:
    """Write a list or an object as one text."""
    flat = [part for pair in value.items() for part in pair] if isinstance(value, Mapping) else value
    return delimiter.join(map(as_text, flat)) if isinstance(flat, list) else as_text(flat)


def as_text(value: Any) -> str:
    """Return a text as it is, and anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
