"""Find texts that are the same, nearly the same, or copies of each other (docs/reference/labeling.md 2.6).

Equal texts have equal digests. Near-duplicates share a band: in 95 of 100 cases at a likeness of just `ALIKE`, and
nearly always above it. Callers store the bands, look them up, and confirm each candidate with `alike`.
"""

import re
import unicodedata
from hashlib import blake2b
from importlib.util import find_spec

ALIKE = 0.8
"""The likeness from which two texts are near-duplicates."""

COPIED = 90
"""The likeness of a reply to its prompt, in per cent, from which the reply counts as a copy."""

PERMUTATIONS, ROWS, SEED, SCHEME = 128, 8, 1, "affine32"
"""Bands are stored: if one of these changes, or the way texts are cut, all stored bands must be made anew."""

LETTERS, SYLLABLES = 5, 2
"""How long the pieces are: five letters, or two characters of scripts in which one says as much as two or three."""

DENSE = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(f"(?P<dense>[{DENSE}]+)|[^{DENSE}]+")
BESIDE_DENSE = re.compile(f"(?<=[{DENSE}]) | (?=[{DENSE}])")

PAUSE = r"[.,;:!?¿¡'\"`´‘’‚‛“”„‟«»‹›()\[\]{}、。〈〉《》「」『』【】・–—―]"
PAUSES = re.compile(rf"(?<!\d){PAUSE}|{PAUSE}(?!\d)")
"""Characters that only separate or quote. Those between digits count, and so do + - * / # %, used in arithmetic."""


def available() -> bool:
    """Return whether near-duplicates can be found; without the extra `tasks` there are no bands."""
    return find_spec("datasketch") is not None


def digest(text: str) -> str:
    """Return 32 hexadecimal digits, equal for texts that differ only in case, spaces, punctuation or letter width."""
    return blake2b(plain(text).encode(errors="surrogatepass"), digest_size=16).hexdigest()


def bands(text: str) -> list[str]:
    """Return the sixteen short strings that a text is looked up by.

    There are none for an empty text, or without the extra `tasks`.

    The first call takes a second, since it imports numpy and scipy. A long text takes some ten milliseconds. Call it in
    a thread.
    """
    found = grams(text)
    if not found or not available():
        return []
    from datasketch import MinHash

    sketch = MinHash(PERMUTATIONS, SEED, scheme=SCHEME)
    sketch.update_batch([gram.encode(errors="surrogatepass") for gram in found])
    values = sketch.hashvalues.astype(">u4").tobytes()
    width = 4 * ROWS
    # The position of a band is hashed with it, so that one column of a table is enough to look it up.
    return [
        blake2b(values[start : start + width], digest_size=8, person=b"%d" % start).hexdigest()
        for start in range(0, len(values), width)
    ]


def alike(text: str, other: str) -> float:
    """Return how much of two texts is the same, from 0 to 1: the Jaccard index of their pieces."""
    one, two = grams(text), grams(other)
    return len(one & two) / len(one | two) if one | two else float(text == other)


def copies(reply: str, prompt: str) -> bool:
    """Return whether a reply says nearly what its prompt says; always False without the extra `tasks`."""
    if not reply or not prompt or find_spec("rapidfuzz") is None:
        return False
    from rapidfuzz.fuzz import ratio

    return ratio(plain(reply), plain(prompt), score_cutoff=COPIED) >= COPIED


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
