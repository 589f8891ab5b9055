"""Reads Markdown line by line: which lines are code, tables or formulas, and in which lists they stand. Pure.

It agrees with a full parser about everything that people and models usually write. The difference matters to no reader:
a text is only ever cut or closed by what is read here, and shown by a full parser.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from core.markdown.spans import DISPLAY

Kind = Literal["blank", "text", "heading", "fence", "code", "end", "head", "divider", "row", "math"]
"""What a line is: `fence` opens a block of code and `end` closes it; `head` and `divider` begin a table."""

QUOTE = re.compile(r" {0,3}> ?")
ITEM = re.compile(r"( *)([-*+]|\d{1,9}[.)])(?: +(?=\S)| *$)")
FENCE = re.compile(r"(`{3,})([^`]*)$|(~{3,})(.*)$")
HEADING = re.compile(r"#{1,6}(?: |$)")
RULE = re.compile(r"([-*_])(?: *\1){2,} *$")
DIVIDER = re.compile(r"\|?+ *+:?+-++:?+ *+(?:\| *+:?+-++:?+ *+)*+\|?+ *+$")
LANDMARK = re.compile(
    r"^(?P<lead>[ >]*(?:(?:[-*+]|\d{1,9}[.)]) +)*)(?P<mark>`{3,}|~{3,})(?P<info>.*)$"
    r"|\n[ ]*\n(?=[^\W\d_]|\*\*\w|# |## |### )",
    re.MULTILINE,
)
"""A line that opens or closes code, or the break before a line that is surely a paragraph or a heading."""


@dataclass(frozen=True, slots=True)
class ListItem:
    """An item of a list: the columns of its mark and of its text, and the mark with the number that readers see."""

    column: int
    inner: int
    mark: str


@dataclass(frozen=True, slots=True)
class Fence:
    """The line that opened a block of code: its mark, the language, and what stands before the mark."""

    mark: str
    name: str
    before: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text, `start` to `end` with its line break.

    `quote` are the marks of the quotation that it stands in, `items` the list items, outermost first; with `begins`,
    the last of them begins here. `content` is where its own text begins, `fence` the block of code that is open, and
    `block` where its table or its formula begins.
    """

    start: int
    end: int
    kind: Kind
    content: int
    quote: str = ""
    items: tuple[ListItem, ...] = ()
    begins: bool = False
    fence: Fence | None = None
    block: int = -1

    @property
    def top(self) -> bool:
        """Whether it stands in no list and no quotation."""
        return not (self.items or self.quote)


def read(text: str) -> list[Line]:
    """Read all lines of a text."""
    found: list[Line] = []
    at = 0
    for piece in text.splitlines(keepends=True) if "\r" in text else _split(text):
        before = found[-1] if found else None
        found.append(_line(text, at, at + len(piece), before))
        at += len(piece)
        if found[-1].kind == "divider":
            found[-2] = replace(found[-2], kind="head", block=found[-2].start)
    return found


def _split(text: str) -> Iterator[str]:
    # Not splitlines, which also breaks at signs that no reader takes for the end of a line.
    at = 0
    while (end := text.find("\n", at)) >= 0:
        yield text[at : end + 1]
        at = end + 1
    if at < len(text):
        yield text[at:]


def _line(text: str, start: int, end: int, before: Line | None) -> Line:
    whole = text[start:end].rstrip("\r\n")
    if (
        whole[:1].isalpha()
        and (before is None or before.kind == "blank" or before.kind == "text")
        and (before is None or before.top)
    ):
        # Most lines are such: nothing that has a meaning begins with a letter.
        return Line(start, end, "text", start)
    if before and before.fence and before.kind != "end" and (inside := _in_code(before, whole, start, end)):
        return inside
    if before and before.kind == "math" and whole.strip() and not _formula_ended(text, before):
        return replace(before, start=start, end=end, content=start, begins=False)
    at, quote = 0, ""
    while mark := QUOTE.match(whole, at):
        at, quote = mark.end(), f"{quote}> "
    if not whole[at:].strip():
        return Line(start, end, "blank", start + at, quote, before.items if before and before.quote == quote else ())
    items, begins, at, indent = _items(whole, at, before if before and before.quote == quote else None)
    shown = Line(start, end, "text", start + at, quote, items, begins)
    return shown if indent > 3 else _of_kind(text, shown, whole[at:], before)


def _items(whole: str, base: int, before: Line | None) -> tuple[tuple[ListItem, ...], bool, int, int]:
    """The list items that a line stands in, whether it begins one, where its text begins, and its indentation."""
    column = len(whole[base:]) - len(whole[base:].lstrip(" "))
    known = list(before.items) if before else []
    items = [item for item in known if column >= item.inner]
    if (
        before
        and before.kind in ("text", "row")
        and len(items) < len(known)
        and not begins_block(whole[base + column :])
    ):
        # A line that goes on with a paragraph need not be indented.
        items = known
    at, begins, earlier = base, False, known[len(items) :]
    while (mark := ITEM.match(whole, at)) and not RULE.match(whole[at:].strip()):
        place = mark.end(1) - base
        if place - (items[-1].inner if items else 0) > 3:
            # As far to the right as that, it is code.
            break
        inner = mark.end() - base if mark.end() < len(whole) else mark.end(2) - base + 1
        items = [*items, ListItem(place, inner, _numbered(mark[2], earlier))]
        begins, at, earlier = True, mark.end(), []
    indent = 0 if begins else column - (items[-1].inner if items else 0)
    return tuple(items), begins, at if begins else base + column, indent


