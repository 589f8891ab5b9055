"""Splits long texts into parts that fit a platform's limit, cut where a reader would pause."""

import re
import unicodedata
from dataclasses import replace

from core.messages import Reply
from core.ports.chat import ChatCapabilities

FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
LONGEST_NAME = 20
"""How many characters of a code block's language are repeated in the next part."""

PAUSES = ("\n\n", "\n", ". ", "! ", "? ", "。", "; ", ", ", " ")
"""Marks to cut after, best first. The mark itself stays in the part before the cut."""

JOINER = "\u200d"
GLUED = frozenset({"Mn", "Me", "Mc", "Sk"})
"""Unicode categories of characters that belong to the one before: accents, vowel signs, skin tones."""


def split(text: str, limit: int, astral: int = 1) -> list[str]:
    """Split a Markdown text into parts of at most `limit` characters; 0 means no limit.

    A character beyond U+FFFF counts as `astral`. Words stay whole, and a code block that is cut is closed and opened
    again. A cut depends only on the text before it, so while a text grows, all parts but the last stay as they are.
    """
    parts: list[str] = []
    rest = text
    while limit and (reach := _reach(rest, limit, astral)) < len(rest):
        part, rest = _first(rest, reach)
        parts.append(part)
    return [*parts, rest] if rest.strip() or not parts else parts


def parts(reply: Reply, able: ChatCapabilities) -> list[Reply]:
    """Split a reply into the messages that show it: the first one answers, the last one has buttons and the rest."""
    pairs = _pairs(reply, able)
    if len(pairs) == 1:
        return [reply]
    last = len(pairs) - 1
    bare = replace(reply, status="", underway=False, buttons=(), selects=(), files=())
    return [
        replace(
            reply if number == last else bare,
            text=text,
            literal=literal,
            reply_to=reply.reply_to if number == 0 else None,
            # With the same `replaces`, the others would take the first one's place.
            replaces=reply.replaces if number == 0 else None,
        )
        for number, (text, literal) in enumerate(pairs)
    ]


def pieces(text: str, limit: int, astral: int = 1) -> list[str]:
    """Split a text that is not Markdown into pieces of at most `limit` characters; joined, they are the whole text."""
    found: list[str] = []
    while limit and (reach := max(_reach(text, limit, astral), 1)) < len(text):
        line = text.rfind("\n", reach // 2, reach) + 1
        cut = line or _between_letters(text, reach)
        found.append(text[:cut])
        text = text[cut:]
    return [*found, text]


def _pairs(reply: Reply, able: ChatCapabilities) -> list[tuple[str, str]]:
    """The text and the literal of each message that shows a reply."""
    whole = f"{reply.text}\n{reply.literal}"
    if not reply.literal or not able.text_limit:
        return [(text, reply.literal) for text in split(reply.text, able.text_limit, able.astral)]
    if _reach(whole, able.text_limit, able.astral) == len(whole):
        return [(reply.text, reply.literal)]
    texts = split(reply.text, able.text_limit, able.astral) if reply.text else []
    literals = pieces(reply.literal, able.text_limit, able.astral)
    return [*((text, "") for text in texts), *(("", literal) for literal in literals)]


def part_key(key: str, number: int) -> str:
    """The outbox key of a part, 0 for the first."""
    return f"{key}/{number}" if number else key


def _reach(text: str, limit: int, astral: int) -> int:
    """How many characters of a text fit."""
    if astral == 1 or text.isascii():
        return min(limit, len(text))
    used = 0
    for number, character in enumerate(text):
        used += astral if character > "\uffff" else 1
        if used > limit:
            return number
    return len(text)


def _first(text: str, limit: int) -> tuple[str, str]:
    """The first part of a text that is longer than the limit, and the rest."""
    reserve = 1 + max((len(mark) for mark in re.findall(r"`{3,}|~{3,}", text[:limit])), default=0)
    room = max(limit - reserve, 1)
    cut = _cut(text, room)
    fence, begins = _open_fence(text[:cut])
    if fence and begins > room // 2:
        # The block begins late in this part, so the whole block goes to the next part.
        return text[:begins].rstrip(), text[begins:]
    if not fence:
        return text[:cut].rstrip(), text[cut:].lstrip("\n") if text[cut - 1] == "\n" else text[cut:].lstrip(" ")
    mark, name = fence
    return f"{text[:cut].rstrip()}\n{mark}", f"{mark}{name.strip()[:LONGEST_NAME]}\n{text[cut:]}"


def _cut(text: str, room: int) -> int:
    for pause in PAUSES:
        at = text.rfind(pause, room // 2, room)
        if at >= 0:
            return at + len(pause)
    return _between_letters(text, room)


def _between_letters(text: str, at: int) -> int:
    """The last place at or before `at` that does not cut through what people see as one character."""
    first = at
    while at > first - 32 and at > 1 and _glued(text[at - 1], text[at]):
        at -= 1
    return at if at > 1 else first


def _glued(before: str, after: str) -> bool:
    if JOINER in (before, after) or "\ufe00" <= after <= "\ufe0f":
        return True
    return unicodedata.category(after) in GLUED and ord(after) > 0x7F


def _open_fence(text: str) -> tuple[tuple[str, str] | None, int]:
    """The fence mark and the language of the code block that is open at a text's end, and where it begins."""
    found: tuple[str, str] | None = None
    begins = at = 0
    for line in text.splitlines(keepends=True):
        match = FENCE.fullmatch(line.rstrip("\r\n"))
        if match and found is None:
            found, begins = (match[1], match[2]), at
        elif match and found and match[1][0] == found[0][0] and len(match[1]) >= len(found[0]) and not match[2].strip():
            found = None
        at += len(line)
    return found, begins
