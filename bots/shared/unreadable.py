"""Describes something from a platform that we cannot read, for the operator: bounded, printable, its fault named."""

import hashlib
import json
from pathlib import PurePath
from typing import Any

from core.ports.surface import UnreadableItem

LARGEST = 64 * 1024
"""How much of a payload is kept at most, in bytes."""

LONGEST_KEY = 200


def unreadable(kind: str, key: object, payload: Any, error: BaseException) -> UnreadableItem:
    """Describe an item that an error kept us from reading. Without a key, its content identifies it."""
    text = written(payload)
    name = ascii(key).strip("'")[:LONGEST_KEY] if key is not None else hashlib.sha256(text.encode()).hexdigest()
    return UnreadableItem(kind[:LONGEST_KEY], name, text[:LARGEST], reason_of(error))


def written(payload: Any) -> str:
    """A payload as JSON in ASCII, which every database can hold."""
    return json.dumps(payload, default=ascii, skipkeys=True)


def reason_of(error: BaseException) -> str:
    """Name an error and where it was raised. Its own text may repeat what people wrote, so that is left out."""
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    where = f" at {PurePath(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last else ""
    return f"{type(error).__name__}{where}"
