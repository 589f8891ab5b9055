"""How many tokens a prompt has, where the model's tokeniser cannot be asked: a high guess that learns from the truth.

Servers report the true number with every answer, so after the first one the guess follows this model on these texts.
"""

import string
from collections import deque
from collections.abc import Sequence

from core.ports import Line

PER_LETTER = 0.3
"""Tokens per ASCII letter or space: English prose has about 0.25."""

PER_SIGN = 1.0
"""Tokens per digit and per other ASCII sign: many tokenisers make one of each."""

PER_BYTE = 0.8
"""Tokens per byte of UTF-8 of any other character: from 0.25 (Cyrillic, large vocabularies) to 0.85 (emoji)."""

PER_LINE = 8
"""Tokens that a chat template spends on a message."""

BEGINNING = 32
"""Tokens that a chat template may add of its own."""

LETTERS = string.ascii_letters.encode() + b" "
ASCII = bytes(range(128))
FIRST_MARGIN = 1.3
MARGIN = 1.1
"""What is added to a guess: before the first answer, and after it."""

REMEMBERED = 32


class Estimate:
    """Guesses tokens; never less than the largest error of the last answers would make it."""

    def __init__(self) -> None:
        self._ratios: deque[float] = deque(maxlen=REMEMBERED)

    def __call__(self, lines: Sequence[Line]) -> int:
        """Tokens of a prompt, rather too many than too few."""
        scale = max(self._ratios) * MARGIN if self._ratios else FIRST_MARGIN
        return round(_raw(lines) * scale)

    def learn(self, lines: Sequence[Line], tokens: int) -> None:
        """Take in that a prompt of these lines had this many tokens."""
        if tokens > 0:
            self._ratios.append(tokens / _raw(lines))


def _raw(lines: Sequence[Line]) -> float:
    text = "".join(line.text for line in lines).encode("utf-8", "replace")
    rest = text.translate(None, LETTERS)
    signs = len(rest) - len(rest.translate(None, ASCII))
    tokens = PER_LETTER * (len(text) - len(rest)) + PER_SIGN * signs + PER_BYTE * (len(rest) - signs)
    return BEGINNING + PER_LINE * len(lines) + tokens
