"""Cuts a process down for good before it loads a plugin: memory, descriptors, capabilities, core dumps."""

import os
import platform
import resource
import signal
import struct
from contextlib import suppress

from plugins.host.sandbox.libc import checked, libc

MIB = 1024 * 1024
OPEN_FILES = 128
MOST_THREADS = 64

SET_DUMPABLE, SET_DEATH_SIGNAL = 4, 1
CAPSET = {"x86_64": 126, "aarch64": 91}
CAPABILITIES = 0x20080522
"""The version of the header that capset takes (https://man7.org/linux/man-pages/man2/capset.2.html)."""


LARGEST_FILE = 64 * MIB


def limit_process(memory: int, seconds: int, *, own_users: bool, writes: bool = False) -> None:
    """Limit this process to `memory` MiB of address space and `seconds` of processor time.

    It can leave no dump and lock no memory, and unless it `writes`, it cannot make any file grow. With `own_users` (a
    user namespace of its own) the kernel also limits its threads; elsewhere it could only count those of the account.
    """
    limits = {
        resource.RLIMIT_AS: memory * MIB,
        resource.RLIMIT_CPU: max(seconds, 1),
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: LARGEST_FILE if writes else 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if own_users:
        limits[resource.RLIMIT_NPROC] = MOST_THREADS
    for what, most in limits.items():
        hard = resource.getrlimit(what)[1]
        wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (wanted, wanted))


def offer_first_to_the_kernel() -> None:
    """Ask the kernel to end this process before any other of ours if the machine runs out of memory."""
    # In a namespace of its own there is no /proc. This is optional there, as everywhere.
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
        score.write("800")


def close_inherited() -> None:
    """Close every descriptor except the three standard streams."""
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))


def end_with_parent(parent: int) -> None:
    """Let the kernel end this process with the one that started it, which is `parent` (0: unknown). Raises OSError.

    A plugin that never reads its input would not notice that its parent is gone.
    """
    if platform.system() != "Linux":
        return
    checked(libc().prctl(SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0))
    if parent and os.getppid() != parent:
        raise OSError("Parley has ended meanwhile")


def forbid_dumps() -> None:
    """Keep other processes of the same user from reading this one's memory and environment. Raises OSError."""
    checked(libc().prctl(SET_DUMPABLE, 0, 0, 0, 0))


def drop_capabilities(machine: str) -> None:
    """Give up every right that only root has. Raises OSError."""
    header = struct.pack("Ii", CAPABILITIES, 0)
    checked(libc().syscall(CAPSET[machine], header, bytes(24)))
