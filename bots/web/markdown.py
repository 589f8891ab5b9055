"""Markdown to HTML, block by block, so that a growing answer costs only the work for its last block.

Nothing in the text is trusted: HTML is shown as text, links go only to http, https and mailto, and a picture becomes a
link, since the page loads nothing from other sites.
"""

import threading
from collections.abc import MutableMapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from bots.shared.dialect import BOXES, TASK, extended
from bots.shared.markdown import names_host
from bots.web.mathematics import mathml
from core.markdown.knots import knotted, squeezed
from core.markdown.references import resolved

SCHEMES = frozenset({"http", "https", "mailto"})
LONGEST_MARKDOWN = 200_000
"""Characters; a longer text is shown unformatted. None of our models writes that much."""
LONGEST_HIGHLIGHT = 30_000
"""The most characters of a code block that are highlighted: 30 ms of work."""

Environment = MutableMapping[str, Any]


class GrowingMarkdown:
    """Renders a growing answer. It remembers the blocks that no further text can change.

    `markdown` comes from `parser()` and may be shared; `copy` labels the button of a code block. Safe to call from
    several
    threads.
    """

    def __init__(self, markdown: MarkdownIt, copy: str) -> None:
        self._markdown = markdown
        self._copy = copy
        self._settled = ""
        self._blocks: list[str] = []
        self._last: tuple[str, tuple[str, ...]] = ("", ())
        self._lock = threading.Lock()

    def blocks(self, text: str) -> tuple[str, ...]:
        """The HTML of each top-level block. Any text is allowed; one that continues the previous text is cheap."""
        text = squeezed(text.replace("\r\n", "\n").replace("\r", "\n"))
        if len(text) > LONGEST_MARKDOWN or knotted(text):
            return (f'<p class="plain">{escapeHtml(text)}</p>',)
        # The parser reads a text in pieces, and drops the lines with addresses even if nothing leads there.
        text = resolved(text)
        with self._lock:
            # Several pages may show the same answer.
            if text != self._last[0]:
                self._last = text, self._grown(text)
            return self._last[1]

    def _grown(self, text: str) -> tuple[str, ...]:
        if not text.startswith(self._settled):
            self._settled, self._blocks = "", []
        tail = text[len(self._settled) :]
        found = self._render(tail)
        firm = settled(tail, [line for line, _ in found])
        blocks = (*self._blocks, *(html for _, html in found))
        if firm:
            self._blocks += [html for _, html in found[:firm]]
            self._settled += "".join(f"{line}\n" for line in tail.split("\n")[: found[firm][0]])
        return blocks

    def _render(self, text: str) -> list[tuple[int, str]]:
        """Render the blocks of a text, each with the line on which it begins."""
        environment: Environment = {"copy": self._copy}
        blocks = top_level(self._markdown.parse(text, environment))
        return [
            (line, self._markdown.renderer.render(tokens, self._markdown.options, environment))
            for line, tokens in blocks
        ]


def settled(text: str, lines: Sequence[int]) -> int:
    """Count the blocks, given their first lines, that can no longer change whatever is added to the text.

    A block is closed once the next one has begun, which is certain only when that one's first line is complete: until
    then, "2" may still become "2." and join the list above.
    """
    if not lines:
        return 0
    complete = text.count("\n")
    return max(0, len(lines) - 1 if lines[-1] < complete else len(lines) - 2)


def top_level(tokens: Sequence[Token]) -> list[tuple[int, list[Token]]]:
    """Group tokens by top-level block, each with the line on which it begins."""
    groups: list[tuple[int, list[Token]]] = []
    for token in tokens:
        if token.level == 0 and token.nesting >= 0 and token.map:
            groups.append((token.map[0], []))
        groups[-1][1].append(token)
    return groups


class SafeMarkdown(MarkdownIt):
    """CommonMark without HTML, and with links to known schemes only."""

    def validateLink(self, url: str) -> bool:
        try:
            return urlsplit(url).scheme in SCHEMES
        except ValueError:
            return False


def parser() -> MarkdownIt:
    """Our parser: CommonMark with tables and strikethrough; single line breaks are kept, as people in chats expect."""
    markdown = SafeMarkdown("commonmark", {"html": False, "breaks": True})
    extended(markdown)
    markdown.core.ruler.after("inline", "tasks", tasks)
    # A line of dashes under a text is more often the start of a list than a heading, and a growing answer would
    # flicker between the two.
    markdown.disable("lheading")
    for name, rule in RULES.items():
        markdown.add_render_rule(name, rule)
    return markdown


