"""Find texts that are the same, nearly the same, or copies of each other (docs/reference/labeling.md 2.6).

Equal texts have equal digests. Near-duplicates share a band: in 95 of 100 cases at a likeness of just `ALIKE`, and
nearly always above it. Callers store the bands, look them up, and confirm each candidate with `alike`.
"""

import re
import unicodedata
from collections import Counter
from hashlib import blake2b
from struct import pack

from core.labeling.rules.minhash import minhash

ALIKE = 0.8
"""The likeness from which two texts are near-duplicates."""

COPIED = 90
"""The likeness of a reply to its prompt, in per cent, from which the reply counts as a copy."""

ROWS = 8
"""Bands are stored: if this changes, the MinHash, or the way texts are cut, all stored bands must be made anew."""

LETTERS, SYLLABLES = 5, 2
"""How long the pieces are: five letters, or two characters of scripts in which one says as much as two or three."""

DENSE = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(f"(?P<dense>[{DENSE}]+)|[^{DENSE}]+")
BESIDE_DENSE = re.compile(f"(?<=[{DENSE}]) | (?=[{DENSE}])")

PAUSE = r"[.,;:!?¿¡'\"`´‘’‚‛“”„‟«»‹›()\[\]{}、。〈〉《》「」『』【】・–—―]"
PAUSES = re.compile(rf"(?<!\d){PAUSE}|{PAUSE}(?!\d)")
"""Characters that only separate or quote. Those between digits count, and so do + - * / # %, used in arithmetic."""


def digest(text: str) -> str:
    """Return 32 hexadecimal digits, equal for texts that differ only in case, spaces, punctuation or letter width."""
    return blake2b(plain(text).encode(errors="surrogatepass"), digest_size=16).hexdigest()


def bands(text: str) -> list[str]:
    """Return the sixteen short strings that a text is looked up by; an empty text has none.

    A long text takes some ten milliseconds: call it in a thread.
    """
    found = grams(text)
    values = minhash(gram.encode(errors="surrogatepass") for gram in found) if found else []
    # The position of a band is hashed with it, so that one column of a table is enough to look it up.
    return [
        blake2b(pack(f">{ROWS}I", *values[at : at + ROWS]), digest_size=8, person=b"%d" % (4 * at)).hexdigest()
        for at in range(0, len(values), ROWS)
    ]


def alike(text: str, other: str) -> float:
    """Return how much of two texts is the same, from 0 to 1: the Jaccard index of their pieces."""
    one, two = grams(text), grams(other)
    return len(one & two) / len(one | two) if one | two else float(text == other)


def copies(reply: str, prompt: str) -> bool:
    """Return whether a reply says nearly what its prompt says: by the letters that both have in the same order."""
    said, asked = plain(reply), plain(prompt)
    needed = COPIED * (len(said) + len(asked))
    # Most replies are ruled out by the letters that both have in any order, and need no closer look.
    if not said or not asked or 200 * (Counter(said) & Counter(asked)).total() < needed:
        return False
    return 200 * common(said, asked) >= needed


def common(text: str, other: str) -> int:
    """Return the length of the longest common subsequence of two texts.

    The rows of the usual table are bits of integers (Hyyrö 2004). Two texts of 4,000 characters take some milliseconds.
    """
    places: dict[str, int] = {}
    for place, sign in enumerate(text):
        places[sign] = places.get(sign, 0) | 1 << place
    every = (1 << len(text)) - 1
    apart = every
    for sign in other:
        met = apart & places.get(sign, 0)
        apart = (apart + met | apart - met) & every
    return len(text) - apart.bit_count()


def plain(text: str) -> str:
    """Return a text without what `digest` ignores, or the text itself if nothing else is left of it."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    seen = "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")
    bare = " ".join(PAUSES.sub(" ", seen).split())
    return BESIDE_DENSE.sub("", bare) or seen.strip()


def grams(text: str) -> frozenset[str]:
    """Return the pieces of a text: overlapping runs of characters, whose length depends on the script."""
    return frozenset(
        run[0][start : start + size]
        for run in RUN.finditer(plain(text))
        for size in (SYLLABLES if run["dense"] else LETTERS,)
        for start in range(max(len(run[0]) - size + 1, 1))
    )
