"""CommonMark for platforms that support only part of it: no tables, images, rules or deep headings. Pure."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import groupby
from urllib.parse import urlsplit

from bots.shared.tables import aligned, even, fits, is_narrow, listed
from bots.shared.tables import bare as unmarked
from core.markdown.lines import Line, cells, chunks, read
from core.markdown.spans import formula

DEEP_HEADING = re.compile(r"^#{4,6} +(.*?) *#*$")
RULE = re.compile(r"^ {0,3}([-*_])(?: *\1){2,} *$")
TASK = re.compile(r"^([ >]*(?:[-*+]|\d{1,9}[.)]) +)\[([ xX])\](?= )", re.MULTILINE)
FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,40})\]")
DEFINITION = re.compile(r"^( {0,3})\[(?=[^\[\]\n]{1,200}\]:)", re.MULTILINE)
IMAGE = re.compile(r"!\[([^\]]*+)\]\((<?+[^)\s>]++>?+)[^)]*+\)")
LINK = re.compile(r"\]\(\s*+<?+(https?://(?:[^\s()<>]++|\([^\s()<>]*+\))+)>?[^)\n]*+\s*+\)", re.IGNORECASE)
"""The part of a link after its words, which may themselves have brackets and lines.

Neither looks at the same signs again and again: an address may be as long as an answer, and never end.
"""

SPAN = re.compile(r"(?<![\\`])(`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)\1(?!`)", re.DOTALL)
"""A piece of code in a line of text."""

STRAY = re.compile(r"`{3,}")
CODE_OR_FORMULA = re.compile(r"[`$\\]")
MARKED = re.compile(r"[`$\\\[\]]")
"""Without these signs, a text has neither code nor formulas nor links."""

LONGEST_WORDS = 1000
"""How far before a link's address its words may begin."""

BROKEN = "`\u2060"
"""A backtick that cannot join others: three in a row would end a block of code."""

BOXES = {" ": "☐", "x": "☑", "X": "☑"}

Bare = Callable[[str], str]
"""Writes an address so that the platform shows no preview of it."""

Literal = Callable[[str], str]
"""Writes a formula so that the platform shows it letter by letter."""


def simpler(text: str, bare: Bare, literal: Literal = str) -> str:
    """Rewrite a text in simpler Markdown: tables become code or lists, and links show where they lead."""
    return "".join(_simple(chunk, bare, literal) for chunk in chunks(text))


def extended(text: str, literal: Literal, columns: int) -> str:
    """Rewrite what CommonMark does not have, for a reader that has tables: tasks, footnotes and formulas.

    A table that does not fit in so many columns of monospace text becomes a list of its rows.
    """
    found: list[str] = []
    for kind, group in groupby(read(text), _group):
        lines = list(group)
        written = text[lines[0].start : lines[-1].end]
        if kind == "formula":
            written = literal(written)
        elif kind != "code":
            if kind == "table" and not fits(_rows(text, lines), columns):
                written = "".join(f"{line}  \n" if line.strip() else "\n" for line in _listed(text, lines)) + "\n"
            written = _kept_apart(_boxed(written), _as_words, literal)
        found.append(written)
    return "".join(found)


def _as_words(text: str) -> str:
    """Keep what tells an address from vanishing: links that lead there have it already."""
    return DEFINITION.sub(r"\1\\[", FOOTNOTE.sub(r"\[\1\]", text))


def _boxed(text: str) -> str:
    return TASK.sub(lambda task: f"{task[1]}{BOXES[task[2]]}", text)


@lru_cache(1024)
def _simple(text: str, bare: Bare, literal: Literal) -> str:
    """Rewrite a part of a text. While an answer grows, only its last part is new."""
    kept = text[len(text.rstrip("\n")) :]
    return "\n".join(_blocks(text.rstrip("\n"), bare, literal)) + kept


def names_host(words: str, host: str) -> bool:
    """Whether the words of a link are an address at the host that it leads to, so that they say where that is."""
    return bool(re.fullmatch(rf"(?:https?://)?(?:www\.)?{re.escape(host)}(?:[/?#]\S*)?", words.strip(), re.IGNORECASE))


def _blocks(text: str, bare: Bare, literal: Literal) -> Iterator[str]:
    """Rewrite the text between blocks of code and tables."""
    for kind, group in groupby(read(text), _group):
        lines = list(group)
        written = [text[line.start : line.end].rstrip("\n") for line in lines]
        if kind == "code":
            yield from _code(text, lines)
        elif kind == "table":
            yield from _table(text, lines, bare, literal)
        elif kind == "formula":
            yield literal("\n".join(written))
        else:
            yield _prose([text[line.content : line.end].rstrip("\n") for line in lines], written, bare, literal)


def _group(line: Line) -> str:
    if line.fence and line.kind in ("fence", "code", "end"):
        return "code"
    if line.kind in ("head", "divider", "row"):
        return "table"
    return "formula" if line.kind == "math" else "prose"


