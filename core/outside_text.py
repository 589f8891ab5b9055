"""Text from outside, made safe to show to people and to models: nothing invisible, nothing that changes the direction.

Unicode's general categories decide what is dropped: formats, controls, private use, surrogates, and also the letters
and marks that Unicode lets a font leave blank. A few of them are part of how people write, and stay where they are
needed: joiners between the letters of scripts that join and in emoji, the selector that makes a sign an emoji, a break
between words of scripts without spaces, the tags of three flags. Left-to-right and right-to-left marks are dropped:
they only move punctuation where two directions meet, and a row of them can carry a hidden message.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

DROPPED = frozenset({"Cc", "Cf", "Co", "Cs"})
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufffc\U00013441\U00013442\U00016fe4\U0001d159") | {
    chr(code) for code in range(0xFE00, 0xFE0E)
}
"""Letters, marks and symbols without a shape: fillers, joiners of accents, variants of a glyph."""

VISIBLE = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Format characters that are visible: they enclose numbers or stand above them."""

ZWSP, ZWNJ, ZWJ = "\u200b", "\u200c", "\u200d"
TEXT, EMOJI, KEYCAP = "\ufe0e", "\ufe0f", "\u20e3"
MONGOLIAN = "\u180b\u180c\u180d\u180e\u180f"
IN_PLACE = f"{ZWSP}{ZWNJ}{ZWJ}{TEXT}{EMOJI}{MONGOLIAN}"
"""Characters that stay only where writing needs them, which depends on their neighbours."""

JOINING = re.compile("[\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\u1800-\u18af\ua840-\ua8ff\ua980-\uaaff"
                     "\uabc0-\uabff\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00010eff\U00011000-\U0001197f"
                     "\U0001e900-\U0001e95f]")  # fmt: skip
"""Scripts in which a joiner changes what is read: Arabic and its relatives, those of India and South-East Asia, and
Mongolian."""

UNSPACED = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\uaa60-\uaadf]")
"""Scripts in which a space without width may mark a word's end: Thai, Lao, Tibetan, Burmese, Khmer and their
neighbours."""

TAGS = "\U000e0020-\U000e007f"
FLAG = "\U0001f3f4"
FLAGS = re.compile("|".join(
    FLAG + "".join(chr(0xE0000 + ord(sign)) for sign in land) + "\U000e007f" for land in ("gbeng", "gbsct", "gbwls")
))  # fmt: skip
"""The flags of England, Scotland and Wales, the only ones that are written with tags."""

LINES = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
CONTEXTUAL = re.compile(f"[{IN_PLACE}]+")

MARKUP = re.compile(r"([\\`*_\[\]<>~|#])")
"""The characters with which Markdown begins something inside a line."""

MARK = re.compile(r"(?:^|(?<=\n\n))[^\n]+\n\n\[begin ([0-9a-f]{16})\]\n")
"""What stands before a text that `marked` has marked."""

SPARE = 16
"""How much of a text is looked at for one line, as a multiple of the line's length: some of it may be blank or
invisible, and is dropped."""

DEEPEST, MOST_VALUES, LONGEST_VALUE = 32, 20_000, 20_000
"""Limits of a JSON value: how deep it may be nested, how many values it may have, and the characters of each text."""


class _CharacterTable(dict[int, int | str | None]):
    """What `str.translate` makes of each character, worked out when the character is first met."""

    def __missing__(self, code: int) -> int | str | None:
        self[code] = found = _fate(code)
        return found


def cleaned(text: str) -> str:
    """The text without invisible characters, each line ended by a newline alone. A clean text stays as it is."""
    parts = FLAGS.split(LINES.sub("\n", text))
    if len(parts) == 1:
        return _cleaned(parts[0])
    flags = FLAGS.findall(text)
    return "".join(_cleaned(part) + flag for part, flag in zip(parts, [*flags, ""], strict=True))


def storable(text: str) -> str:
    """The text without characters that no database or platform accepts: NUL is dropped, half surrogates become question
    marks.

    Everything else stays as it was written. Use it for what people and models say, and for ids.
    """
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def is_blank(text: str) -> bool:
    """Whether there is nothing to see in a text: only white space, and characters without a shape."""
    table = _table()
    return all(sign.isspace() or sign in IN_PLACE or table[ord(sign)] in (None, " ") for sign in text)


def cleaned_line(text: str, most: int) -> str:
    """A name, a title or an address, cleaned and put on one line of at most `most` characters."""
    # Cleaning takes time, and a text from outside may have megabytes.
    return cleaned(" ".join(cleaned(text[: SPARE * most + SPARE]).split())[:most])


def block_quote(text: str) -> str:
    """A text as a quotation in our Markdown."""
    return "\n".join(f"> {line}" for line in text.splitlines())


