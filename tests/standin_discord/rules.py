"""What Discord refuses beyond what its OpenAPI description says: limits that its documentation gives in words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.standin_discord import mentions
from tests.standin_discord.refusal import Refusal, invalid
from tests.standin_discord.world import NEW_STYLE, Payload

ROW, BUTTON, STRING_SELECT, TEXT_INPUT, TEXT_DISPLAY, LABEL = 1, 2, 3, 4, 10, 18
SELECTS = frozenset({3, 5, 6, 7, 8})
OLD_STYLE_ROOTS = frozenset({ROW})
NEW_STYLE_ROOTS = frozenset({ROW, 9, TEXT_DISPLAY, 12, 13, 14, 17})
LINK = 5
NAME = re.compile(r"[-_'\w]{1,32}")
COMMAND_LIMITS = {1: 100, 2: 15, 3: 15}


def message(body: Mapping[str, Any], *, files: int = 0, flags: int | None = None) -> None:
    """Raises Refusal for a message that may not be sent. `flags` of the message that this is an edit of."""
    new = flags is None
    newer = bool(((body.get("flags") or 0) | (flags or 0)) & NEW_STYLE)
    if len(body.get("content") or "") > 2000:
        raise invalid("content: Must be 2000 or fewer in length.")
    if newer and (body.get("content") or body.get("embeds")):
        raise invalid("content: cannot be used together with the flag IS_COMPONENTS_V2")
    if new and not files and _empty(body):
        raise Refusal(400, 50006, "Cannot send an empty message", of_form=True)
    if len(str(body.get("nonce") or "")) > 25:
        raise invalid("nonce: Must be 25 or fewer in length.")
    if (body.get("enforce_nonce")) and body.get("nonce") is None:
        raise invalid("enforce_nonce: there is no nonce")
    _embeds(body.get("embeds") or ())
    mentions.check(body.get("allowed_mentions"))
    components(body.get("components") or (), newer)


def _empty(body: Mapping[str, Any]) -> bool:
    given = ("embeds", "components", "sticker_ids", "poll")
    return not (body.get("content") or "").strip() and not any(body.get(name) for name in given)


def _embeds(embeds: Sequence[Mapping[str, Any]]) -> None:
    total = 0
    for embed in embeds:
        texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
        texts += [(embed.get("author") or {}).get("name")]
        texts += [part for field in embed.get("fields") or () for part in (field.get("name"), field.get("value"))]
        total += sum(len(text or "") for text in texts)
    if len(embeds) > 10 or total > 6000:
        raise invalid("embeds: at most 10, and 6000 characters in all of them")


def components(roots: Sequence[Payload], newer: bool) -> None:
    """Raises Refusal for components that may not stand under a message; `newer` for IS_COMPONENTS_V2."""
    allowed = NEW_STYLE_ROOTS if newer else OLD_STYLE_ROOTS
    if any(root.get("type") not in allowed for root in roots):
        raise invalid("components: this type may not stand here (without IS_COMPONENTS_V2 only rows may)")
    if not newer and len(roots) > 5:
        raise invalid("components: Must be 5 or fewer in length.")
    every = list(walk(roots))
    if len(every) > 40:
        raise invalid("components: at most 40 in all")
    if sum(len(one.get("content") or "") for one in every if one.get("type") == TEXT_DISPLAY) > 4000:
        raise invalid("components: at most 4000 characters of text in all")
    for one in every:
        _component(one)
    _unique(every)


def _unique(every: Sequence[Payload]) -> None:
    ids = [one["custom_id"] for one in every if one.get("custom_id")]
    if len(ids) != len(set(ids)):
        raise invalid("components: Component custom id cannot be duplicated")


def _component(one: Payload) -> None:
    kind = one.get("type")
    if kind == ROW:
        _row(one.get("components") or [])
    if len(one.get("custom_id") or "") > 100:
        raise invalid("custom_id: Must be between 1 and 100 in length.")
    if kind == BUTTON:
        _button(one)
    if kind in SELECTS:
        _select(one)


def _row(inner: Sequence[Payload]) -> None:
    if not 1 <= len(inner) <= 5:
        raise invalid("components: a row has 1 to 5 buttons")
    if any(one.get("type") in SELECTS | {TEXT_INPUT} for one in inner) and len(inner) > 1:
        raise invalid("components: a select fills its row")


def _button(one: Payload) -> None:
    if len(one.get("label") or "") > 80:
        raise invalid("label: Must be 80 or fewer in length.")
    if not (one.get("label") or one.get("emoji")) and one.get("style") != 6:
        raise invalid("label: a button has a label or an emoji")
    if one.get("style") == LINK and (not one.get("url") or one.get("custom_id")):
        raise invalid("url: a link button has a url and no custom_id")
    if one.get("style") in (1, 2, 3, 4) and (not one.get("custom_id") or one.get("url")):
        raise invalid("custom_id: a button has a custom_id and no url")


def _select(one: Payload) -> None:
    options = one.get("options") or []
    least, most = one.get("min_values", 1), one.get("max_values", 1)
    if len(one.get("placeholder") or "") > 150:
        raise invalid("placeholder: Must be 150 or fewer in length.")
    if one["type"] == STRING_SELECT and not 1 <= len(options) <= 25:
        raise invalid("options: Must be between 1 and 25 in length.")
    values = [option.get("value") for option in options]
    if len(values) != len(set(values)):
        raise invalid("options: The specified option value is already used")
    if sum(bool(option.get("default")) for option in options) > most:
        raise invalid("options: more defaults than may be chosen")
    if one["type"] == STRING_SELECT and not 0 <= least <= most <= len(options):
        raise invalid("max_values: more than there are options")


def modal(body: Mapping[str, Any]) -> None:
    """Raises Refusal for a form that may not be shown."""
    parts = body.get("components") or []
    if not 1 <= len(body.get("title") or "") <= 45:
        raise invalid("title: Must be between 1 and 45 in length.")
    if not 1 <= len(body.get("custom_id") or "") <= 100:
        raise invalid("custom_id: Must be between 1 and 100 in length.")
    if not 1 <= len(parts) <= 5:
        raise invalid("components: Must be between 1 and 5 in length.")
    if any(part.get("type") not in (ROW, TEXT_DISPLAY, LABEL) for part in parts):
        raise invalid("components: only rows, labels and texts stand in a form")
    every = list(walk(parts))
    for one in every:
        _field(one)
    _unique(every)


def _field(one: Payload) -> None:
    kind = one.get("type")
    if kind in (LABEL, TEXT_INPUT) and len(one.get("label") or "") > 45:
        raise invalid("label: Must be 45 or fewer in length.")
    if kind == LABEL and len(one.get("description") or "") > 100:
        raise invalid("description: Must be 100 or fewer in length.")
    if kind in SELECTS:
        _select(one)
    if kind == 21 and not 2 <= len(one.get("options") or ()) <= 10:
        raise invalid("options: a radio group has 2 to 10")
    if kind == 22 and not 1 <= len(one.get("options") or ()) <= 10:
        raise invalid("options: a checkbox group has 1 to 10")
    if kind == TEXT_INPUT and len(one.get("placeholder") or "") > 100:
        raise invalid("placeholder: Must be 100 or fewer in length.")
    if kind == TEXT_INPUT and len(one.get("value") or "") > (one.get("max_length") or 4000):
        raise invalid("value: longer than max_length")


def choices(found: Sequence[Payload]) -> None:
    """Raises Refusal for suggestions that may not be shown."""
    if len(found) > 25:
        raise invalid("choices: Must be 25 or fewer in length.")
    if any(not 1 <= len(choice.get("name") or "") <= 100 for choice in found):
        raise invalid("name: Must be between 1 and 100 in length.")
    if any(len(str(choice.get("value", ""))) > 100 for choice in found):
        raise invalid("value: Must be 100 or fewer in length.")


def commands(found: Sequence[Payload]) -> None:
    """Raises Refusal for a set of commands that may not be registered (docs, "Application Commands")."""
    named = [(one.get("type") or 1, one["name"]) for one in found]
    if len(named) != len(set(named)):
        raise invalid("name: Application command names must be unique")
    for kind, most in COMMAND_LIMITS.items():
        if sum(one[0] == kind for one in named) > most:
            raise Refusal(400, 30032, "Maximum number of application commands reached", of_form=True)
    for one in found:
        _command(one)


def _command(one: Payload) -> None:
    chat = (one.get("type") or 1) == 1
    if chat:
        for name in (one["name"], *(one.get("name_localizations") or {}).values()):
            _name(name)
    for description in ((one.get("description") or ""), *(one.get("description_localizations") or {}).values()):
        if chat and not 1 <= len(description) <= 100:
            raise invalid("description: Must be between 1 and 100 in length.")
    if not chat and (one.get("description") or one.get("options")):
        raise invalid("description: a menu command has none, nor options")
    _options(one.get("options") or [])
    if _length(one) > 8000:
        raise invalid("the texts of a command have at most 8000 characters in all")


def _name(name: str) -> None:
    if not NAME.fullmatch(name) or name != name.lower():
        raise invalid(f"name: {name!r} must be 1-32 lowercase letters, digits, - or _")


def _options(options: Sequence[Payload]) -> None:
    names = [option["name"] for option in options]
    required = [bool(option.get("required")) for option in options]
    if len(names) != len(set(names)):
        raise invalid("options: Option names must be unique")
    if required != sorted(required, reverse=True):
        raise invalid("options: Required options must be placed before non-required options")
    for option in options:
        for name in (option["name"], *(option.get("name_localizations") or {}).values()):
            _name(name)
        if not 1 <= len(option.get("description") or "") <= 100:
            raise invalid("description: Must be between 1 and 100 in length.")
        if option.get("autocomplete") and option.get("choices"):
            raise invalid("choices: an option has choices or autocomplete")
        choices(option.get("choices") or ())
        _options(option.get("options") or ())


def _length(one: Payload) -> int:
    total = max(map(len, [one.get("name") or "", *(one.get("name_localizations") or {}).values()]))
    total += max(map(len, [one.get("description") or "", *(one.get("description_localizations") or {}).values()]))
    total += sum(_length(option) for option in one.get("options") or ())
    return total + sum(len(choice["name"]) + len(str(choice["value"])) for choice in one.get("choices") or ())


def walk(components: Sequence[Payload]) -> Iterator[Payload]:
    """Every component with all that it holds."""
    for one in components:
        yield one
        yield from walk(one.get("components") or ())
        yield from walk([one[name] for name in ("component", "accessory") if isinstance(one.get(name), dict)])
