"""Progress of a download: a bar on a terminal, otherwise lines."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from time import monotonic

import click

from cli.model_table import gigabytes
from core.models.library.download import DownloadProgress

STEP = 0.1
"""The fraction of a download after which plain output prints a new line."""


@contextmanager
def showing(file: str) -> Iterator[Callable[[DownloadProgress], None]]:
    """Show a progress bar on a terminal, otherwise a line for every tenth of the download."""
    # The bar comes with the extra "terminal".
    if not sys.stderr.isatty() or find_spec("rich") is None:
        yield ProgressLines(file)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("checking", total=None)
        resumed = -1

        def show(progress: DownloadProgress) -> None:
            nonlocal resumed
            if progress.stage == "fetching" and progress.resumed != resumed:
                # The part downloaded earlier does not count for the speed.
                resumed = progress.resumed
                bar.reset(task, completed=resumed, total=progress.total, description="fetching")
            bar.update(task, completed=progress.done, total=progress.total)

        yield show


class ProgressLines:
    """Progress as plain lines."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._next = 0.0
        self._began = monotonic()

    def __call__(self, progress: DownloadProgress) -> None:
        if progress.stage == "checking":
            return
        part = progress.done / progress.total
        if part < self._next:
            return
        self._next = part - part % STEP + STEP
        speed = (progress.done - progress.resumed) / max(monotonic() - self._began, 0.001)
        total = gigabytes(progress.total)
        click.echo(f"{self._file}: {part:.0%} of {total}, {speed / 1e6:.1f} MB/s", err=True)
