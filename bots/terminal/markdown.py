"""Markdown for a screen, drawn with rich. Importing this takes a while, so it is imported when something is drawn."""

from dataclasses import dataclass

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
    """Markdown whose links show where they lead, and whose tables are whole."""

    elements = {**Markdown.elements, "table_open": WholeTable}


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
    return Text(text) if knotted(text) else ScreenMarkdown(text, hyperlinks=False)
