"""Keeps the warnings of libraries off the console of a command, which itself says what goes wrong."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def libraries_silent() -> Iterator[None]:
    """Let nothing that libraries log be seen while the body runs, unless something else listens."""
    silence = logging.NullHandler()
    root = logging.getLogger()
    # Without any handler, Python would write their warnings to standard error, with all the values in them.
    root.addHandler(silence)
    try:
        yield
    finally:
        root.removeHandler(silence)
