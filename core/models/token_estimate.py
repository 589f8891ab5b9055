"""Estimates how many tokens a prompt has if the model's tokeniser cannot be asked: a high guess that learns.

Servers report the true number with every answer, so after the first one the estimate fits this model and these texts.
"""

import string
from collections import deque
from collections.abc import Sequence

from core.ports.model import PromptLine

LETTERS = string.ascii_letters.encode() + b" "
WEIGHTS = (
    (LETTERS, 0.3),
    (bytes(set(range(128)) - set(LETTERS)), 1.0),
    (bytes(range(0xC2, 0xE0)), 1.0),
    (bytes(range(0xE0, 0xF0)), 2.2),
    (bytes(range(0xF0, 0xF5)), 3.4),
)
"""First bytes of UTF-8 characters, and how many tokens such a character takes with a small vocabulary. In this order:
letters and spaces; digits and signs; European and Near Eastern scripts; the other scripts; emoji."""

PER_LINE = 8
"""Tokens that a chat template spends on a message."""

BEGINNING = 32
"""Tokens that a chat template may add by itself."""

FIRST_MARGIN = 1.25
MARGIN = 1.1
"""The factors that a guess is multiplied by, before the first answer and after it."""

REMEMBERED = 32


class TokenEstimate:
    """Estimates tokens, high enough to cover the largest error among the last answers."""

    def __init__(self) -> None:
        self._ratios: deque[float] = deque(maxlen=REMEMBERED)

    def __call__(self, lines: Sequence[PromptLine]) -> int:
        """Estimate the tokens of a prompt, rather too many than too few."""
        scale = max(self._ratios) * MARGIN if self._ratios else FIRST_MARGIN
        return round(_raw(lines) * scale)

    def learn(self, lines: Sequence[PromptLine], tokens: int) -> None:
        """Learn that a prompt of these lines had this many tokens."""
        if tokens > 0:
            self._ratios.append(tokens / _raw(lines))


def _raw(lines: Sequence[PromptLine]) -> float:
    said = "".join([line.text for line in lines])
    text = said.encode("utf-8", "replace")
    # The first two are all that there is in ASCII, and each takes a look at all of the text.
    kinds = WEIGHTS[:2] if said.isascii() else WEIGHTS
    tokens = sum(weight * (len(text) - len(text.translate(None, kind))) for kind, weight in kinds)
    return BEGINNING + PER_LINE * len(lines) + tokens
