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
NUMERAL = r"(?>[\d.,]{0,40}\d)"
"""A number. It is found or not, but never tried again in parts: many in one example would take minutes that way."""
DIGIT = re.compile(r"\d")
SIGN = ""

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


@dataclass(frozen=True, slots=True)
class SaidText:
    """What somebody says, divided once for the examples of all tools: in single `words`, without capitals, of which
    some are `telling`. `plain` has single spaces. `openings` are what a keyword in it can begin with.
    """

    plain: str
    words: tuple[str, ...]
    telling: frozenset[str]
    openings: frozenset[str]


def divided(text: str) -> SaidText:
    """Get what somebody says ready to be compared."""
    words = _words(text)
    always = (SIGN, NUMBER) if DIGIT.search(text) else (SIGN,)
    return SaidText(" ".join(text.split()), words, _telling(words), frozenset((*words, *always)))


def asked_share(said: SaidText, examples: Sequence[str], about: str) -> float:
    """The share of a text's words that belong to a tool's keywords, if it asks for something; `about` describes it."""
    if not said.words:
        return 0.0
    known = spoken(tuple(examples), about)
    if said.words in known.whole:
        return 1.0
    if not known.keywords:
        shared = len(said.telling & known.telling)
        share = shared / len(said.telling) if shared else 0.0
        return share if shared >= SHARED and share >= SHARE else 0.0
    # Most texts have no word that a keyword begins with, and to search takes longer than all else about a text.
    near = [one for first, one in known.keywords if first in said.openings]
    found = [hit for one in near for hit in [one.search(said.plain)] if hit]
    if not found:
        return 0.0
    lead = len(WORD.findall(said.plain[: min(hit.start() for hit in found)]))
    if not ASKS.search(said.plain) and lead > LEAD:
        return 0.0
    return min(1.0, sum(max(1, len(WORD.findall(hit.group()))) for hit in found) / len(said.words))


@dataclass(frozen=True, slots=True)
class SpokenExamples:
    """A tool's examples, ready to be looked for: the words of each, what each of its keywords begins with and its
    pattern, and the telling words of all, for a tool without keywords.
    """

    whole: frozenset[tuple[str, ...]]
    keywords: tuple[tuple[str, re.Pattern[str]], ...]
    telling: frozenset[str]


@lru_cache(1024)
def spoken(examples: tuple[str, ...], about: str) -> SpokenExamples:
    """Get the examples of a tool ready."""
    return SpokenExamples(
        frozenset(_words(one) for one in examples),
        tuple((opening(one), keyword(one)) for one in examples if is_keyword(one)),
        _telling(_words(f"{about} {NAMED.sub(' ', ' '.join(examples))}")),
    )


def opening(example: str) -> str:
    """What a keyword begins with: its first word, NUMBER if there is a number in it, SIGN if it has no word at all."""
    return NUMBER if NAMED.search(example) else next(iter(_words(example)), SIGN)


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


def _words(text: str) -> tuple[str, ...]:
    return tuple(WORD.findall(text.casefold()))


def _telling(words: Sequence[str]) -> frozenset[str]:
    return frozenset(one for one in words if len(one) >= LETTERS and one not in COMMON)
