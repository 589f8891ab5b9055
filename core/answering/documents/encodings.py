"""Texts in whatever encoding: a mark or UTF-8 first, and only then a guess."""

import codecs
import re

CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""The marks at the beginning of a text, the longer before those that they begin with."""

GUESSED = ["cp1252", "cp932", "gb18030", "big5", "euc_jp", "euc_kr", "iso2022_jp", "cp1250", "cp1251", "koi8_r",
           "cp1253", "cp1254", "cp1255", "cp1256", "mac_roman", "cp866"]  # fmt: skip
"""The encodings in which people still have files, from a time before UTF-8."""

WESTERN = frozenset("àâäãáåæçéèêëíìîïñôöóòõøœúùûüÿßÀÂÄÃÁÅÆÇÉÈÊËÍÎÏÑÔÖÓÕØŒÚÙÛÜŸ«»‘’‚“”„–—…•°§·¿¡€£©®×½²\u00a0")
"""What Western Europeans write beside ASCII, all in Windows-1252."""

RARE = 0.35
"""The largest share of such letters in a Western text; in other scripts nearly every letter is beyond ASCII."""

SAMPLE = 20_000
"""Bytes from which an encoding is guessed; more would take seconds."""

WIDE = 0.6
"""Of every second byte in UTF-16 text without a mark, at least this share is NUL, in scripts with small codes."""


def certain(content: bytes) -> str | None:
    """Decode a text that has a mark or is UTF-8; None if it is neither."""
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    return _decoded(content, encoding)


def guessed(content: bytes) -> str | None:
    """Decode a text by a guess at its encoding; None if it is no text."""
    for encoding, column in (("utf-16-le", content[1::2]), ("utf-16-be", content[::2])):
        if len(content) >= 4 and column.count(0) >= WIDE * len(column):
            return _decoded(content[: len(content) // 2 * 2], encoding)
    if CONTROLS.search(content[:SAMPLE].decode("latin-1")):
        return None
    if _western(content[:SAMPLE]):
        return _decoded(content, "cp1252", "replace")
    # It takes a tenth of a second to load.
    from charset_normalizer import from_bytes

    best = from_bytes(content[:SAMPLE], cp_isolation=GUESSED).best()
    return _decoded(content, best.encoding, "replace") if best else None


def _western(sample: bytes) -> bool:
    """Whether a text is Western European. Short texts and mixed ones are often taken for Eastern European."""
    text = sample.decode("cp1252", "replace")
    beyond = [sign for sign in text if sign > "\x7f"]
    letters = sum(sign.isalpha() for sign in text)
    return WESTERN.issuperset(beyond) and sum(sign.isalpha() for sign in beyond) <= RARE * letters


def _decoded(content: bytes, encoding: str, errors: str = "strict") -> str | None:
    try:
        text = content.decode(encoding, errors)
    except UnicodeDecodeError:
        return None
    return None if CONTROLS.search(text) else text
