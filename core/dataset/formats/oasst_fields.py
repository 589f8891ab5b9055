"""Checks the fields of a message in Open Assistant's files (docs/reference/open-assistant.md 4.1)."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

MOST_LETTERS = 1_000_000
LARGEST_NUMBER = 2**31 - 1
LARGEST_FLOAT = 1e300

Row = dict[str, Any]


class LineFault(ValueError):
    """The reason why a line cannot be accepted, in its text."""


def checked(node: Row) -> Row:
    """Check a message, and return it without null fields and with the lists of the hub's table turned into objects.

    Raises LineFault if a field is missing or wrong.
    """
    node = {name: value for name, value in node.items() if value is not None}
    node |= {name: unfold(node[name]) for name, unfold in UNFOLD.items() if name in node}
    for name in ("message_id", "text", "role", "lang"):
        if name not in node:
            raise LineFault(f"{name} is missing")
    for name, value in node.items():
        fits, wanted = FIELDS.get(name, ANYTHING)
        if not fits(value):
            which = "" if name == "message_id" else f" of message {shown(node['message_id'])}"
            raise LineFault(f"{name}{which} is {shown(value)}, and should be {wanted}")
    return node


def time(date: str | None) -> tuple[datetime | None, Row]:
    """Parse a date. Also returns it as `created_date` if we would write it in another way."""
    if date is None:
        return None, {"created_date": None}
    at = datetime.fromisoformat(date)
    at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    return at, {} if at.isoformat() == date else {"created_date": date}


def shown(value: Any) -> str:
    """A value as JSON for an error message, shortened to 60 characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -LARGEST_FLOAT < value < LARGEST_FLOAT


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_NUMBER


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_time(value: Any) -> bool:
    try:
        time(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def _is_label(value: Any) -> bool:
    if not isinstance(value, dict) or not _is_count(value.get("count")):
        return False
    return value.get("value") is None or _is_number(value["value"])


def _each(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(map(fits, value.values()))


def _is_events(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return _each(lambda listed: isinstance(listed, list) and all(isinstance(event, dict) for event in listed))(value)


Check = tuple[Callable[[Any], bool], str]
ANYTHING: Check = (lambda value: True, "")
FIELDS: Mapping[str, Check] = {
    "message_id": (_is_id, "a text of up to 200 characters"),
    "parent_id": (_is_id, "a text of up to 200 characters"),
    "user_id": (_is_id, "a text of up to 200 characters"),
    "created_date": (_is_time, "a time in ISO 8601"),
    "text": (lambda value: isinstance(value, str) and len(value) <= MOST_LETTERS, f"a text, up to {MOST_LETTERS:,}"),
    "role": (lambda value: value in ("prompter", "assistant"), '"prompter" or "assistant"'),
    "lang": (lambda value: isinstance(value, str) and 0 < len(value) <= 32, "a language tag (BCP 47)"),
    "review_count": (_is_count, "a count"),
    "review_result": (_is_bool, "true or false"),
    "deleted": (_is_bool, "true or false"),
    "rank": (_is_count, "a count from 0"),
    "synthetic": (_is_bool, "true or false"),
    "model_name": (lambda value: isinstance(value, str) and len(value) <= 2000, "a text"),
    "emojis": (_each(_is_count), "counts by name"),
    "labels": (_each(_is_label), "value and count by name"),
    "replies": ANYTHING,
    "events": (_is_events, "lists of objects by kind"),
    "detoxify": (_each(lambda value: value is None or _is_number(value)), "numbers by name"),
    "message_tree_id": ANYTHING,
    "tree_state": ANYTHING,
}
"""The check for each field, and what the field should be. Null counts as absent."""


def _emojis(value: Any) -> Any:
    """Turn the lists side by side of the hub's table into an object, as the files have it."""
    if not (isinstance(value, dict) and isinstance(value.get("name"), list)):
        return value
    return dict(_side_by_side(value, "count"))


def _labels(value: Any) -> Any:
    if not (isinstance(value, dict) and isinstance(value.get("name"), list)):
        return value
    return {name: {"value": mean, "count": count} for name, mean, count in _side_by_side(value, "value", "count")}


def _side_by_side(value: Row, *others: str) -> list[tuple[Any, ...]]:
    lists = [value["name"], *(value.get(name) for name in others)]
    if not all(isinstance(one, list) for one in lists) or len({len(one) for one in lists}) > 1:
        raise LineFault("emojis or labels are not lists of the same length")
    if not all(isinstance(name, str) for name in value["name"]):
        raise LineFault("a name of an emoji or a label is not a text")
    return list(zip(*lists, strict=True))


UNFOLD: Mapping[str, Callable[[Any], Any]] = {"emojis": _emojis, "labels": _labels}
