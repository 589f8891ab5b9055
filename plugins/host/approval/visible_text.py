"""Makes every character that could deceive a reader visible, in the text that a person is asked to agree to.

The opposite of cleaning: nothing is removed. A right-to-left override reads ‹U+202E›, a no-break space ‹U+00A0›.
"""

import re
import unicodedata

INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc"
    "\U00013441\U00013442\U00016fe4\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Characters that draw nothing although their category says letter, mark or symbol."""

UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
"""Categories of characters that draw nothing, or that look like a space but are not the ordinary one."""

OURS = frozenset("‹›↵│")
"""The characters that marks are made of. In a text they are marked themselves, so that no text can imitate a mark."""

WIDEST = 16
"""The most spaces in a row that are shown as they are; more would push what follows out of sight."""

MOST_LINES = 3
"""The most line ends in a row that are shown as they are."""

MOST_ACCENTS = 4
CROWDED = re.compile(
    rf"(?P<space> {{{WIDEST + 1},}})|(?P<line>\n{{{MOST_LINES + 1},}})|(?P<ticks>`{{3,}})|(?P<odd>[^\x20-\x7e\n]+)"
)


def visible(text: str) -> str:
    """A text with its invisible characters as marks, and its lines as lines.

    Each line end in the text is shown as ↵, and the next line begins with │, so that no line of a value can pass for
    something outside it.
    """
    marked = CROWDED.sub(_marked, text)
    # A space at the beginning or the end would not be seen.
    marked = re.sub(r"^ | $", "‹U+0020›", marked)
    return re.sub(r" ?\n", lambda found: ("‹U+0020›" if found[0][0] == " " else "") + "↵\n│ ", marked)


def single(text: str) -> str:
    """The same as `visible`, but on one line, for names."""
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
    """The mark for a character: its number, and how often it is repeated."""
    return f"‹U+{ord(sign):04X}›" if times == 1 else f"‹U+{ord(sign):04X} ×{times}›"
