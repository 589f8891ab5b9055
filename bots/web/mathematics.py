"""Formulas as MathML, which browsers draw by themselves. Pure.

A library reads the LaTeX. It copies addresses, styles and even text for pages from there, so that of its result only
elements and attributes that cannot do more than draw are written out, and all text is escaped.
"""

import re
from functools import lru_cache
from html import escape, unescape
from typing import Any

from core.foreign_code import ForeignFault, guarded

LONGEST = 2000
"""The most characters of a formula that are drawn. A longer one is shown as it is written."""

DEEPEST = 60
ARITIES = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3}
ELEMENTS = frozenset(
    ["math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "msqrt", "mtable", "mtr", "mtd", "mstyle", "menclose"]
) | frozenset(["mpadded", "mphantom", "merror", *ARITIES])
ATTRIBUTES = frozenset(
    ["accent", "accentunder", "columnalign", "columnlines", "displaystyle", "fence", "form", "largeop", "linethickness"]
) | frozenset(
    ["lspace", "mathvariant", "maxsize", "minsize", "movablelimits", "notation", "rowlines", "rowspacing", "rspace"]
    + ["scriptlevel", "separator", "stretchy", "symmetric", "width", "height", "depth", "columnspacing"]
)


LENGTHS = re.compile(
    r' (?:lspace|rspace|width|height|depth|linethickness|minsize|maxsize|rowspacing|columnspacing)="([^"]*)"'
)
SIZE = re.compile(r"([-+]?)(\d{0,4}\.?\d{0,6})(em|ex|px|pt|mu|)")
EMS = {"em": 1, "ex": 0.5, "px": 0.05, "pt": 0.07, "mu": 0.06, "": 1}
NAMED = {"negativethinmathspace": "-0.167em", "thin": "0", "medium": "0", "thick": "0"}
MOST_SPACE, MOST_BACK = 40.0, 6.0
"""How far, in ems, all lengths of a formula may go forwards and back. With more, it could cover the page around it, or
stand where its reader takes it for something else.
"""


@lru_cache(1024)
def mathml(written: str, *, block: bool) -> str:
    """Return a formula, given with its marks, as MathML; empty if it cannot be drawn."""
    size = 1 if written.startswith("$") and not written.startswith("$$") else 2
    latex = written[size:-size].strip()
    if len(latex) > LONGEST:
        return ""
    # Nobody needs the library who reads no formula: it takes a while to load.
    from latex2mathml.converter import convert_to_element

    try:
        with guarded():
            drawn = _drawn(convert_to_element(latex, display="block" if block else "inline"), 0, block=block)
            return drawn if _stays(drawn) else ""
    except ForeignFault:
        return ""


def _stays(drawn: str) -> bool:
    """Whether a formula stays in its place on the page."""
    forwards = back = 0.0
    for length in " ".join(LENGTHS.findall(drawn)).split():
        size = SIZE.fullmatch(NAMED.get(length, length))
        if size is None:
            return False
        ems = float(size[2]) * EMS[size[3]]
        forwards, back = (forwards, back + ems) if size[1] == "-" else (forwards + ems, back)
    return forwards <= MOST_SPACE and back <= MOST_BACK


def _drawn(element: Any, depth: int, *, block: bool = False) -> str:
    """Write an element out. Raises ValueError if it is not what the formula means, or too deep."""
    children, text = list(element), unescape(element.text or "")
    wrong = element.tag not in ELEMENTS or len(children) != ARITIES.get(element.tag, len(children))
    # An unknown command, or the mark of a column where there is no table.
    if wrong or depth > DEEPEST or (text.startswith("\\") and len(text) > 1) or (element.tag == "mi" and text == "&"):
        raise ValueError(element.tag)
    kept = {name: value for name, value in element.attrib.items() if name in ATTRIBUTES}
    if block:
        kept["display"] = "block"
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in kept.items())
    inside = escape(text, quote=False) + "".join(_drawn(child, depth + 1) for child in children)
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>"
