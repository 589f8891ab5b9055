"""Removes from events the characters that no database can hold."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, get_args

from core.messages import AnyEvent, Attachment, Message, Passage, Quote
from core.outside_text import storable

UNTOUCHED = ("key", "place", "former", "user", "joined")

TEXTS: Mapping[type[AnyEvent], Sequence[str]] = {
    kind: [one.name for one in fields(kind) if one.name not in UNTOUCHED] for kind in get_args(AnyEvent)
}
"""The fields of each kind of event that hold what people wrote."""


def printable(event: AnyEvent) -> AnyEvent:
    """The event without the characters that no database can hold: NUL, and half surrogates, which JSON cannot carry.

    The ids of the person and the place and the event's key come from the platform and stay as they are: if changed,
    they could be somebody else's.
    """
    changed: dict[str, Any] = {}
    for name in TEXTS[type(event)]:
        before = getattr(event, name)
        if before and (after := _storable(before)) != before:
            changed[name] = after
    if (name := storable(event.user.name)) != event.user.name:
        changed["user"] = replace(event.user, name=name)
    return replace(event, **changed) if changed else event


def _storable(value: Any) -> Any:
    match value:
        case str():
            return storable(value)
        case tuple():
            return tuple(map(_storable, value))
        case Mapping():
            return {storable(name): _storable(one) for name, one in value.items()}
        case Quote():
            user = replace(value.user, name=storable(value.user.name))
            parts = {"passages": _storable(value.passages), "attachments": _storable(value.attachments)}
            return replace(value, id=storable(value.id), user=user, text=storable(value.text), **parts)
        case Passage():
            return Passage(storable(value.about), storable(value.text))
        case Message():
            return printable(value)
        case Attachment():
            return replace(value, name=storable(value.name), media_type=storable(value.media_type))
    return value
