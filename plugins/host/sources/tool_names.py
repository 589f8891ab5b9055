"""Names for tools that come from elsewhere, in a form that every model's server accepts."""

import re
from collections.abc import Container

LONGEST = 64
"""Most characters in a tool's name: the limit of the OpenAI-compatible protocol."""

STRANGE = re.compile(r"[^A-Za-z0-9_-]")


def plain(text: str) -> str:
    """Replace every character that a name may not have with `_`."""
    return STRANGE.sub("_", text)


def free(name: str, taken: Container[str]) -> str:
    """Return the name, cut to 64 characters, with a number added if it is taken."""
    found, number = name[:LONGEST], 2
    while found in taken:
        found, number = f"{name[: LONGEST - 4]}_{number}", number + 1
    return found
