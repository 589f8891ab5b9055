"""Limits that only the text of Discord's documentation gives, and its description does not."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

BUTTON, SELECTS, ROW, INPUT = 2, frozenset({3, 5, 6, 7, 8}), 1, 4
LABEL, DISPLAY = 18, 10
NEW_STYLE = 1 << 15


def content_fault(body: Mapping[str, Any], *, new: bool, files: bool = False) -> str:
    """The fault in a message; empty if there is none. `new` for one that is not an edit."""
    text = body.get("content") or ""
    if len(text) > 2000:
        return f"content has {len(text)} characters, and may have 2000"
    something = text.strip() or body.get("embeds") or body.get("components") or body.get("sticker_ids") or files
    if new and not something:
        return "Cannot send an empty message"
    nonce = body.get("nonce")
    if nonce is not None and len(str(nonce)) > 25:
        return "nonce has more than 25 characters"
    return components_fault(body.get("components") or [])


def components_fault(rows: list[dict[str, Any]]) -> str:
    """The fault in a message's components; empty if there is none."""
    if len(rows) > 5:
        return "more than 5 rows of components"
    for row in rows:
        inner = row.get("components", [])
        if row.get("type") != ROW or not inner:
            return "a row without components"
        if len(inner) > 5 or (any(item["type"] in SELECTS for item in inner) and len(inner) > 1):
            return "a row has at most 5 buttons, or one select"
    ids = [item["custom_id"] for item in leaves(rows) if "custom_id" in item]
    if len(ids) != len(set(ids)):
        return "custom_id is not unique"
    for item in leaves(rows):
        if fault := item_fault(item):
            return fault
    return ""


def item_fault(item: Mapping[str, Any]) -> str:
    """The fault in one component."""
    if len(item.get("custom_id", "")) > 100:
        return "custom_id has more than 100 characters"
    if item["type"] == BUTTON and not (item.get("label") or item.get("emoji")):
        return "a button needs a label or an emoji"
    if item["type"] == BUTTON and len(item.get("label") or "") > 80:
        return "a button's label has more than 80 characters"
    if item["type"] == 3 and not 1 <= len(item.get("options", [])) <= 25:
        return "a select has 1 to 25 options"
    if len(item.get("placeholder") or "") > 150:
        return "a placeholder has more than 150 characters"
    if item["type"] in SELECTS and item.get("max_values", 1) > max(len(item.get("options", [])) or 25, 1):
        return "max_values is more than there are options"
    return ""


def modal_fault(modal: Mapping[str, Any]) -> str:
    """The fault in a modal; empty if there is none."""
    parts = modal.get("components", [])
    if not 1 <= len(modal.get("title", "")) <= 45:
        return "a modal's title has 1 to 45 characters"
    if not 1 <= len(parts) <= 5:
        return "a modal has 1 to 5 components"
    for part in parts:
        if part["type"] not in (LABEL, ROW, DISPLAY):
            return f"a modal holds no {part['type']}"
        if part["type"] == DISPLAY and not 1 <= len(part["content"]) <= 4000:
            return "a text display has 1 to 4000 characters"
        if part["type"] == LABEL and len(part.get("label", "")) > 45:
            return "a label has more than 45 characters"
        inner = part.get("component", {})
        if inner.get("type") == 21 and not 2 <= len(inner.get("options", [])) <= 10:
            return "a radio group has 2 to 10 options"
        if inner.get("type") == 22 and not 1 <= len(inner.get("options", [])) <= 10:
            return "a checkbox group has 1 to 10 options"
    return ""


NAME = re.compile(r"[-_'\w]{1,32}")


def command_fault(command: Mapping[str, Any]) -> str:
    """The fault in a slash command; empty if there is none."""
    options = command.get("options", [])
    names = [option["name"] for option in options]
    needed = [option.get("required", False) for option in options]
    values = [choice["value"] for option in options for choice in option.get("choices", [])]
    if not all(NAME.fullmatch(name) and name == name.lower() for name in (command["name"], *names)):
        return "a name is of 1 to 32 letters, in lower case"
    if not all(1 <= len(one["description"]) <= 100 for one in (command, *options)):
        return "a description has 1 to 100 characters"
    if len(names) > 25 or len(names) != len(set(names)):
        return "a command has at most 25 options, each with a name of its own"
    if needed != sorted(needed, reverse=True):
        return "Required options must be placed before non-required options"
    return "" if all(1 <= len(value) <= 100 for value in values) else "a choice has 1 to 100 characters"


def leaves(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component that holds no others."""
    for component in components:
        inner = component.get("components") or ([component["component"]] if "component" in component else [])
        if inner:
            yield from leaves(inner)
        else:
            yield component
