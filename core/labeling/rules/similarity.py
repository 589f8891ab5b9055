"""Whether two texts are the same, nearly the same, or one a copy of the other (spec/labeling.md 2.6).

Equal texts have equal digests. Nearly equal ones have a band in common: in 95 of 100 cases at the edge of `ALIKE`, and
nearly always beyond. Whoever stores the bands looks them up, and confirms each candidate with `alike`.
"""

import re
import unicodedata
from hashlib import blake2b
from importlib.util import find_spec

ALIKE = 0.8
"""The likeness from which two texts are nearly equal."""

COPIED = 90
"""The share of a reply, in per cent, that may not already stand in its prompt, letter by letter."""

PERMUTATIONS, ROWS, SEED, SCHEME = 128, 8, 1, "affine32"
"""Bands are stored: whoever changes one of these, or how texts are cut, makes all stored ones anew."""

LETTERS, SYLLABLES = 5, 2
"""How long the pieces are: five letters, or two signs of scripts of which one sign says as much as two or three."""

DENSE = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(f"(?P<dense>[{DENSE}]+)|[^{DENSE}]+")
BESIDE_DENSE = re.compile(f"(?<=[{DENSE}]) | (?=[{DENSE}])")

PAUSE = r"[.,;:!?¿¡'\"`´‘’‚‛“”„‟«»‹›()\[\]{}、。〈〉《》「」『』【】・–—―]"
PAUSES = re.compile(rf"(?<!\d){PAUSE}|{PAUSE}(?!\d)")
"""Signs that only part and quote. Between digits they count, and so do those that people reckon with: + - * / # %."""


def available() -> bool:
    """Whether nearly equal texts can be found: without the extra `tasks` there are no bands."""
    return find_spec("datasketch") is not None


def digest(text: str) -> str:
    """32 hexadecimal digits, the same for texts that differ in case, spaces, punctuation or width of letters alone."""
    return blake2b(plain(text).encode(errors="surrogatepass"), digest_size=16).hexdigest()


def bands(text: str) -> list[str]:
    """What a text is found again by: sixteen short strings. None for an empty text, and without the extra `tasks`.

    The first call takes a second, since it imports numpy and scipy, and a long text some ten milliseconds: call it in a
    thread.
    """
    found = grams(text)
    if not found or not available():
        return []
    from datasketch import MinHash

    sketch = MinHash(PERMUTATIONS, SEED, scheme=SCHEME)
    sketch.update_batch([gram.encode(errors="surrogatepass") for gram in found])
    values = sketch.hashvalues.astype(">u4").tobytes()
    width = 4 * ROWS
    # The place of a band is hashed with it, so that one column of a table is enough to look it up.
    return [
        blake2b(values[start : start + width], digest_size=8, person=b"%d" % start).hexdigest()
        for start in range(0, len(values), width)
    ]


def alike(text: str, other: str) -> float:
    """How much of two texts is the same, from 0 to 1: the Jaccard index of their pieces."""
    one, two = grams(text), grams(other)
    return len(one & two) / len(one | two) if one | two else float(text == other)


def copies(reply: str, prompt: str) -> bool:
    """Whether a reply says nearly what its prompt says. Never without the extra `tasks`."""
    if not reply or not prompt or find_spec("rapidfuzz") is None:
        return False
    from rapidfuzz.fuzz import ratio

    return ratio(plain(reply), plain(prompt), score_cutoff=COPIED) >= COPIED


def plain(text: str) -> str:
    """A text without what does not tell it from another; itself where nothing else is in it."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    seen = "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")
    bare = " ".join(PAUSES.sub(" ", seen).split())
    return BESIDE_DENSE.sub("", bare) or seen.strip()


def grams(text: str) -> frozenset[str]:
    """The pieces of a text: every few neighbouring signs, by script."""
    return frozenset(
        run[0][start : start + size]
        for run in RUN.finditer(plain(text))
        for size in (SYLLABLES if run["dense"] else LETTERS,)
        for start in range(max(len(run[0]) - size + 1, 1))
    )