def quoted_line(text: str, most: int) -> str:
    """What somebody else wrote (a name, a reason), as part of a line of our Markdown: clean, and none of it is markup.

    At most `most` characters of it; what was cut ends in an ellipsis.
    """
    line = cleaned_line(text, most + 1)
    return MARKUP.sub(r"\\\1", line if len(line) <= most else f"{line[: most - 1].rstrip()}…")


def cleaned_value(value: Any) -> Any:
    """A JSON value (a schema, say) with all its texts and keys cleaned.

    Raises ValueError if it is deeper or larger than any that we use.
    """
    return _walked(value, DEEPEST, [MOST_VALUES])


def marked(text: str, words: str, key: str) -> str:
    """A text as it is shown to a model: `words` that say what it is, then the text between two marker lines.

    The markers carry a hash of the text and of `key`, which outsiders do not know. So no text can contain its own end
    marker, and the same text always gets the same markers, which keeps prompts unchanged.
    """
    text = cleaned(text)
    mark = hashlib.sha256(f"{key}\0{text}".encode()).hexdigest()[:16]
    while mark in text:
        mark = hashlib.sha256(mark.encode()).hexdigest()[:16]
    return f"{words}\n\n[begin {mark}]\n{text}\n[end {mark}]"


def unmarked(text: str) -> tuple[str, tuple[str, ...]]:
    """What `marked` was added to, and the texts that it marked: as people read it, who need neither marks nor words."""
    said: list[str] = []
    quoted: list[str] = []
    at = 0
    for found in MARK.finditer(text):
        mark = f"\n[end {found[1]}]"
        end = text.find(mark, found.end()) if found.start() >= at else -1
        if end >= 0:
            said.append(text[at : found.start()])
            quoted.append(text[found.end() : end])
            at = end + len(mark)
    return "\n\n".join(filter(None, (part.strip("\n") for part in (*said, text[at:])))), tuple(quoted)


def _walked(value: Any, deepest: int, left: list[int]) -> Any:
    left[0] -= 1
    if deepest < 0 or left[0] < 0:
        raise ValueError(f"it is nested more than {DEEPEST} deep, or has more than {MOST_VALUES} values")
    if isinstance(value, str):
        return cleaned(value[:LONGEST_VALUE])
    if isinstance(value, Mapping):
        return {cleaned(str(key)): _walked(one, deepest - 1, left) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_walked(one, deepest - 1, left) for one in value]
    return value


def _cleaned(text: str) -> str:
    return CONTEXTUAL.sub(_kept, text.translate(_table()))


@lru_cache(1)
def _table() -> _CharacterTable:
    return _CharacterTable()


def _fate(code: int) -> int | str | None:
    sign = chr(code)
    if sign in "\n\t" or sign in IN_PLACE or sign in VISIBLE:
        return code
    if sign == "\u2800":
        # The blank Braille cell is the space of Braille, and looks like one.
        return " "
    unassigned = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF or code == 0x2065 or 0xFFF0 <= code <= 0xFFF8
    if unassigned or 0xE0000 <= code <= 0xE0FFF or sign in BLANK or unicodedata.category(sign) in DROPPED:
        return None
    return code


def _kept(found: re.Match[str]) -> str:
    """The characters of a run of `IN_PLACE` that are needed between their neighbours."""
    text, place = found.string, found.start()
    left = text[place - 1] if place else ""
    right = text[found.end()] if found.end() < len(text) else ""
    kept = ""
    run = found[0]
    for number, sign in enumerate(run):
        after = run[number + 1] if number + 1 < len(run) else right
        if _needed(sign, kept[-1] if kept else left, after, left):
            kept += sign
    return kept


def _needed(sign: str, before: str, after: str, base: str) -> bool:
    """Whether a sign is needed between the signs `before` and `after`; `base` is the last letter or symbol."""
    if sign in (TEXT, EMOJI):
        return before == base and (_pictograph(base) or (base in "#*0123456789" and base != "" and after == KEYCAP))
    if sign in MONGOLIAN:
        return before == base and bool(base) and "\u1800" <= base <= "\u18af"
    if sign == ZWSP:
        return before == base and bool(UNSPACED.match(base)) and bool(UNSPACED.match(after))
    if sign == ZWJ and before in (base, EMOJI) and _pictograph(base) and _pictograph(after):
        return True
    return before == base and bool(JOINING.match(base) or JOINING.match(after))


def _pictograph(sign: str) -> bool:
    """Whether a sign is an emoji, may become one, or changes one's colour. Python may not know the newest emoji."""
    if not sign or sign < "\u00a9":
        return False
    return "\U0001f000" <= sign <= "\U0001faff" or sign in "\u203c\u2049\u3030" or _symbol(sign)


def _symbol(sign: str) -> bool:
    return sign == "\u2139" or (sign < "\u3300" and unicodedata.category(sign) in ("So", "Sm"))
