"""Restricts the files that a process may read, by a rule of the Linux kernel that the process cannot undo.

https://docs.kernel.org/userspace-api/landlock.html
"""

import ctypes
import os
import platform
import struct
from collections.abc import Sequence

from plugins.host.sandbox.libc import NO_NEW_PRIVILEGES, checked, libc

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""Numbers of the system calls, the same on every kind of processor."""

GET_VERSION, PATH_BENEATH = 1, 1

FILE_RIGHTS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
"""The file rights that each version of the interface knows; later versions know the same as the last one here."""

NETWORK_SINCE, SCOPES_SINCE = 4, 6
NETWORK_RIGHTS, SCOPES = 0b11, 0b11
"""Binding and connecting TCP; speaking to sockets and sending signals outside."""

READ_FILE, READ = 0b0100, 0b1100
"""Reading a file; reading files and listing folders."""

WRITE = READ | 0b0010 | 1 << 5 | 1 << 7 | 1 << 8
"""Besides reading: writing, removing and making files, and making folders."""


def landlock_version() -> int:
    """The version of the kernel's interface, 0 if it has none."""
    if platform.system() != "Linux":
        return 0
    return max(int(libc().syscall(CREATE_RULESET, None, 0, GET_VERSION)), 0)


def allow_files(readable: Sequence[str], writable: Sequence[str], version: int) -> None:
    """Let this process, from now on, read only `readable` and read and write only `writable`. Raises OSError.

    `version` is the version of the interface to use, at most the kernel's own.
    """
    if version < 1:
        raise OSError("this kernel has no Landlock")
    library = libc()
    rights = FILE_RIGHTS[min(version, max(FILE_RIGHTS))]
    handled = struct.pack("QQQ", rights, NETWORK_RIGHTS, SCOPES)
    size = 24 if version >= SCOPES_SINCE else 16 if version >= NETWORK_SINCE else 8
    ruleset = checked(library.syscall(CREATE_RULESET, handled, size, 0))
    for path in readable:
        if os.path.exists(path):
            _allow(library, ruleset, path, READ)
    for path in writable:
        _allow(library, ruleset, path, WRITE)
    checked(library.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    checked(library.syscall(RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _allow(library: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rights = rights if os.path.isdir(path) else READ_FILE
    checked(library.syscall(ADD_RULE, ruleset, PATH_BENEATH, struct.pack("<Qi", rights, opened), 0))
    os.close(opened)
