"""Calls of the C library that Python has no function for, and their errors as Python's own."""

import ctypes
import os

NO_NEW_PRIVILEGES = 38
"""An option of prctl (https://man7.org/linux/man-pages/man2/prctl.2.html): nothing that is run gains a right by it."""


def libc() -> ctypes.CDLL:
    """The C library that this process runs with."""
    return ctypes.CDLL(None, use_errno=True)


def checked(result: int) -> int:
    """The result of a call. Raises OSError if the call failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