def _code(text: str, lines: list[Line]) -> Iterator[str]:
    """Blocks of code, each between two lines that begin with three backticks, whatever their own fences are."""
    for line in lines:
        before = line.fence.before if line.fence else ""
        if line.kind == "fence" and line.fence:
            yield f"{text[line.start : line.content]}```{line.fence.name.strip()}"
        elif line.kind == "end":
            yield f"{before}```"
        else:
            yield text[line.start : line.end].rstrip("\n").replace("``", f"{BROKEN}`")
    if lines[-1].kind != "end":
        yield f"{lines[-1].fence.before if lines[-1].fence else ''}```"


def _table(text: str, lines: list[Line], bare: Bare, literal: Literal) -> Iterator[str]:
    rows = _rows(text, lines)
    if is_narrow(rows):
        lead = _lead(text, lines)
        yield from (f"{lead}{line}" for line in ("```", *aligned(rows).replace("``", f"{BROKEN}`").split("\n"), "```"))
        return
    yield from _listed(text, lines, lambda words: _linked(words, bare, literal))


def _rows(text: str, lines: list[Line]) -> list[list[str]]:
    """The cells of a table."""
    return even([cells(text[line.content : line.end]) for line in lines if line.kind != "divider"])


def _lead(text: str, lines: list[Line]) -> str:
    """What stands before each line of a table that is quoted or belongs to a list."""
    return re.sub(r"[^> ]", " ", text[lines[0].start : lines[0].content])


def _listed(text: str, lines: list[Line], written: Callable[[str], str] = str) -> Iterator[str]:
    """A table as a list: a line for each cell, with its column's name, and an empty one between two rows."""
    lead = _lead(text, lines)
    head, *rows = _rows(text, lines)
    names = [unmarked(name) for name in head]
    for number, row in enumerate(listed([names, *rows] if rows else [head])):
        if number:
            yield lead.rstrip()
        for name, cell in row:
            yield lead + written(f"**{name}**: {cell}" if name.strip() else cell)


def _prose(words: list[str], written: list[str], bare: Bare, literal: Literal) -> str:
    """Rewrite lines that are no code, given their words alone and as they are written."""
    text: list[str] = []
    for rest, line in zip(words, written, strict=True):
        heading = DEEP_HEADING.match(rest)
        lead = line[: len(line) - len(rest)]
        text.append(f"{lead}**{heading[1]}**" if heading else "⎯⎯⎯⎯⎯⎯⎯⎯" if RULE.match(line) else line)
    return _linked(_boxed("\n".join(text)), bare, literal)


def _linked(text: str, bare: Bare, literal: Literal) -> str:
    """Show where each link of a text leads, except in code, which shows every character as it is."""
    if not MARKED.search(text):
        return text
    return _kept_apart(text, lambda piece: _links(piece, bare), literal)


def _kept_apart(text: str, written: Callable[[str], str], literal: Literal) -> str:
    """Rewrite what is between the code and the formulas of a text."""
    pieces: list[str] = []
    at = 0
    for start, end, is_code in _kept(text):
        pieces += [written(text[at:start]), text[start:end] if is_code else literal(text[start:end])]
        at = end
    return "".join([*pieces, written(text[at:])])


def _kept(text: str) -> Iterator[tuple[int, int, bool]]:
    """Where the code and the formulas of a text stand."""
    at = 0
    while found := CODE_OR_FORMULA.search(text, at):
        span = SPAN.match(text, found.start())
        end = span.end() if span else formula(text, found.start())
        if end:
            yield found.start(), end, span is not None
        # What is escaped begins nothing.
        at = end or found.start() + (2 if found[0] == "\\" else 1)


def _links(piece: str, bare: Bare) -> str:
    # A platform might take stray backticks for a block of code, and what it hides or shows would be another.
    piece = STRAY.sub(lambda run: BROKEN * len(run[0]), FOOTNOTE.sub(r"[\1]", piece))
    piece = IMAGE.sub(lambda match: f"{match[1]} ({bare(match[2].strip('<>'))})".strip(), piece)
    shown = ""
    at = 0
    for link in LINK.finditer(piece):
        shown += piece[at : link.start()]
        at = link.end()
        begin = _words_begin(shown)
        # A bracket in an address would end it on some platforms.
        address, words = link[1].replace("(", "%28").replace(")", "%29"), shown[begin + 1 :]
        host = _host(address)
        if not host:
            shown += f"] ({link[1]})"
        elif words == address:
            shown = f"{shown[:begin]}{bare(address)}"
        else:
            shown += f"]({bare(address)})" + ("" if names_host(words, host) else f" ({host})")
    return shown + piece[at:]


def _words_begin(text: str) -> int:
    """The index of the bracket that opens the words of a link whose closing bracket follows the text.

    Without one, that of the last character, so that there are no words.
    """
    depth = 1
    for number in range(len(text) - 1, max(-1, len(text) - 1 - LONGEST_WORDS), -1):
        depth += {"]": 1, "[": -1}.get(text[number], 0)
        if not depth:
            return number
    return len(text) - 1


def _host(address: str) -> str:
    """The host of an address; empty if it has none, or is not an address, as https://[your-name]/ is not."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
