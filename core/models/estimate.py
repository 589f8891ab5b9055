"""How many tokens a prompt has, where the model's tokeniser cannot be asked: a high guess that learns from the truth.

Servers report the true number with every answer, so after the first one the guess follows this model on these texts.
"""

from collections import deque
from collections.abc import Sequence

from core.ports import Line

PER_ASCII = 0.4
"""Tokens per ASCII character: English prose has about 0.25, code and numbers 0.4."""

PER_BYTE = 0.7
"""Tokens per byte of UTF-8 of any other character: from 0.25 (Cyrillic, current tokenisers) to 1 (rare signs)."""

PER_LINE = 8
"""Tokens that a chat template spends on a message."""

BEGINNING = 32
"""Tokens that a chat template may add of its own."""

MARGIN = 1.1
REMEMBERED = 32


class Estimate:
    """Guesses tokens; never less than the largest error of the last answers would make it."""

    def __init__(self) -> None:
        self._ratios: deque[float] = deque(maxlen=REMEMBERED)

    def __call__(self, lines: Sequence[Line]) -> int:
        """Tokens of a prompt, rather too many than too few."""
        scale = max(self._ratios) * MARGIN if self._ratios else 1.0
        return round(_raw(lines) * scale)

    def learn(self, lines: Sequence[Line], tokens: int) -> None:
        """Take in that a prompt of these lines had this many tokens."""
        if tokens > 0:
            self._ratios.append(tokens / _raw(lines))


def _raw(lines: Sequence[Line]) -> float:
    text = "".join(line.text for line in lines)
    length = len(text.encode("utf-8", "replace"))
    plain = length if text.isascii() else sum(map(str.isascii, text))
    return BEGINNING + PER_LINE * len(lines) + PER_ASCII * plain + PER_BYTE * (length - plain)
