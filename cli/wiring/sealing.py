"""Hides this process's memory and the secrets in its environment from other programs of the same user."""

import ctypes
import os
import platform
import resource
from contextlib import suppress
from pathlib import Path

from plugins.host.sandbox.limits import forbid_dumps

ENVIRONMENT_BEGINS, ENVIRONMENT_ENDS = 49, 50
"""Fields of /proc/self/stat, counted from 0: the position of the environment that the process was started with."""


def seal() -> None:
    """Make this process's memory unreadable, and wipe the environment that /proc shows of it. Linux only.

    `os.environ` stays as it is. A process that may not be dumped cannot be read by the user's other processes, and the
    kernel writes no core file for it. Root can still read it, but finds no environment there.
    """
    if platform.system() != "Linux":
        return
    _wipe_first_environment()
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    # A system that does not allow this runs Parley all the same.
    with suppress(OSError):
        forbid_dumps()


def _wipe_first_environment() -> None:
    # putenv makes copies, from which the C library and the programs that we start read the variables.
    for name, value in os.environ.items():
        os.putenv(name, value)
    # If /proc is hidden, nobody can read our environment there either.
    with suppress(OSError):
        fields = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        # The first two fields, the id and the name, are cut off with the parenthesis.
        begins, ends = (int(fields[place - 2]) for place in (ENVIRONMENT_BEGINS, ENVIRONMENT_ENDS))
        if 0 < begins < ends:
            ctypes.memset(begins, 0, ends - begins)
