"""CommonMark for platforms that support only part of it: no tables, images, rules or deep headings. Pure."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
DEEP_HEADING = re.compile(r"^ {0,3}#{4,6} +(.*?) *#*$")
RULE = re.compile(r"^ {0,3}([-*_])(?: *\1){2,} *$")
ROW = re.compile(r"^ {0,3}\|?.*\|.*$")
DIVIDER = re.compile(r"^ {0,3}\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
IMAGE = re.compile(r"!\[([^\]]*)\]\((<?[^)\s>]+>?)[^)]*\)")
LINK = re.compile(r"(?<!!)\[([^\]\n]*)\]\(<?(https?://[^)\s>]+)>?[^)\n]*\)")


Bare = Callable[[str], str]
"""Writes an address so that the platform shows no preview of it."""


def simpler(text: str, bare: Bare) -> str:
    """Rewrite a text in simpler Markdown: tables become code blocks, and links show where they lead."""
    return "\n".join(_lines(text.split("\n"), bare))


def _lines(lines: list[str], bare: Bare) -> Iterator[str]:
    fence = ""
    at = 0
    while at < len(lines):
        line = lines[at]
        mark = FENCE.match(line)
        if fence or mark:
            fence = _after(fence, mark, line)
            yield line
        elif "|" in line and at + 1 < len(lines) and _is_table(line, lines[at + 1]):
            end = _table_end(lines, at)
            yield from ("```", *lines[at:end], "```")
            at = end
            continue
        elif not RULE.match(line):
            yield _inline(line, bare)
        else:
            yield "⎯⎯⎯⎯⎯⎯⎯⎯"
        at += 1


def _after(fence: str, mark: re.Match[str] | None, line: str) -> str:
    """The fence that is open after this line, which is a fence itself or lies inside one."""
    if mark is None:
        return fence
    if not fence:
        return mark[1]
    closes = mark[1].startswith(fence) and not line.strip().strip(fence[0])
    return "" if closes else fence


def _is_table(head: str, divider: str) -> bool:
    return bool(ROW.match(head) and DIVIDER.match(divider) and "-" in divider and "|" in divider)


def _table_end(lines: list[str], at: int) -> int:
    end = at + 2
    while end < len(lines) and ROW.match(lines[end]) and lines[end].strip():
        end += 1
    return end


def _inline(line: str, bare: Bare) -> str:
    if heading := DEEP_HEADING.match(line):
        line = f"**{heading[1]}**"
    # Outside `code`, which shows every character as it is.
    pieces = re.split(r"(`+[^`]*`+)", line)
    return "".join(piece if number % 2 else _links(piece, bare) for number, piece in enumerate(pieces))


def _links(piece: str, bare: Bare) -> str:
    piece = IMAGE.sub(lambda match: f"{match[1]} ({bare(match[2].strip('<>'))})".strip(), piece)
    return LINK.sub(lambda match: _link(match, bare), piece)


def _link(match: re.Match[str], bare: Bare) -> str:
    """A link with its host beside it, so that its text cannot mislead anybody about where it leads."""
    words, address = match[1], match[2]
    host = urlsplit(address).hostname or ""
    if host in words or words == address:
        return f"[{words}]({bare(address)})" if words != address else bare(address)
    return f"[{words}]({bare(address)}) ({host})"
