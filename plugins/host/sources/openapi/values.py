"""Reading parts of a document that may hold anything: a part of the wrong type is taken for an empty one."""

import re
from collections.abc import Mapping, Sequence
from typing import Any


def table(value: Any) -> Mapping[str, Any]:
    """An object, empty where the value is something else."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> Sequence[Any]:
    """A list, empty where the value is something else."""
    return value if isinstance(value, list) else []


def tables(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list."""
    return [one for one in sequence(value) if isinstance(one, Mapping)]


def cut(text: str, most: int) -> str:
    """A text of at most so many characters, with a mark where it was longer."""
    return text if len(text) <= most else text[: most - 1] + "…"


def visible(text: str, most: int) -> str:
    """Words from outside in one line, without signs that nobody sees and without those that end a quotation."""
    return cut("".join(sign for sign in " ".join(text.split()) if sign.isprintable() and sign not in '`"'), most)


def slug(text: str) -> str:
    """A title as the name of a plugin."""
    found = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return (found if found[:1].isalpha() else f"api-{found}".strip("-"))[:40]
