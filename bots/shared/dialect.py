"""The Markdown that we show: CommonMark with tables, formulas and footnotes, for markdown-it. Pure.

A formula is a token of its own (`formula`, `formula_block`), whose content has its marks. A footnote shows its number
where it is named and before its text.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from core.markdown.spans import DISPLAY, formula

FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,40})\](?!\()")
TASK = re.compile(r"\[([ xX])\] +")
BOXES = {" ": "☐", "x": "☑", "X": "☑"}


def extended(markdown: MarkdownIt) -> MarkdownIt:
    """The parser with what answers have beside CommonMark."""
    markdown.enable(["table", "strikethrough"])
    # Links have the addresses that stand elsewhere already, and a line with one to which nothing leads would vanish.
    markdown.disable("reference")
    markdown.inline.ruler.before("escape", "formula", _formula)
    markdown.inline.ruler.before("link", "footnote", _footnote)
    markdown.block.ruler.before("fence", "formula_block", _formula_block, {"alt": ["paragraph", "blockquote", "list"]})
    return markdown


def _formula(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "\\$":
        return False
    end = formula(state.src[: state.posMax], state.pos)
    if not end:
        return False
    if not silent:
        state.push("formula", "math", 0).content = state.src[state.pos : end]
    state.pos = end
    return True


def _footnote(state: StateInline, silent: bool) -> bool:
    match = FOOTNOTE.match(state.src, state.pos)
    if match is None or state.src[state.pos] != "[":
        return False
    if not silent:
        state.push("footnote", "sup", 0).content = f"[{match[1]}]"
    state.pos = match.end()
    return True


def _formula_block(state: StateBlock, line: int, last: int, silent: bool) -> bool:
    """Lines from one mark of a formula to the other, whatever they look like in between."""
    if state.is_code_block(line):
        return False
    begin = state.bMarks[line] + state.tShift[line]
    marks = next((pair for pair in DISPLAY if state.src.startswith(pair[0], begin)), None)
    if marks is None:
        return False
    at, offset = line, begin + 2
    while at < last and not state.isEmpty(at) and state.sCount[at] >= state.blkIndent:
        found = state.src.find(marks[1], offset, state.eMarks[at])
        if found >= 0:
            return at > line and _pushed(state, line, at, found + 2, silent)
        at += 1
        offset = state.bMarks[at] if at < last else offset
    return False


def _pushed(state: StateBlock, line: int, at: int, end: int, silent: bool) -> bool:
    if state.src[end : state.eMarks[at]].strip(" .,;"):
        return False
    if not silent:
        token = state.push("formula_block", "math", 0)
        token.content = state.getLines(line, at + 1, state.blkIndent, False).strip()
        token.map = [line, at + 1]
        state.line = at + 1
    return True
