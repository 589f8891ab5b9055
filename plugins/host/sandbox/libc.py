"""Calls functions of the C library that Python does not offer, and raises their errors as OSError."""

import ctypes
import os

NO_NEW_PRIVILEGES = 38
"""An option of prctl (https://man7.org/linux/man-pages/man2/prctl.2.html): no program that is run gains rights."""


def libc() -> ctypes.CDLL:
    """The C library that this process runs with."""
    return ctypes.CDLL(None, use_errno=True)


def checked(result: int) -> int:
    """The result of a call. Raises OSError if the call failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
