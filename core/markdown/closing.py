"""Closes what is open at the end of a text that still grows or was cut, so that no reader sees half a mark. Pure."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from core.markdown.lines import DIVIDER, Line, cells, read, sections
from core.markdown.spans import DISPLAY, Opening, Spans, read_spans

HALF_MARKS = re.compile(r"[`*_~\[\]!\\$#|<>:+-]+$")
"""Signs at the end of a growing text that may be the first half of a mark."""

HALF_DIVIDER = re.compile(r"[|:\- ]*$")
HALF_OPENER = re.compile(r"(?:(?<=[\s(])|^)(?:\*{1,3}|_{1,3}|~~?|`+|\\)$|(?:!?\[)+$")
MOST_HALVES, LONGEST_HALF = 8, 80
"""How many half marks may follow each other, and how many characters they take."""


TextEnd = Literal["grows", "ended", "cut"]
"""How a text ends: more is coming, it was written to here and no further, or the rest stands in the next message."""


@dataclass(frozen=True, slots=True)
class ClosedText:
    """A text in which nothing is open. Its first `firm` characters stay as they are, however it goes on.

    `marks` are those inside its last paragraph that had to be closed, outermost first.
    """

    text: str
    firm: int
    marks: tuple[str, ...] = ()


def closed(text: str, ends: TextEnd = "ended") -> ClosedText:
    """Close what is open at the end of a text.

    A text that grows shows no half marks either. One that has ended may mean the stars that it ends with.
    """
    *above, last = sections(text) or [""]
    if not last.strip():
        return ClosedText(text, len(text.rstrip()))
    before = "".join(above)
    end = _closed(last, ends)
    return ClosedText(before + end.text, len(before) + end.firm, end.marks)


def _closed(text: str, ends: TextEnd) -> ClosedText:
    growing = ends == "grows"
    lines = read(text)
    last = lines[-1]
    if last.fence and last.kind != "end":
        return _code(text, lines, growing=growing)
    if last.kind == "math":
        return _formula(text, lines)
    if last.kind in ("head", "divider", "row"):
        return ClosedText(text, last.block)
    if growing and (head := _half_table(text, lines)):
        return head
    return _paragraph(text, _leaf(lines), ends)


def _code(text: str, lines: list[Line], *, growing: bool) -> ClosedText:
    last = lines[-1]
    fence = last.fence
    assert fence is not None
    first = next(number for number in range(len(lines) - 1, -1, -1) if lines[number].kind == "fence")
    rest = text[last.start :].strip("> \n")
    if growing and last.kind == "code" and rest and not rest.strip(fence.mark[0]):
        # Half of the mark that closes it.
        text = text[: last.start]
    if growing and not text[lines[first].end :].strip("> \n"):
        # There is no code yet, and a platform shows an empty block by its marks.
        shown = text[: lines[first].start].rstrip()
        return ClosedText(shown, len(shown))
    text = text.rstrip()
    return ClosedText(f"{text}\n{fence.before}{fence.mark}", len(text))


def _formula(text: str, lines: list[Line]) -> ClosedText:
    begin = lines[-1].block
    mark, close = next(pair for pair in DISPLAY if text.startswith(pair[0], begin))
    if text.find(close, begin + 2) >= 0:
        return ClosedText(text, len(text))
    if not text[begin + len(mark) :].strip():
        return ClosedText(text[:begin].rstrip(), begin)
    half = text.rstrip().removesuffix(close[0])
    return ClosedText(f"{half.rstrip()}\n{lines[-1].quote}{close}", begin)


def _half_table(text: str, lines: list[Line]) -> ClosedText | None:
    """The head of a table whose second line is not there yet, or not whole."""
    last = lines[-1]
    head = last
    if len(lines) > 1 and lines[-2].kind == "text" and HALF_DIVIDER.match(text, last.content):
        head = lines[-2]
    row = text[head.content : head.end].rstrip("\n")
    columns = len(cells(row))
    if head.kind != "text" or not row.startswith("|") or columns < 2 or DIVIDER.match(row):
        return None
    if head is last and not row.endswith("|"):
        return ClosedText(text[: head.start].rstrip(), head.start)
    divider = "|---" * columns + "|"
    lead = text[head.start : head.content]
    return ClosedText(f"{text[: head.end].rstrip()}\n{re.sub(r'[^> ]', ' ', lead)}{divider}", head.start)


def _leaf(lines: list[Line]) -> int:
    """Where the paragraph begins with which a text ends."""
    at = len(lines) - 1
    while at and not lines[at].begins and lines[at].kind == "text" and lines[at - 1].kind == "text":
        at -= 1
    return lines[at].content if lines[at].kind in ("text", "heading") else lines[-1].end


def _paragraph(text: str, begin: int, ends: TextEnd) -> ClosedText:
    if ends == "grows" and (shorter := _without_half(text, begin)) != text:
        end = _paragraph_end(shorter, begin, ends)
        return replace(end, firm=min(end.firm, len(shorter)))
    return _paragraph_end(text, begin, ends)


def _paragraph_end(text: str, begin: int, ends: TextEnd) -> ClosedText:
    growing = ends == "grows"
    spans = read_spans(text[begin:])
    half = HALF_MARKS.search(text, begin) if growing else None
    firm = min([len(text) if half is None else half.start(), *(begin + start for start in _openings(spans))])
    firm = len(text[:firm].rstrip("*_~`"))
    text, code = _without_opening(text, begin, spans.opening, ends)
    unclosed = [one.mark for one in spans.emphasis if one.end < 0 and (ends != "ended" or len(one.mark) == 2)]
    # Twice the same would be another mark, or a block of code.
    open_marks = list(dict.fromkeys(unclosed))
    marks = (*open_marks, *([code] if code and ends == "cut" else []))
    if not text[begin:].strip() or not (open_marks or code):
        return ClosedText(text, firm)
    return ClosedText(text.rstrip() + code + "".join(reversed(open_marks)), firm, marks)


def _openings(spans: Spans) -> list[int]:
    """Where everything begins that is still open."""
    found = [one.start for one in spans.emphasis if one.end < 0]
    return [*found, spans.opening.start] if spans.opening else found


def _without_opening(text: str, begin: int, opening: Opening | None, ends: TextEnd) -> tuple[str, str]:
    """A text whose last link is its words alone, and the mark that closes its code or formula."""
    if opening is None:
        return text, ""
    start = begin + opening.start
    if opening.kind == "words" or (opening.kind == "target" and ends != "cut"):
        if opening.kind == "words" and ends != "grows":
            return text, ""
        end = begin + opening.words if opening.kind == "target" else len(text)
        return text[:start] + text[start:end].removeprefix("!").removeprefix("["), ""
    if opening.kind == "target" or (opening.kind == "math" and ends == "cut"):
        return text, ""
    if not text[start + len(opening.close) :].strip(" \n`"):
        return (text[:start] if ends == "grows" else text), ""
    # Half of the mark that closes it would make another.
    half = opening.close[0]
    return (text.rstrip().removesuffix(half) if ends == "grows" else text), opening.close


def _without_half(text: str, begin: int) -> str:
    """A growing text without the marks at its end that have nothing to mark yet."""
    for _ in range(MOST_HALVES):
        near = max(begin, len(text) - LONGEST_HALF)
        half = HALF_OPENER.search(text[near:])
        if half is None:
            break
        text = text[: near + half.start()].rstrip(" ")
    return text
