"""Converts values to the types of their settings before the check: variables hold texts, and TOML holds lists."""

import types
from collections.abc import Callable, Mapping
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def of_kind(value: Any, annotation: Any) -> Any:
    """Convert texts from variables to the types of a section or setting; a text that cannot be converted stays."""
    if isinstance(value, Mapping):
        return {name: of_kind(inner, _inner(annotation, name)) for name, inner in value.items()}
    if not isinstance(value, str):
        return value
    kinds = plain_kinds(annotation)
    read: list[tuple[type, Callable[[str], Any]]] = [(bool, _switch), (int, int), (float, float)]
    for kind, reading in read:
        # "1" for a setting that may be a number or a switch is a number.
        if kind in kinds and not (kind is bool and float in kinds and value.strip().isdecimal()):
            try:
                return reading(value.strip())
            except (KeyError, ValueError):
                continue
    return value


def tupled(value: Any) -> Any:
    """Turn the lists of TOML into tuples."""
    if isinstance(value, Mapping):
        return {name: tupled(inner) for name, inner in value.items()}
    return tuple(tupled(inner) for inner in value) if isinstance(value, list) else value


def plain_kinds(annotation: Any) -> set[Any]:
    """The types that an annotation allows, without their metadata."""
    if hasattr(annotation, "__metadata__"):
        return plain_kinds(annotation.__origin__)
    if get_origin(annotation) in (Union, types.UnionType):
        return set[Any]().union(*(plain_kinds(one) for one in get_args(annotation)))
    return {annotation}


def _inner(annotation: Any, name: str) -> Any:
    """The annotation of a setting in a section, or of the values of a mapping; None if it is unknown."""
    for kind in plain_kinds(annotation):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            field = kind.model_fields.get(name)
            return field.annotation if field else None
        if len(get_args(kind)) == 2:
            return get_args(kind)[1]
    return None


def _switch(text: str) -> bool:
    return WORDS[text.lower()]
