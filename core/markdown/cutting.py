"""Cuts a Markdown text in two, each well-formed by itself: what a cut closes is opened again after it. Pure."""

import re
import unicodedata
from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

from core.markdown.closing import closed
from core.markdown.lines import Line, ListItem, begins_block, cells, read
from core.markdown.spans import Spans, read_spans

Fill = Callable[[str], float]
"""The share of a message that a text takes."""

LONGEST_WORD = 400
"""Characters; a longer word is no word, and may be cut."""

LEAST = 4
"""What part of the room a piece takes at least that ends before a long line, or a long row of a table."""

LONGEST_NAME = 20
"""How many characters of a code block's language are repeated after a cut."""

PAUSES = ("\n\n", "\n", ". ", "! ", "? ", "。", "؟ ", "। ", "; ", ", ", " ")
"""Marks to cut after inside a paragraph, best first. The mark itself stays before the cut."""

OPENED = re.compile(r"(?:[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)]) …)?\n)*+[ \t>]*+")
"""The beginning of a text that goes on with a list, before its own first word."""

TABLE = ("head", "divider", "row")
GUARD = "\u2060"
"""An invisible sign before the rest of a line."""

JOINER = "\u200d"
FLAG_LETTER = re.compile("[\U0001f1e6-\U0001f1ff]")
GLUED = frozenset({"Mn", "Me", "Mc", "Sk"})
"""Unicode categories of characters that belong to the one before: accents, vowel signs, skin tones."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The first piece of a text. What follows is `lead`, which opens again what was closed, and the text from `at` on.

    It depends on the first `seen` characters only: whatever follows them, the cut is the same. If that is more than the
    text has, further text may change the cut.
    """

    piece: str
    lead: str
    at: int
    seen: int

    def rest(self, text: str) -> str:
        """The text that goes on after the piece."""
        return self.lead + text[self.at :]


def first_piece(text: str, fill: Fill, start: int) -> Cut:
    """Cut the first piece off a text that does not fit as a whole. `start` is about how many characters fit."""
    lines = read(text)
    whole = _most(len(lines) + 1, _near(lines, start), lambda number: _until(text, lines, number, fill))
    reach, seen = lines[whole - 1].end if whole else 0, lines[min(whole, len(lines) - 1)].end
    if reach <= start // LEAST or not _between_blocks(text, lines[: whole + 1], reach):
        reach, seen = _reach(text, lines, whole, fill, start)
        lines = read(text[:seen])
    at = 0
    # What a cut closes may need more room at an earlier place.
    while not at or (at > 1 and fill(_before(text, at)) > 1):
        reach = at - 1 if at else reach
        at = _between_blocks(text, lines, reach) or _beside_table(text, lines, reach)
        if at <= reach // LEAST and (flat := _unrolled(text, lines, reach)):
            # A row is too long, and there is hardly anything before it: it becomes lines, which can be cut anywhere.
            again = first_piece(flat, fill, start)
            return Cut(again.piece, again.rest(flat), len(text), len(text) + 1)
        at = at or _between_words(text, lines, reach)
    lead, goes_on = _after(text, lines, at)
    # In a text that is hardly more than marks, what opens them again could be as long as what was cut off.
    return Cut(_before(text, at), lead if len(lead) < goes_on else "", goes_on, seen)


def from_line(text: str, number: int) -> str:
    """A text from a line on, the first being 0, with what stands open there opened again."""
    lines = read(text)
    if number >= len(lines):
        return ""
    lead, at = _after(text, lines, lines[number].start)
    return lead + text[at:]


def _near(lines: list[Line], start: int) -> int:
    return next((number for number, line in enumerate(lines) if line.end > start), len(lines))


def _until(text: str, lines: list[Line], number: int, fill: Fill) -> float:
    """The share that the text takes up to a line; more than all of it if there is no such line."""
    if not number:
        return 0
    return fill(_before(text, lines[number - 1].end)) if number <= len(lines) else 2


def _most(bound: int, guess: int, share: Callable[[int], float]) -> int:
    """The highest number below a bound that fits, as all lower ones do. `share` says how much of the room one takes."""
    low, high, step = 0, bound, 1
    at = min(max(guess, 1), bound - 1) if bound > 1 else 0
    first = True
    # From a good guess on, steps that grow, and then halves.
    while low < at < high:
        taken = share(at)
        if taken <= 1:
            low = at
        else:
            high = at
        if first and taken:
            at, first = min(max(int(at / taken), low + 1), high - 1), False
            continue
        at += step if taken <= 1 else -step
        step *= 2
    while high - low > 1:
        middle = (low + high) // 2
        if share(middle) <= 1:
            low = middle
        else:
            high = middle
    return low


