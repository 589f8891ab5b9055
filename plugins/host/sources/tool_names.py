"""Names for tools that come from elsewhere, as every model's server takes them."""

import re
from collections.abc import Container

LONGEST = 64
"""Characters of a tool's name: what the OpenAI-compatible protocol allows."""

STRANGE = re.compile(r"[^A-Za-z0-9_-]")


def plain(text: str) -> str:
    """A text with what no name may have replaced by `_`."""
    return STRANGE.sub("_", text)


def free(name: str, taken: Container[str]) -> str:
    """The name, of at most 64 characters, with a number where it is taken."""
    found, number = name[:LONGEST], 2
    while found in taken:
        found, number = f"{name[: LONGEST - 4]}_{number}", number + 1
    return found
