"""Keywords of tools: short examples that make Parley offer a tool wherever they stand in what somebody asks for.

An example of one or two words is a keyword: "weather", "square root", "{number} km", where {number} fits any number. A
tool without keywords is judged by the words of its description and examples, of which two must occur.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

NAMED = re.compile(r"\{(\w+)\}")
NUMBER = "number"
NUMERAL = r"[\d.,]*\d"

UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Scripts without spaces between words; each character counts as a word."""

WORD = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+")
ASKS = re.compile(r"[?？؟]|https?://", re.IGNORECASE)
"""What a question has, and what is asked about an address is no small talk."""

LEAD = 3
"""How many words may stand before a keyword if there is no question mark, as in “Please search for”."""

LETTERS = 4
"""The fewest letters of a word that says what a tool without keywords is about."""

SHARED, SHARE = 2, 0.34
"""How many such words, and which share of all such words of the text, a tool without keywords must have."""

_COMMON_WORDS = """
    about also because been before could does doing done each even every from give good have help here into just know
    like long make many might mine more most much must name need only other over please said same says should some such
    take tell than that their them then there these they thing this those time using want well were what when where
    which while will with word work would your
"""
COMMON = frozenset(_COMMON_WORDS.split())
"""English words that say nothing about a tool; descriptions are mostly in English."""


def pattern(example: str, *, named: bool = False) -> str:
    """A pattern for an example: its words, numbers in place of {number}, and with `named` groups for other names."""
    found, seen = "", set[str]()
    for place, part in enumerate(NAMED.split(example)):
        if not place % 2:
            found += re.escape(part)
        elif part == NUMBER or not named or part in seen:
            found += f"(?P<{part}>{NUMERAL})" if named and part not in seen else NUMERAL
        else:
            found += f"(?P<{part}>.{{1,200}}?)"
        seen.add(part)
    return found


def asked_share(text: str, examples: Sequence[str], about: str) -> float:
    """The share of a text's words that belong to a tool's keywords, if it asks for something; `about` describes it."""
    words = WORD.findall(text)
    if not words:
        return 0.0
    known = spoken(tuple(examples))
    if tuple(WORD.findall(text.casefold())) in known.whole:
        return 1.0
    if not known.keywords:
        return _described_share(text, f"{about} {NAMED.sub(' ', ' '.join(examples))}")
    plain = " ".join(text.split())
    # Most texts have none of them, which one look tells.
    if not known.any.search(plain):
        return 0.0
    found = [hit for one in known.keywords for hit in [one.search(plain)] if hit]
    lead = len(WORD.findall(plain[: min(hit.start() for hit in found)]))
    if not ASKS.search(plain) and lead > LEAD:
        return 0.0
    return min(1.0, sum(max(1, len(WORD.findall(hit.group()))) for hit in found) / len(words))


@dataclass(frozen=True, slots=True)
class SpokenExamples:
    """A tool's examples, ready to be looked for: the words of each, the patterns of its keywords, and one for any."""

    whole: frozenset[tuple[str, ...]]
    keywords: tuple[re.Pattern[str], ...]
    any: re.Pattern[str]


@lru_cache(1024)
def spoken(examples: tuple[str, ...]) -> SpokenExamples:
    """Get the examples of a tool ready."""
    keywords = tuple(keyword(one) for one in examples if is_keyword(one))
    whole = frozenset(tuple(WORD.findall(one.casefold())) for one in examples)
    return SpokenExamples(whole, keywords, re.compile("|".join(one.pattern for one in keywords), re.IGNORECASE))


@lru_cache(4096)
def is_keyword(example: str) -> bool:
    """Whether an example is a keyword: one or two words, and no names in braces but {number}."""
    names = set(NAMED.findall(example))
    plain = NAMED.sub(" ", example)
    return names <= {NUMBER} and len(re.findall(r"\w+", plain)) <= 2


@lru_cache(4096)
def keyword(example: str) -> re.Pattern[str]:
    """The pattern that finds a keyword in a text, as whole words where words have spaces between them."""
    plain = " ".join(example.split())
    first, last = plain[0], plain[-1]
    before = r"(?<!\w)" if _spaced(first) else ""
    after = r"(?!\w)" if _spaced(last) else ""
    return re.compile(f"{before}{pattern(plain)}{after}", re.IGNORECASE)


def _spaced(character: str) -> bool:
    return (character.isalnum() or character in "{}") and not re.match(f"[{UNSPACED}]", character)


def _described_share(text: str, about: str) -> float:
    said = _telling(text)
    shared = said & _telling(about)
    return len(shared) / len(said) if len(shared) >= SHARED and len(shared) / len(said) >= SHARE else 0.0


def _telling(text: str) -> set[str]:
    return {one for one in WORD.findall(text.casefold()) if len(one) >= LETTERS and one not in COMMON}
