"""Which emoji mean something to us, as a reaction to an answer or on a button, in one table for every platform."""

import re
from collections.abc import Mapping

THUMB_UP, THUMB_DOWN = "👍", "👎"
REPORT = "🚩"
STOP = "🛑"
"""Ends a growing answer, on a platform that cannot show a button under it."""

RATINGS: Mapping[str, int] = {THUMB_UP: 1, THUMB_DOWN: -1}
"""The emoji that rate an answer, with the rating that each gives."""

MEANINGFUL = frozenset({*RATINGS, REPORT})
"""The emoji that the core wants to hear of."""

VARIANT = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")
"""Modifiers of an emoji: skin tones, and the sign that asks for a coloured picture."""


def plain(emoji: str) -> str:
    """Return an emoji as it stands in the table: without a skin tone, and without asking for colours."""
    return VARIANT.sub("", emoji)
