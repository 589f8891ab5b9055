"""Discord's texts as people read them. Pure."""

import re

CUSTOM_EMOJI = re.compile(r"<a?:(\w+):\d+>")
"""A server's own emoji, as Discord writes it in a text; the group is its name."""


def as_read(text: str) -> str:
    """Return a text without marks that only Discord's own programs understand."""
    return CUSTOM_EMOJI.sub(r":\1:", text).strip()