def begins_block(rest: str) -> bool:
    """Whether a line begins something of its own, and cannot go on with a paragraph."""
    found = ITEM.match(rest) or FENCE.match(rest) or HEADING.match(rest) or QUOTE.match(rest)
    return bool(found or RULE.match(rest.strip()))


def _numbered(mark: str, earlier: list[ListItem]) -> str:
    """The mark that a reader sees: in a numbered list, each item has the number after the one before."""
    if mark[:-1] and earlier and earlier[0].mark[-1] == mark[-1] and earlier[0].mark[:-1]:
        return f"{int(earlier[0].mark[:-1]) + 1}{mark[-1]}"
    return mark


def _of_kind(text: str, line: Line, rest: str, before: Line | None) -> Line:
    if mark := FENCE.match(rest):
        lead = text[line.start : line.content]
        return replace(line, kind="fence", fence=Fence(mark[1] or mark[3], mark[2] or mark[4] or "", _blanked(lead)))
    if HEADING.match(rest):
        return replace(line, kind="heading")
    if before and before.kind in ("divider", "row") and not begins_block(rest) and before.quote == line.quote:
        return replace(line, kind="row", block=before.block)
    if before and before.kind == "text" and before.quote == line.quote and "|" in rest and DIVIDER.match(rest):
        head = text[before.content : before.end]
        if len(cells(head)) == len(cells(rest)):
            return replace(line, kind="divider", block=before.start)
    for begin, close in DISPLAY:
        if rest.startswith(begin) and rest.find(close, len(begin)) < 0:
            return replace(line, kind="math", block=line.content)
    return line


def _blanked(lead: str) -> str:
    """What stands before a mark, with the marks of lists as spaces."""
    return re.sub(r"[^> ]", " ", lead)


def _in_code(before: Line, whole: str, start: int, end: int) -> Line | None:
    """A line of the block of code that is open; None if the list or quotation that it stands in has ended."""
    fence = before.fence
    assert fence is not None
    rest = whole
    for _ in range(before.quote.count(">") if before.quote else 0):
        mark = QUOTE.match(rest)
        if mark is None:
            return None
        rest = rest[mark.end() :]
    closing = rest.strip()
    if before.items and closing and len(rest) - len(rest.lstrip(" ")) < before.items[-1].inner:
        return None
    ends = closing.startswith(fence.mark) and not closing.strip(fence.mark[0])
    kind: Kind = "end" if ends else "code"
    # Not `replace`, which takes ten times as long: blocks of code have many lines.
    return Line(start, end, kind, start, before.quote, before.items, fence=fence, block=before.block)


def _formula_ended(text: str, before: Line) -> bool:
    close = dict(DISPLAY)[text[before.block : before.block + 2]]
    return text.find(close, before.block + 2, before.end) >= 0


def cells(row: str) -> list[str]:
    """The cells of a row of a table, as they are written."""
    row = row.strip()
    row = row.removeprefix("|")
    found = [""]
    for sign in re.findall(r"\\.|[^\\|]+|\||\\$", row):
        if sign == "|":
            found.append("")
        else:
            found[-1] += sign
    if len(found) > 1 and not found[-1].strip():
        found.pop()
    return [cell.strip() for cell in found]


def sections(text: str) -> list[str]:
    """Cut a text before paragraphs that surely have nothing to do with what stands above; joined, they are the text.

    This takes no time, and lets everything else read the end of a growing text alone.
    """
    found: list[str] = []
    begin = 0
    code: str | None = None
    for match in LANDMARK.finditer(text):
        mark = match["mark"]
        if mark is None:
            if code is None:
                found.append(text[begin : match.end()])
                begin = match.end()
        elif code is None and match["lead"]:
            # Code in a list or a quotation ends in many ways.
            break
        elif code is None:
            code = mark
        elif mark.startswith(code) and not match["info"].strip():
            code = None
    return [*found, text[begin:]] if begin < len(text) else found


def chunks(text: str) -> list[str]:
    """Cut a text into pieces that are shown the same alone as together; joined, they are the text."""
    return [chunk for section in sections(text) for chunk in _chunks(section)]


@lru_cache(512)
def _chunks(text: str) -> tuple[str, ...]:
    found: list[str] = []
    begin, listed = 0, False
    before: Line | None = None
    for line in read(text):
        fresh = before is not None and line.top and line.content == line.start and _apart(before, line)
        if fresh and line.start > begin:
            found.append(text[begin : line.start])
            begin, listed = line.start, False
        if before and before.kind == "blank" and line.begins and not listed and line.start > begin and _outer(line):
            found.append(text[begin : line.start])
            begin = line.start
        listed = listed or bool(line.items)
        before = line
    return (*found, text[begin:]) if begin < len(text) else tuple(found)


def _apart(before: Line, line: Line) -> bool:
    """Whether a line at the left edge begins something that has nothing to do with the line before."""
    if line.kind in ("code", "end", "row", "divider", "blank") or (line.kind == "math" and before.kind == "math"):
        return False
    return before.kind in ("blank", "end", "heading") or line.kind in ("fence", "heading")


def _outer(line: Line) -> bool:
    return len(line.items) == 1 and not line.quote
