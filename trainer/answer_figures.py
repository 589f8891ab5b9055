"""What is counted in the texts of answers."""

import re
from collections import Counter
from collections.abc import Sequence

WINDOW = 4
"""The number of words in a row that count as repeated when they come again in the same answer."""


def repetition(words: Sequence[str]) -> float:
    """The fraction of an answer's runs of words that were there before."""
    runs = Counter(tuple(words[at : at + WINDOW]) for at in range(len(words) - WINDOW + 1))
    return sum(number - 1 for number in runs.values()) / max(runs.total(), 1)


def names_one(answer: str, wanted: Sequence[str]) -> bool:
    """Whether an answer has one of these words, or its plural, as a word of its own."""
    words = "|".join(map(re.escape, wanted))
    return bool(re.search(rf"(?<!\w)(?:{words})(?:e?s)?(?!\w)", answer, re.IGNORECASE))