def _reach(text: str, lines: list[Line], whole: int, fill: Fill, start: int) -> tuple[int, int]:
    """How far a piece could reach, and how far one has to read to know that."""
    base = lines[whole - 1].end if whole else 0
    line = text[base : lines[whole].end] if whole < len(lines) else ""
    ends = [match.end() for match in re.finditer(r"\s+|(?<=[^\x00-\u2fff])", line.rstrip("\n"))]
    ends = [*dict.fromkeys(end for end in ends if end), len(line)] if line else [0]
    # A word that is as long as a message is cut like a text.
    steps = (range(before + LONGEST_WORD, end, LONGEST_WORD) for before, end in pairwise([0, *ends]))
    ends = sorted({*ends, *chain.from_iterable(steps)})
    guess = bisect(ends, start - base)
    words = _most(len(ends) + 1, guess, lambda n: fill(_before(text, base + ends[n - 1])) if n else 0)
    reach = base + (ends[words - 1] if words else 0)
    seen = base + ends[min(words, len(ends) - 1)]
    if reach:
        return reach, seen
    # One word is too long for a whole message.
    letters = _most(seen + 1, 1, lambda number: fill(_before(text, number)) if number else 0)
    return max(letters, 1), seen


def _before(text: str, at: int) -> str:
    return closed(text[:at].rstrip(), "cut").text


def _between_blocks(text: str, lines: list[Line], reach: int) -> int:
    """The best place between two lines in the second half of what fits; 0 if there is none."""
    best, place = 0, 0
    for before, line in pairwise(lines):
        if line.start > reach:
            break
        if line.start <= reach // 2 or OPENED.fullmatch(text, 0, line.start):
            continue
        if (worth := _worth(before, line)) and worth >= best:
            best, place = worth, line.start
    return place


def _worth(before: Line, line: Line) -> int:
    """How good it is to cut between two lines; 0 if it must not be cut there."""
    if before.kind in ("heading", "head", "divider") or line.kind in ("divider", "end", "blank"):
        return 0
    if line.kind == "math" and before.kind == "math":
        return 0
    if line.kind == "code":
        return 1 if before.kind == "code" else 0
    if line.kind == "row" or (before.kind == "text" and line.kind == "text" and not line.begins):
        return 1
    return 3 if line.top else 2