def coloured(code: str, language: str) -> str:
    """The HTML inside a code block: spans with Pygments' short class names, or plain if the language is unknown."""
    if not language or len(code) > LONGEST_HIGHLIGHT:
        return escapeHtml(code)
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return escapeHtml(code)
    return str(highlight(code, lexer, HtmlFormatter(nowrap=True)))


def fence(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: Environment) -> str:
    language = (tokens[at].info.split() or [""])[0][:40]
    return (
        f'<figure class="code" dir="ltr"><figcaption><span>{escapeHtml(language)}</span>'
        f'<button type="button" class="copy" data-copy="code">{escapeHtml(env["copy"])}</button></figcaption>'
        f'<pre tabindex="0"><code>{coloured(tokens[at].content, language)}</code></pre></figure>\n'
    )


def picture(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: Environment) -> str:
    token = tokens[at]
    address = str(token.attrs.get("src", ""))
    label = renderer.renderInlineAsText(token.children or [], options, env) or address
    if sum(other.nesting for other in tokens[:at] if other.type.startswith("link_")):
        return escapeHtml(label)
    return f'<a href="{escapeHtml(address)}" {ELSEWHERE}>{escapeHtml(label)}</a>{beside(address, label)}'


ELSEWHERE = 'target="_blank" rel="noopener noreferrer nofollow"'


def link(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: Environment) -> str:
    return f'<a href="{escapeHtml(str(tokens[at].attrs.get("href", "")))}" {ELSEWHERE}>'


def link_end(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: Environment) -> str:
    begin = next(number for number in range(at - 1, -1, -1) if tokens[number].type == "link_open")
    address = str(tokens[begin].attrs.get("href", ""))
    return f"</a>{beside(address, ''.join(token.content for token in tokens[begin + 1 : at]))}"


def beside(address: str, words: str) -> str:
    """The host that a link leads to, unless its words name it."""
    host = urlsplit(address).hostname or ""
    return f' <span class="host">({escapeHtml(host)})</span>' if host and not names_host(words, host) else ""


def written(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: Environment) -> str:
    text = tokens[at].content
    return f"<sup>{escapeHtml(text)}</sup>" if tokens[at].tag == "sup" else drawn_formula(text, block=False)


def display(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: Environment) -> str:
    return f'<div class="formula" tabindex="0">{drawn_formula(tokens[at].content, block=True)}</div>\n'


def drawn_formula(text: str, *, block: bool) -> str:
    """A formula as MathML, or as it is written if it cannot be drawn; in every language, from left to right."""
    block = block or text.startswith(("\\[", "$$"))
    return f'<span dir="ltr">{mathml(text, block=block) or escapeHtml(text)}</span>'


def tasks(state: StateCore) -> None:
    """Show the boxes of a list of tasks."""
    for before, token in zip(state.tokens[1:], state.tokens[2:], strict=False):
        children = token.children if token.type == "inline" and before.type == "paragraph_open" else None
        if not children or children[0].type != "text" or token.level < 3:
            continue
        if task := TASK.match(children[0].content):
            children[0].content = f"{BOXES[task[1]]} {children[0].content[task.end() :]}"


def heading(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: Environment) -> str:
    # The page itself uses the first and second heading levels.
    level = min(6, int(tokens[at].tag[1:]) + 2)
    return f"<{'/' if tokens[at].nesting < 0 else ''}h{level}>"


def table(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: Environment) -> str:
    return '<div class="table" tabindex="0"><table>' if tokens[at].nesting > 0 else "</table></div>\n"


def cell(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: Environment) -> str:
    # The parser aligns with a style attribute, which our content security policy blocks.
    side = str(tokens[at].attrs.get("style", "")).removeprefix("text-align:")
    return f'<{tokens[at].tag} class="{escapeHtml(side)}">' if side else f"<{tokens[at].tag}>"


RULES = {
    "fence": fence,
    "code_block": fence,
    "image": picture,
    "link_open": link,
    "link_close": link_end,
    "formula": written,
    "footnote": written,
    "formula_block": display,
    "heading_open": heading,
    "heading_close": heading,
    "table_open": table,
    "table_close": table,
    "th_open": cell,
    "td_open": cell,
}
