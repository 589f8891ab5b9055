"""Limits on the size of imported files, and the pieces in which they are read."""

from dataclasses import dataclass

from core.dataset.formats.oasst import DEEPEST


@dataclass(frozen=True, slots=True)
class ImportBounds:
    """The limits of an import. `longest` is the most bytes in a line; a whole tree is seldom a thousandth of that.

    A tree has at most `largest` messages, `deepest` below each other. A transaction ends at the end of a tree once it
    has `batch` messages, and at `most` wherever it is. `step` is the number of lines between two reports of progress.
    """

    longest: int = 64 << 20
    largest: int = 10_000
    deepest: int = DEEPEST
    batch: int = 1000
    most: int = 5000
    step: int = 1000


USUAL_BOUNDS = ImportBounds()