def _between_words(text: str, lines: list[Line], reach: int) -> int:
    """The best place in the line that is cut."""
    line = next((line for line in reversed(lines) if line.start < reach), lines[0])
    spans, begin = _spans(text, lines, line)
    if line.kind in ("text", "heading"):
        for pause in PAUSES:
            at = text.rfind(pause, reach // 2, reach)
            while at >= 0:
                at += len(pause)
                if at - begin < 0 or (spans.atom_at(at - begin) is None and not _in_opening(spans, at - begin)):
                    return at
                at = text.rfind(pause, reach // 2, at - len(pause))
        inside = spans.atom_at(reach - begin) or (spans.opening if _in_opening(spans, reach - begin) else None)
        if inside and begin + inside.start > reach // 8:
            return begin + inside.start
    elif (space := text.rfind(" ", max(line.start + 1, reach // 2), reach)) > 0:
        return space + 1
    return between_letters(text, reach)


def _in_opening(spans: Spans, at: int) -> bool:
    """Whether a place is inside a link or a formula whose end we have not read."""
    return spans.opening is not None and spans.opening.kind != "code" and spans.opening.start < at


def _spans(text: str, lines: list[Line], line: Line) -> tuple[Spans, int]:
    """The marks of the paragraph that a line belongs to, and where that begins."""
    at = lines.index(line)
    while at and not lines[at].begins and lines[at].kind == lines[at - 1].kind == "text":
        at -= 1
    begin = lines[at].content
    return read_spans(text[begin : lines[-1].end]), begin


def _after(text: str, lines: list[Line], at: int) -> tuple[str, int]:
    """What opens again after a cut everything that it closed, and where the text goes on."""
    line = next((line for line in lines if line.start <= at < line.end), None)
    if line is None:
        return "", at
    if at == line.start or not text[line.start : at].strip():
        return _from_line(text, lines, line)
    if line.kind in ("code", "end"):
        return f"{_opened(line.items, line.quote)}{_fence(line)}", at
    marks = "".join(closed(text[:at].rstrip(), "cut").marks)
    while at < line.end and text[at] == " ":
        at += 1
    # What begins a line now must not become a list or a block of code by that.
    guard = GUARD if begins_block(marks + text[at : line.end]) else ""
    return f"{_goes_on(line)}{guard}{marks}", at


def _from_line(text: str, lines: list[Line], line: Line) -> tuple[str, int]:
    before = lines[lines.index(line) - 1] if line.start else None
    lead = _opened(line.items[:-1] if line.begins else line.items, line.quote)
    if line.kind in ("code", "end"):
        return f"{lead}{_fence(line)}", line.start
    if line.kind == "row":
        head = next(one for one in lines if one.kind == "head" and one.start == line.block)
        divider = lines[lines.index(head) + 1]
        return f"{lead}{text[head.start : divider.end]}", line.start
    if line.begins and line.items[-1].mark[:-1]:
        # The parser counts from the first number on, whatever the others are.
        number = line.items[-1].mark[:-1]
        return lead + re.sub(r"\d{1,9}(?=[.)])", number, text[line.start : line.content], count=1), line.content
    if before and line.kind == before.kind == "text" and not line.begins:
        marks = "".join(closed(text[: line.start].rstrip(), "cut").marks)
        return f"{_goes_on(line)}{marks}", line.content
    return lead, line.start


def _goes_on(line: Line) -> str:
    """What stands before the rest of a paragraph that was cut."""
    if not line.items:
        return line.quote
    item = line.items[-1]
    return f"{_opened(line.items[:-1], line.quote)}{line.quote}{' ' * item.column}{item.mark} … "


def _opened(items: tuple[ListItem, ...], quote: str) -> str:
    return "".join(f"{quote}{' ' * item.column}{item.mark} …\n" for item in items)


def _fence(line: Line) -> str:
    assert line.fence is not None
    name = line.fence.name.strip().split(" ")[0][:LONGEST_NAME]
    return f"{line.fence.before}{line.fence.mark}{name}\n"


def _at(lines: list[Line], at: int) -> Line:
    return next((line for line in lines if line.start <= at < line.end), lines[-1])


def _beside_table(text: str, lines: list[Line], reach: int) -> int:
    """The place before the table, or the row of it, that a piece reaches; 0 if it begins with that table."""
    line = _at(lines, reach)
    if line.kind not in TABLE:
        return 0
    before = lines[lines.index(line) - 1] if line.start else line
    if line.kind == before.kind == "row":
        return line.start
    return 0 if OPENED.fullmatch(text, 0, line.block) else line.block


def _unrolled(text: str, lines: list[Line], reach: int) -> str:
    """The text with the row of a table that a piece reaches written as lines, "Head: cell"; empty if there is none."""
    reached = _at(lines, reach)
    if reached.kind not in TABLE:
        return ""
    lines = read(text)
    first = next(number for number, line in enumerate(lines) if line.kind == "head" and line.start == reached.block)
    number = max(first + 2, next((at for at, line in enumerate(lines) if line.start == reached.start), 0))
    if number >= len(lines) or lines[number].kind != "row":
        return ""
    head, divider, row = lines[first], lines[first + 1], lines[number]
    names = cells(text[head.content : head.end])
    words = "".join(named_cells(names, cells(text[row.content : row.end]), text[row.start : row.content]))
    more = number + 1 < len(lines) and lines[number + 1].kind == "row"
    table = text[head.start : divider.end] if more else ""
    before = text[: head.start] if number == first + 2 else f"{text[: row.start]}{row.quote.rstrip()}\n"
    return f"{before}{words}\n{table}{text[row.end :]}"


def named_cells(names: list[str], row: list[str], lead: str = "") -> Iterator[str]:
    """The lines that show a row of a table without the table."""
    for number, cell in enumerate(row):
        name = names[number] if number < len(names) else ""
        words = f"**{name.strip('*')}**: {cell}" if name.strip("* ") else cell
        if cell:
            yield f"{lead}{words}\n"


def between_letters(text: str, at: int) -> int:
    """The last place at or before `at` that does not cut through what people see as one character."""
    first = at
    while at > first - 32 and 1 < at < len(text) and _glued(text, at):
        at -= 1
    return at if at > 1 else first


def _glued(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if JOINER in (before, after) or "\ufe00" <= after <= "\ufe0f":
        return True
    if FLAG_LETTER.match(after):
        # A flag is two such letters; many flags in a row may be cut between any two of them.
        first = next((place for place in range(at, 0, -1) if not FLAG_LETTER.match(text[place - 1])), 0)
        return (at - first) % 2 == 1
    return unicodedata.category(after) in GLUED and ord(after) > 0x7F
