"""Turning Markdown into Telegram's HTML: a few tags for text styles, and everything else as text. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bots.shared.dialect import BOXES, TASK, extended
from bots.shared.markdown import names_host
from bots.shared.tables import aligned, even, is_narrow, listed
from core.markdown.lines import chunks

PARSER = extended(MarkdownIt("commonmark", {"html": False}))
GAP = "\n\n"
TAGS = {"strong": "b", "em": "i", "s": "s"}
SCHEMES = ("http", "https", "mailto")
"""Not tg: an address of Telegram's own can mention somebody, who is then notified."""


TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class HtmlPart:
    """A part of a message in HTML: how many characters readers see, as Telegram counts them, and its entities."""

    html: str
    units: int
    entities: int


def to_html(text: str) -> str:
    """Return Markdown as Telegram's HTML. Everything that is not markup is escaped, so Telegram can always parse it."""
    return GAP.join(part.html for part in html_parts(text))


def html_parts(text: str) -> list[HtmlPart]:
    """Return the parts of a text that are shown one below the other."""
    return [part for chunk in chunks(text) if (part := _part(chunk)).html]


@lru_cache(1024)
def _part(text: str) -> HtmlPart:
    """Return a part of a text. While an answer grows, only its last part is new."""
    return measured(GAP.join(filter(None, _blocks(PARSER.parse(text)))))


def measured(html: str) -> HtmlPart:
    """Return HTML with its measures."""
    # Telegram makes a link of a host that stands beside one, too.
    entities = len(re.findall(r"<[a-z]", html)) + html.count("<a ") - html.count("<pre><code")
    return HtmlPart(html, len(unescape(TAG.sub("", html)).encode("utf-16-le")) // 2, entities)


def _blocks(tokens: Sequence[Token]) -> list[str]:
    """Return the blocks of a document or a container, each without blank lines around it."""
    found: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = _end(tokens, at)
        found.append(_block(token, tokens[at + 1 : end]))
        at = end + 1
    return found


def _end(tokens: Sequence[Token], at: int) -> int:
    """Return the index of the token that closes the one at `at`, or `at` itself if it needs no closing token."""
    depth = 0
    for number in range(at, len(tokens)):
        depth += tokens[number].nesting
        if depth == 0:
            return number
    return len(tokens) - 1


def _block(token: Token, inside: Sequence[Token]) -> str:
    match token.type:
        case "fence" | "code_block":
            return _code(token)
        case "hr":
            return "———"
        case "heading_open":
            return f"<b>{_inlines(inside)}</b>"
        case "blockquote_open":
            # Telegram does not accept one quotation inside another.
            words = "\n".join(_blocks(inside)).replace("<blockquote>", "").replace("</blockquote>", "")
            return f"<blockquote>{words}</blockquote>"
        case "bullet_list_open" | "ordered_list_open":
            return _list(token, inside)
        case "table_open":
            return _table(inside)
        case "formula_block":
            return escape(token.content, quote=False)
        case "inline":
            return _inline(token.children or [])
    return _inlines(inside)


def _code(token: Token) -> str:
    name = token.info.split()[0] if token.info.split() else ""
    code = escape(token.content.rstrip("\n"), quote=False)
    if not name:
        return f"<pre>{code}</pre>"
    return f'<pre><code class="language-{escape(name)}">{code}</code></pre>'


def _list(token: Token, inside: Sequence[Token]) -> str:
    number = int(token.attrGet("start") or 1)
    lines: list[str] = []
    at = 0
    while at < len(inside):
        end = _end(inside, at)
        mark = "•" if token.type.startswith("bullet") else f"{number}."
        words = "\n".join(_blocks(inside[at + 1 : end]))
        if task := TASK.match(words):
            box, words = BOXES[task[1]], words[task.end() :]
            mark = box if mark == "•" else f"{mark} {box}"
        lines.append(f"{mark} {_indented(words)}")
        number, at = number + 1, end + 1
    return "\n".join(lines)


def _indented(words: str) -> str:
    """The lines of an item below its mark; code keeps its own beginning of each line."""
    pieces = re.split(r"(<pre>.*?</pre>)", words, flags=re.DOTALL)
    return "".join(piece if number % 2 else piece.replace("\n", "\n   ") for number, piece in enumerate(pieces))


def _table(inside: Sequence[Token]) -> str:
    cells: list[list[Token]] = []
    for token in inside:
        if token.type == "tr_open":
            cells.append([])
        elif token.type == "inline":
            cells[-1].append(token)
    rows = even([[cell.content for cell in row] for row in cells])
    if is_narrow(rows):
        return f"<pre>{escape(aligned(rows), quote=False)}</pre>"
    shown = even([[_inline(cell.children or []) for cell in row] for row in cells])
    heads = [[unstyled(cell) for cell in row] for row in shown[:1]]
    return GAP.join(
        "\n".join(f"<b>{name}</b>: {cell}" if name.strip() else cell for name, cell in row)
        for row in listed([*heads, *shown[1:]])
    )


def unstyled(html: str) -> str:
    """Return the words of HTML, for a place that has a style of its own."""
    return TAG.sub("", html)


def _inlines(tokens: Sequence[Token]) -> str:
    return "".join(_inline(token.children or []) for token in tokens if token.type == "inline")


def _inline(tokens: Sequence[Token]) -> str:
    return "".join(_letters(token) for token in _with_hosts(tokens))


def _letters(token: Token) -> str:
    name = token.type.rpartition("_")[0]
    match token.type:
        case "softbreak" | "hardbreak":
            return "\n"
        case "formula" | "footnote":
            return escape(token.content, quote=False)
        case "code_inline":
            return f"<code>{escape(token.content, quote=False)}</code>"
        case "link_open":
            return f'<a href="{escape(str(token.attrGet("href") or ""))}">'
        case "link_close":
            return f"</a>{escape(token.content, quote=False)}"
        case "image":
            return f"{escape(token.content, quote=False)} ({escape(str(token.attrGet('src') or ''), quote=False)})"
    if name in TAGS:
        return f"<{'/' if token.nesting < 0 else ''}{TAGS[name]}>"
    return escape(token.content, quote=False)


def _with_hosts(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with each link's host added after it, unless its words name the host.

    Links with an odd address become plain words.
    """
    found: list[Token] = []
    host: str | None = None
    words = ""
    for token in tokens:
        if token.type == "link_open":
            address = urlsplit(str(token.attrGet("href") or ""))
            host, words = (address.hostname or "") if address.scheme in SCHEMES else None, ""
            if host is None:
                continue
        elif token.type == "link_close":
            if host is None:
                continue
            token.content = f" ({host})" if host and not names_host(words, host) else ""
        else:
            words += token.content
        found.append(token)
    return found
