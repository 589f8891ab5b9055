"""Handles stored values that Parley cannot have written: a bit flipped on a disk, or somebody edited a row by hand."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from core.errors import DamagedRow

DAMAGED = "a row of the database is damaged; `parley restore` brings a backup back"

P = ParamSpec("P")
T = TypeVar("T")


def readable(read: Callable[P, T]) -> Callable[P, T]:
    """Let what turns a stored value into one of ours raise DamagedRow if the value cannot be one.

    The words name no value: an operator's log must not say what people wrote.
    """

    @wraps(read)
    def reading(*args: P.args, **named: P.kwargs) -> T:
        try:
            return read(*args, **named)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise DamagedRow(DAMAGED) from None

    return reading


def stored_json(text: str) -> Any:
    """Read a stored JSON text. Raises DamagedRow, and TypeError for a number: SQLite keeps one as what it is, and
    SQLAlchemy then takes it so.
    """
    try:
        return json.loads(text)
    except ValueError:
        raise DamagedRow(DAMAGED) from None
