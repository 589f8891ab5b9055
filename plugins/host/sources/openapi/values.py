"""Reading parts of a document that may hold anything: a part of the wrong type counts as an empty one."""

import re
from collections.abc import Mapping, Sequence
from typing import Any


def table(value: Any) -> Mapping[str, Any]:
    """Return an object, empty if the value is something else."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> Sequence[Any]:
    """Return a list, empty if the value is something else."""
    return value if isinstance(value, list) else []


def tables(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects in a list."""
    return [one for one in sequence(value) if isinstance(one, Mapping)]


def cut(text: str, most: int) -> str:
    """Cut a text to at most the given number of characters, with a mark if it was longer."""
    return text if len(text) <= most else text[: most - 1] + "…"


def visible(text: str, most: int) -> str:
    """Put words from outside into one line, without invisible characters and without those that end a quotation."""
    return cut("".join(sign for sign in " ".join(text.split()) if sign.isprintable() and sign not in '`"'), most)


def slug(text: str) -> str:
    """Turn a title into a plugin name."""
    found = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return (found if found[:1].isalpha() else f"api-{found}".strip("-"))[:40]
