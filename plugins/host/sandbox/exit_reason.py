"""Why a plugin's process has ended, in words for admins."""

import re
from pathlib import Path

from core.outside_text import cleaned_line

KEPT_WORDS = 4000
"""The most characters kept of what a process has printed last."""

PLACE = re.compile(r'File "([^"]+)", line (\d+)')
"""The file and line of an error, as Python prints them."""


def explained(code: int, said: str) -> str:
    """Explain in a line for admins how a process ended, with the last line that it printed, if any."""
    # Terminals and logs show this, so it must not move a cursor or look like a line of ours.
    last = next((line.strip() for line in map(_one_line, reversed(said.splitlines())) if line.strip()), "")
    if "MemoryError" in said:
        return "it needed more memory than it may have"
    places = PLACE.findall(said)
    if last and places:
        last = f"{last} ({Path(places[-1][0]).name}, line {places[-1][1]})"
    # Bubblewrap reports a signal as shells do.
    signal = -code if code < 0 else code - 128 if 128 < code < 160 else 0
    how = f"it was killed (signal {signal})" if signal else f"it ended (code {code})"
    return f"{how}: {last[:300]}" if last else how


def _one_line(text: str) -> str:
    return cleaned_line(text, KEPT_WORDS)
