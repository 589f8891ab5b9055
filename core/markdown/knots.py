"""Finds texts that would take too long to read as Markdown, such as what a model in a loop writes. Pure.

Readers of Markdown look for the other half of each mark: twice as many marks in one paragraph take four times as long.
"""

import re

MOST_SIGNS, MOST_LINES, MOST_IN_LINE = 1200, 600, 600
"""The most signs that may be marks, and lines, between two blank lines; the most signs in a line, with columns."""

MOST_BARS, MOST_FENCES = 1000, 400
"""The most bars of a table, and the most blocks of code."""

SIGN = re.compile(r"[*_~`\[\]$<&\\@]")
COLUMN = re.compile(r"[|]|#(?= )|:(?=\n|$)")
MARKED = r"(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))"
DEEP = re.compile(rf"(?:[ \t]*{MARKED}){{40}}|[ \t]{{100}}[ \t]*{MARKED}")
"""More quotations and lists inside of each other than anybody writes: begun in one line, or as far to the right."""

FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}|~{3,})")

GAP = re.compile(r"([ \t]{400})[ \t]+")
BLANK = re.compile(r"(\n(?:[ \t]*\n){40})(?:[ \t]*\n)+")


def squeezed(text: str) -> str:
    """The text without gaps that no reader has a use for: hundreds of spaces or dozens of blank lines."""
    return BLANK.sub(r"\1", GAP.sub(r"\1", text))


def knotted(text: str) -> bool:
    """Whether a text has more marks than can be read in a moment. Once it has, it has however it goes on."""
    signs = lines = bars = fences = 0
    code = ""
    for line in text.split("\n"):
        if fence := FENCE.match(line):
            fences += 1
            code = "" if code and fence[1].startswith(code) else code or fence[1]
            if fences > MOST_FENCES:
                return True
        elif code:
            continue
        if not line.strip():
            signs = lines = bars = 0
            continue
        here = len(SIGN.findall(line))
        signs, lines, bars = signs + here, lines + 1, bars + line.count("|")
        if (
            signs > MOST_SIGNS
            or lines > MOST_LINES
            or bars > MOST_BARS
            or here + len(COLUMN.findall(line)) > MOST_IN_LINE
        ):
            return True
        if DEEP.match(line):
            return True
    return False
