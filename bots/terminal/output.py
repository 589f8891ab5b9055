"""Outputs of the terminal: a screen drawn with rich, or a pipe with plain text."""

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TextIO

from bots.terminal.render import lined, readable, tail, with_status

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live

MARGIN = 4
"""Rows of the screen that a live answer leaves free."""


class TerminalOutput(Protocol):
    """Where the terminal's output goes: a screen or a pipe."""

    def answer(self, text: str, status: str, *, last: bool, firm: int | None = None) -> None:
        """Show the answer so far with the line beneath it; `last` says that it is complete.

        Until then, only its first `firm` characters are sure to stay as they are; None if all of them are.
        """
        ...

    def thought(self, text: str) -> None:
        """Show what the model thought before its answer."""
        ...

    def note(self, text: str) -> None:
        """Show a line that is not part of an answer."""
        ...

    def literal(self, text: str) -> None:
        """Show a text verbatim, character for character."""
        ...


@dataclass(slots=True)
class PipeOutput:
    """Plain text for scripts: only the words of answers go to `out`, everything else to `aside`."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    aside: TextIO = field(default_factory=lambda: sys.stderr)
    _written: str = ""
    _status: str = ""

    def answer(self, text: str, status: str, *, last: bool, firm: int | None = None) -> None:
        """Write the new part of an answer, and a line break after the last part. A new status goes to `aside`."""
        if status and status != self._status:
            self.note(status)
        if not last:
            text = text[:firm]
            text = self._written if self._written.startswith(text) else text
        if not text.startswith(self._written):
            # What is already in the pipe cannot be taken back, so the changed text follows on a new line.
            self.out.write("\n")
            self._written = ""
        self.out.write(text[len(self._written) :] + ("\n" if last and text else ""))
        self.out.flush()
        self._written, self._status = ("", "") if last else (text, status)

    def thought(self, text: str) -> None:
        """Write what the model thought beside the answer."""
        self.note(text)

    def note(self, text: str) -> None:
        """Write a line beside the answer."""
        self.aside.write(f"{text}\n")
        self.aside.flush()

    def literal(self, text: str) -> None:
        """Write a text beside the answer, verbatim."""
        self.note(text)


@dataclass(slots=True)
class ScreenOutput:
    """Markdown on a screen: an answer is live while it grows, and printed whole when it is done."""

    console: "Console"
    _live: "Live | None" = None

    def answer(self, text: str, status: str, *, last: bool, firm: int | None = None) -> None:
        """Show the answer so far; only its end if it is longer than the screen."""
        from rich.live import Live

        from bots.terminal.markdown import LastRows, drawn

        text = with_status(text, status)
        if last:
            if self._live:
                self._live.stop()
                self._live = None
            self.console.print(drawn(readable(text, self.console.width)), "")
            return
        if self._live is None:
            self._live = Live(console=self.console, auto_refresh=False, transient=True, vertical_overflow="crop")
            self._live.start()
        rows = max(1, self.console.size.height - MARGIN)
        whole = drawn(readable(tail(text, rows), self.console.width))
        self._live.update(LastRows(whole, rows), refresh=True)

    def thought(self, text: str) -> None:
        """Print what the model thought, dimmed and as it is written."""
        from rich.text import Text

        if self._live:
            self._live.stop()
            self._live = None
        self.console.print(Text(text, style="dim italic"), "", markup=False, highlight=False, emoji=False)

    def note(self, text: str) -> None:
        """Print a notice: something the assistant says that is not an answer."""
        from bots.terminal.markdown import drawn

        self.console.print(drawn(readable(lined(text), self.console.width)), "", style="dim")

    def literal(self, text: str) -> None:
        """Print a text verbatim: no Markdown, no rich markup, no links."""
        from rich.text import Text

        self.console.print(Text(text), "", markup=False, highlight=False, emoji=False)
