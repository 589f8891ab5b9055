"""CommonMark for platforms that support only part of it: no tables, images, rules or deep headings. Pure."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
DEEP_HEADING = re.compile(r"^ {0,3}#{4,6} +(.*?) *#*$")
RULE = re.compile(r"^ {0,3}([-*_])(?: *\1){2,} *$")
ROW = re.compile(r"^ {0,3}\|?.*\|.*$")
DIVIDER = re.compile(r"^ {0,3}\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
IMAGE = re.compile(r"!\[([^\]]*)\]\((<?[^)\s>]+>?)[^)]*\)")
LINK = re.compile(r"\]\(\s*<?(https?://(?:[^\s()<>]|\([^\s()<>]*\))+)>?[^)\n]*\s*\)", re.IGNORECASE)
"""The part of a link after its words, which may themselves have brackets and lines."""

SPAN = re.compile(r"(?<![\\`])(`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)\1(?!`)", re.DOTALL)
"""A piece of code in a line of text."""

LONGEST_WORDS = 1000
"""How far before a link's address its words may begin."""

Bare = Callable[[str], str]
"""Writes an address so that the platform shows no preview of it."""


def simpler(text: str, bare: Bare) -> str:
    """Rewrite a text in simpler Markdown: tables become code blocks, and links show where they lead."""
    return "\n".join(_blocks(text.split("\n"), bare))


def names_host(words: str, host: str) -> bool:
    """Whether the words of a link are an address at the host that it leads to, so that they say where that is."""
    return bool(re.fullmatch(rf"(?:https?://)?(?:www\.)?{re.escape(host)}(?:[/?#]\S*)?", words.strip(), re.IGNORECASE))


def _blocks(lines: list[str], bare: Bare) -> Iterator[str]:
    """Rewrite the text between blocks of code, and leave those as they are."""
    at = 0
    prose: list[str] = []
    while at < len(lines):
        mark = FENCE.match(lines[at])
        end = _fence_end(lines, at, mark[1]) if mark else at
        if not mark:
            prose.append(lines[at])
        else:
            yield from _prose(prose, bare)
            prose = []
            block = "\n".join(lines[at : end + 1])
            # Platforms disagree about other fences. What one of them takes for text must not hide where a link leads.
            yield block if _is_plain_fence(block) else _links(block, bare)
        at = end + 1
    yield from _prose(prose, bare)


def _fence_end(lines: list[str], at: int, mark: str) -> int:
    """The index of the line that closes the block of code which begins at `at`, or of the last line."""
    for number in range(at + 1, len(lines)):
        line = lines[number].strip()
        if line.startswith(mark) and not line.strip(mark[0]):
            return number
    return len(lines) - 1


def _is_plain_fence(block: str) -> bool:
    """Whether a block is code on every platform: between two lines that begin with three backticks, and has no more."""
    lines = block.strip().split("\n")
    return lines[0].startswith("```") and lines[-1] == "```" and block.count("```") == 2 and "````" not in block


def _prose(lines: list[str], bare: Bare) -> Iterator[str]:
    """Rewrite lines that are no code."""
    if not lines:
        return
    text: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if "|" in line and at + 1 < len(lines) and _is_table(line, lines[at + 1]):
            if text:
                yield _linked("\n".join(text), bare)
            text = []
            end = _table_end(lines, at)
            yield from ("```", *lines[at:end], "```")
            at = end
            continue
        heading = DEEP_HEADING.match(line)
        text.append(f"**{heading[1]}**" if heading else "⎯⎯⎯⎯⎯⎯⎯⎯" if RULE.match(line) else line)
        at += 1
    if text:
        yield _linked("\n".join(text), bare)


def _is_table(head: str, divider: str) -> bool:
    return bool(ROW.match(head) and DIVIDER.match(divider) and "-" in divider and "|" in divider)


def _table_end(lines: list[str], at: int) -> int:
    end = at + 2
    while end < len(lines) and ROW.match(lines[end]) and lines[end].strip():
        end += 1
    return end


def _linked(text: str, bare: Bare) -> str:
    """Show where each link of a text leads, except in code, which shows every character as it is."""
    pieces: list[str] = []
    at = 0
    for span in SPAN.finditer(text):
        pieces += [_links(text[at : span.start()], bare), span[0]]
        at = span.end()
    return "".join([*pieces, _links(text[at:], bare)])


def _links(piece: str, bare: Bare) -> str:
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
