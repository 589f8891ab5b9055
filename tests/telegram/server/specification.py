"""Telegram's Bot API in its machine-readable description, as a judge of requests and replies."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from tests.shared.platform_server import published_description

PLAIN: Mapping[str, tuple[type, ...]] = {
    "Integer": (int,),
    "Float": (float, int),
    "String": (str,),
    "Boolean": (bool,),
    "True": (bool,),
}
FILES = frozenset({"InputFile"})


class Specification:
    """Takes the description."""

    def __init__(self, description: dict[str, Any]) -> None:
        self._methods: dict[str, Any] = description["methods"]
        self._types: dict[str, Any] = description["types"]

    def knows(self, method: str) -> bool:
        """Whether there is such a method."""
        return method in self._methods

    def structured(self, method: str, name: str) -> bool:
        """Whether a parameter is an object or a list, which a form carries as JSON."""
        field = next((field for field in self._methods[method].get("fields", []) if field["name"] == name), None)
        return field is not None and not any(kind in PLAIN or kind in FILES for kind in field["types"])

    def refuses(self, method: str, parameters: Mapping[str, Any]) -> str:
        """Why Telegram would refuse these parameters; empty if it would not."""
        return next(self._faults(self._methods[method].get("fields", []), parameters, method), "")

    def mistakes(self, kind: str, thing: Mapping[str, Any]) -> str:
        """The fault in an object that we send ourselves; empty if there is none."""
        return next(self._wrong(kind, thing, kind), "")

    def _faults(self, fields: list[Any], given: Mapping[str, Any], where: str) -> Iterator[str]:
        known = {field["name"]: field for field in fields}
        yield from (f"{where}: there is no {name}" for name in given if name not in known)
        for name, field in known.items():
            if name not in given:
                if field["required"]:
                    yield f"{where}: {name} is missing"
            elif all(any(self._wrong(kind, given[name], name)) for kind in field["types"]):
                yield next(self._wrong(field["types"][0], given[name], f"{where}.{name}"))

    def _wrong(self, kind: str, thing: Any, where: str) -> Iterator[str]:
        if kind in FILES:
            return
        if kind in PLAIN:
            if not isinstance(thing, PLAIN[kind]) or (kind == "Integer" and isinstance(thing, bool)):
                yield f"{where}: {thing!r} is no {kind}"
        elif kind.startswith("Array of "):
            if not isinstance(thing, list):
                yield f"{where}: {thing!r} is no list"
            else:
                for part in thing:
                    yield from self._wrong(kind.removeprefix("Array of "), part, f"{where}[]")
        elif not isinstance(thing, dict):
            yield f"{where}: {thing!r} is no {kind}"
        elif subtypes := self._types[kind].get("subtypes"):
            if all(any(self._wrong(subtype, thing, where)) for subtype in subtypes):
                yield f"{where}: {thing!r} is no {kind}"
        else:
            yield from self._faults(self._types[kind].get("fields", []), thing, where)


@cache
def published() -> Specification | None:
    """The description, None if it is not there."""
    found = published_description("telegram-bot-api.json")
    return Specification(found) if found else None
