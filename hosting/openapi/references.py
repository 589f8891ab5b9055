"""References inside a document."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from hosting.openapi.values import table

LONGEST_CHAIN = 8


def pointed(document: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    """What a reference inside the document leads to; nothing where it leads outside or nowhere."""
    if not reference.startswith("#/"):
        return {}
    found: Any = document
    for step in reference[2:].split("/"):
        found = table(found).get(unquote(step).replace("~1", "/").replace("~0", "~"))
    return table(found)


def followed(document: Mapping[str, Any], part: Any) -> Mapping[str, Any]:
    """A part of the document, or what it refers to."""
    found = table(part)
    for _ in range(LONGEST_CHAIN):
        if not isinstance(reference := found.get("$ref"), str):
            return found
        found = pointed(document, reference)
    return {}
