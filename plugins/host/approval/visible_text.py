"""Text with every sign in it that could deceive a reader made visible, for what a person is asked to agree to.

The opposite of cleaning: nothing is taken away. A right-to-left override reads ‹U+202E›, a no-break space ‹U+00A0›.
"""

import re
import unicodedata

INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc"
    "\U00013441\U00013442\U00016fe4\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Signs that draw nothing although their category says letter, mark or symbol."""

UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
"""Categories of signs that draw nothing, or a space that is none."""

OURS = frozenset("‹›↵│")
"""What the marks are made of: in a text it is marked itself, so that no text can imitate a mark."""

WIDEST = 16
"""So many spaces in a row are shown as they are; with more of them, what follows would be pushed out of sight."""

MOST_LINES = 3
"""So many line ends in a row are shown as they are."""

MOST_ACCENTS = 4
CROWDED = re.compile(
    rf"(?P<space> {{{WIDEST + 1},}})|(?P<line>\n{{{MOST_LINES + 1},}})|(?P<ticks>`{{3,}})|(?P<odd>[^\x20-\x7e\n]+)"
)


def visible(text: str) -> str:
    """A text with its unseen signs as marks, and its lines as lines.

    A line that ends in the text ends with ↵, and what follows begins with │, so that no line of a value passes for
    something that stands beside it.
    """
    marked = CROWDED.sub(_marked, text)
    # A space at an end would not be seen.
    marked = re.sub(r"^ | $", "‹U+0020›", marked)
    return re.sub(r" ?\n", lambda found: ("‹U+0020›" if found[0][0] == " " else "") + "↵\n│ ", marked)


def single(text: str) -> str:
    """The same on one line, for names."""
    return CROWDED.sub(_marked, text).replace("\n", "‹U+000A›")


def _marked(found: re.Match[str]) -> str:
    run = found[0]
    if found["line"]:
        return f"{mark(run[0], len(run))}\n"
    if not found["odd"]:
        return mark(run[0], len(run))
    shown: list[str] = []
    accents = 0
    for part in re.finditer(r"(.)\1*", run, re.DOTALL):
        sign, times = part[1], len(part[0])
        accents = accents + times if unicodedata.category(sign) in ("Mn", "Me") else 0
        shown.append(mark(sign, times) if _deceives(sign) or accents > MOST_ACCENTS else part[0])
    return "".join(shown)


def _deceives(sign: str) -> bool:
    return unicodedata.category(sign) in UNSEEN or sign in OURS or bool(INVISIBLE.match(sign))


def mark(sign: str, times: int = 1) -> str:
    """The mark of a sign: its number, and how often it stands there in a row."""
    return f"‹U+{ord(sign):04X}›" if times == 1 else f"‹U+{ord(sign):04X} ×{times}›"
