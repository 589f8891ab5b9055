"""The outcome of each line of an imported file."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, get_args

LineOutcome = Literal["imported", "known", "changed", "refused", "beyond", "blank"]
OUTCOMES: tuple[LineOutcome, ...] = get_args(LineOutcome)
"""What becomes of a line: something in it was new; everything in it was there already; something in it is there
with another content, which stays; it was refused; it is beyond the limit; there is nothing in it."""


@dataclass(slots=True)
class ImportReport:
    """The result of importing a file.

    `lines` counts the lines (or whatever `unit` the file has) by what became of them; every line that was read is
    counted once. `already` counts messages that were there before. `faults` says of each refused line why, and
    `remarks` what else is to be said about lines. `unknown` holds the fields that the format does not have, with the
    number of lines that they occur in, and `guessed` counts messages in a language that was guessed. `unread` says why
    the file could not be read to its end; empty if it could.
    """

    unit: str = "line"
    lines: Counter[LineOutcome] = field(default_factory=Counter)
    trees: int = 0
    messages: int = 0
    already: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    remarks: list[tuple[int, str]] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    guessed: int = 0
    unread: str = ""

    @property
    def bad(self) -> int:
        """How many lines were refused."""
        return self.lines["refused"]

    @property
    def failed(self) -> bool:
        """Whether the file as a whole is not what it should be."""
        return bool(self.unread) or (self.bad > 0 and self.bad == self.lines.total() - self.lines["blank"])

    def blame(self, number: int, fault: str) -> None:
        self.lines["refused"] += 1
        self.faults.append((number, fault))

    def add(self, other: "ImportReport") -> None:
        """Add the numbers of another report, and what it says about lines."""
        self.lines += other.lines
        self.trees += other.trees
        self.messages += other.messages
        self.already += other.already
        self.guessed += other.guessed
        self.unknown += other.unknown
        self.faults += other.faults
        self.remarks += other.remarks
