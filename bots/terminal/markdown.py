"""Markdown for a screen, drawn with rich. Importing this takes a while, so it is imported when something is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.markdown import Markdown, TableElement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from core.markdown.knots import knotted


class WholeTable(TableElement):
    """A table that shows every letter: what rich takes to be too wide goes on in the next line."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for drawn in super().__rich_console__(console, options):
            if isinstance(drawn, Table):
                for column in drawn.columns:
                    column.overflow = "fold"
            yield drawn


class ScreenMarkdown(Markdown):
    """Markdown whose links show where they lead, once, and whose tables are whole."""

    elements = {**Markdown.elements, "table_open": WholeTable}

    def __init__(self, text: str) -> None:
        super().__init__(text, hyperlinks=False)
        for token in self.parsed:
            token.children = _bare_once(token.children) if token.children else token.children


@dataclass(frozen=True, slots=True)
class LastRows:
    """The last rows of something drawn. What grows is read at its end."""

    whole: RenderableType
    rows: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = console.render_lines(self.whole, options.update(height=None), pad=False)[-self.rows :]
        for number, line in enumerate(lines):
            yield from line
            if number < len(lines) - 1:
                yield Segment.line()


def drawn(text: str) -> Markdown | Text:
    """A text to print: as it is written if it is hardly more than marks, which would take too long to read."""
    return Text(text) if knotted(text) else ScreenMarkdown(text)


def _bare_once(tokens: Sequence[Token]) -> list[Token]:
    """The parts of a paragraph, in which a link whose words are its address is only those words: rich writes both."""
    dropped: set[int] = set()
    for at, (begin, words, end) in enumerate(zip(tokens, tokens[1:], tokens[2:], strict=False)):
        bare = begin.attrs.get("href") in (words.content, f"mailto:{words.content}")
        if bare and begin.type == "link_open" and end.type == "link_close":
            dropped |= {at, at + 2}
    return [token for at, token in enumerate(tokens) if at not in dropped]
