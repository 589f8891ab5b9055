"""Removes quotations of the prompt from an error's text: servers repeat the parts that they could not read."""

import json
from collections.abc import Iterable

LEAST = 12
"""The fewest characters in a row, shared with the prompt, that count as a quotation."""

WHOLE = 4
"""The fewest characters of a message that is removed if it is quoted whole."""

MARK = "[quoted]"


def without_quotations(text: str, prompt: Iterable[str]) -> str:
    """The text without the messages of the prompt and long parts of them, also as they are written in JSON."""
    hidden = bytearray(len(text))
    parts: set[str] = set()
    for message in prompt:
        for form in {message, json.dumps(message)[1:-1], json.dumps(message, ensure_ascii=False)[1:-1]}:
            words = form.strip()
            if WHOLE <= len(words) < LEAST:
                _hide(text, words, hidden)
            parts.update(form[at : at + LEAST] for at in range(len(form) - LEAST + 1))
    for at in range(len(text) - LEAST + 1):
        if text[at : at + LEAST] in parts:
            hidden[at : at + LEAST] = b"\x01" * LEAST
    shown = []
    for at, sign in enumerate(text):
        if not hidden[at]:
            shown.append(sign)
        elif not at or not hidden[at - 1]:
            shown.append(MARK)
    return "".join(shown)


def _hide(text: str, words: str, hidden: bytearray) -> None:
    at = text.find(words)
    while at >= 0:
        hidden[at : at + len(words)] = b"\x01" * len(words)
        at = text.find(words, at + 1)
