"""Keeps the warnings of libraries off the console of a command, which itself says what goes wrong."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def libraries_silent() -> Iterator[None]:
    """Hide the log messages of libraries while the body runs, unless another handler receives them."""
    silence = logging.NullHandler()
    root = logging.getLogger()
    # Without any handler, Python would write their warnings to standard error, with all the values in them.
    root.addHandler(silence)
    try:
        yield
    finally:
        root.removeHandler(silence)
