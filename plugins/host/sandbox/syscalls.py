"""The system calls that a plugin's process may make, as a seccomp filter that refuses all others.

https://docs.kernel.org/userspace-api/seccomp_filter.html. The list was measured with our own plugins and a set of real
libraries (docs/security.md) and then reviewed: no call in it changes a file, opens a connection, starts a program,
reaches another process or leaves memory behind.
"""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from plugins.host.sandbox.libc import NO_NEW_PRIVILEGES, checked, libc

Step = tuple[int, int, int, int]
"""One instruction of the filter: operation, steps to skip if true, steps to skip if false, value."""

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""The kernel's codes (AUDIT_ARCH_*) for the processors for which we have call numbers."""

CALLS: Mapping[str, tuple[int | None, int | None]] = {
    # Pipes and sockets that are already open.
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "lseek": (8, 62),
    "close": (3, 57),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "pipe": (22, None),
    "pipe2": (293, 59),
    "recvfrom": (45, 207),
    "shutdown": (48, 210),
    "getsockname": (51, 204),
    "getsockopt": (55, 209),
    # Files that Landlock lets it open, for reading.
    "pread64": (17, 67),
    "preadv": (295, 69),
    "fstat": (5, 80),
    "stat": (4, None),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getcwd": (79, 17),
    "getdents64": (217, 61),
    "fadvise64": (221, 223),
    # Memory of its own.
    "brk": (12, 214),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    # Threads.
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "set_tid_address": (218, 96),
    "gettid": (186, 178),
    "sched_yield": (24, 124),
    "getcpu": (309, 168),
    "membarrier": (324, 283),
    "restart_syscall": (219, 128),
    # Signals.
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "rt_sigpending": (127, 136),
    "sigaltstack": (131, 132),
    # Time.
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "getrusage": (98, 165),
    # Waiting.
    "epoll_create": (213, None),
    "epoll_create1": (291, 20),
    "epoll_ctl": (233, 21),
    "epoll_wait": (232, None),
    "epoll_pwait": (281, 22),
    "epoll_pwait2": (441, 441),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    "eventfd2": (290, 19),
    # Facts about itself and the system.
    "getpid": (39, 172),
    "getppid": (110, 173),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getresuid": (118, 148),
    "getresgid": (120, 150),
    "getgroups": (115, 158),
    "getpgrp": (111, None),
    "getpgid": (121, 155),
    "getsid": (124, 156),
    "getrlimit": (97, 163),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "getrandom": (318, 278),
    # Ending itself.
    "exit": (60, 93),
    "exit_group": (231, 94),
    # Allowed only with the arguments in `conditions`.
    "clone": (56, 220),
    "close_range": (436, 436),
    "fcntl": (72, 25),
    "ioctl": (16, 29),
    "kill": (62, 129),
    "madvise": (28, 233),
    "open": (2, None),
    "openat": (257, 56),
    "prctl": (157, 167),
    "prlimit64": (302, 261),
    "sched_getaffinity": (204, 123),
    "sendto": (44, 206),
    "socketpair": (53, 199),
    "tgkill": (234, 131),
}
"""The numbers on x86_64 and on aarch64 (which lacks some older calls); see asm/unistd.h of each."""

WRITING_CALLS: Mapping[str, tuple[int | None, int | None]] = {
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "unlink": (87, None),
    "unlinkat": (263, 35),
}
"""The further calls with which a process may write into the folders that Landlock leaves open, to compile a plugin."""

NEWEST = 462
"""Calls above this number are newer than this list. They are answered as on an older kernel, so that the C library
falls back to the calls that it used before."""

CLONE3 = 435
"""The arguments of this call lie in memory, where a filter cannot look. The C library falls back to clone."""

OTHER_INTERFACE = 0x40000000
"""Numbers from here on are the same calls again, in x86's interface for 32-bit pointers."""


@dataclass(frozen=True, slots=True)
class ArgumentCondition:
    """A condition that an argument of a call has to meet for the call to be allowed.

    `argument` counts from 0. "one of" compares the lower 32 bits with `values`; "null" wants a zero of 64 bits; "no
    bit" looks at the bits of the single value.
    """

    argument: int
    test: Literal["one of", "null", "no bit"]
    values: tuple[int, ...] = ()


THREADS = (0x3D0F00, 0x7D0F00)
"""The flags with which the C libraries (glibc, musl) start a thread. A thread without CLONE_FILES would have file
descriptors of its own, and no limit would count them together."""

ADVICE = (0, 1, 2, 3, 4, 8, 10, 14, 15, 16, 17)
"""The advice that memory allocators give. Other advice merges pages with others', swaps them out or poisons them."""

WRITING = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000 | 0o20000000
"""O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_TMPFILE without its folder."""

READING = {
    "open": (ArgumentCondition(1, "no bit", (WRITING,)),),
    "openat": (ArgumentCondition(2, "no bit", (WRITING,)),),
}
"""Landlock refuses writing as well; this condition also covers a file that Landlock would not know."""


def conditions(pid: int, *, writes: bool = False) -> Mapping[str, tuple[ArgumentCondition, ...]]:
    """The calls that are allowed only with certain arguments, for the process with this id."""
    ourselves = ArgumentCondition(0, "one of", (0, pid))
    reading = {} if writes else READING
    return {
        **reading,
        "clone": (ArgumentCondition(0, "one of", THREADS),),
        # Without flags, or to close on exec; never with a table of descriptors of its own (CLOSE_RANGE_UNSHARE).
        "close_range": (ArgumentCondition(2, "one of", (0, 4)),),
        # Copies of descriptors, their close-on-exec flag and non-blocking mode; no owner for signals, no pipe sizes.
        "fcntl": (ArgumentCondition(1, "one of", (0, 1, 2, 3, 4, 1030)),),
        "madvise": (ArgumentCondition(2, "one of", ADVICE),),
        # FIONBIO, FIOCLEX, FIONCLEX, FIONREAD, TCGETS, TIOCGWINSZ.
        "ioctl": (ArgumentCondition(1, "one of", (0x5421, 0x5451, 0x5450, 0x541B, 0x5401, 0x5413)),),
        "kill": (ArgumentCondition(0, "one of", (pid,)),),
        "tgkill": (ArgumentCondition(0, "one of", (pid,)),),
        # PR_SET_NAME, PR_GET_NAME, PR_SET_VMA: names of threads and of memory.
        "prctl": (ArgumentCondition(0, "one of", (15, 16, 0x53564D41)),),
        "prlimit64": (ourselves, ArgumentCondition(2, "null")),
        "sched_getaffinity": (ourselves,),
        # The pair by which an event loop wakes itself, and never a message to an address.
        "sendto": (ArgumentCondition(4, "null"),),
        "socketpair": (ArgumentCondition(0, "one of", (1,)),),
    }


ALLOW, KILL = 0x7FFF0000, 0x80000000
REFUSE, UNKNOWN = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
LOAD, EQUAL, ABOVE, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x25, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
"""Offsets in the kernel's description of a call (struct seccomp_data)."""

SET_SECCOMP, FILTER = 22, 2
"""Options of prctl (https://man7.org/linux/man-pages/man2/prctl.2.html)."""


def known_here() -> bool:
    """Whether there is a list of calls for this kind of processor."""
    return platform.system() == "Linux" and platform.machine() in ARCHITECTURES


def allow_listed_calls(*, writes: bool = False) -> None:
    """Restrict this process and its threads, from now on, to the calls in the list. Raises OSError.

    With `writes`, the list also has the calls that write files.
    """
    steps = filter_steps(platform.machine(), os.getpid(), writes=writes)
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
    for arguments in ((NO_NEW_PRIVILEGES, 1, 0, 0, 0), (SET_SECCOMP, FILTER, head, 0, 0)):
        checked(libc().prctl(*arguments))


def filter_steps(machine: str, pid: int, *, writes: bool = False) -> list[Step]:
    """The filter for a kind of processor and a process."""
    place = list(ARCHITECTURES).index(machine)
    limited = conditions(pid, writes=writes)
    listed = {**CALLS, **WRITING_CALLS} if writes else CALLS
    steps: list[Step] = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, ARCHITECTURES[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, OTHER_INTERFACE),
        (RETURN, 0, 0, REFUSE),
        (ABOVE, 0, 1, NEWEST),
        (RETURN, 0, 0, UNKNOWN),
        (EQUAL, 0, 1, CLONE3),
        (RETURN, 0, 0, UNKNOWN),
    ]
    for name, numbers in listed.items():
        number = numbers[place]
        if number is not None:
            allowed = _conditional(limited.get(name, ()))
            steps += [(EQUAL, 0, len(allowed), number), *allowed]
    return [*steps, (RETURN, 0, 0, REFUSE)]


def _conditional(wanted: tuple[ArgumentCondition, ...]) -> list[Step]:
    """The steps that allow a call if its arguments meet the conditions, and refuse it otherwise."""
    steps: list[Step] = []
    for condition in wanted:
        low = FIRST_ARGUMENT + 8 * condition.argument
        match condition.test:
            case "one of":
                many = len(condition.values)
                matches = [(EQUAL, many - place, 0, value) for place, value in enumerate(condition.values)]
                steps += [(LOAD, 0, 0, low), *matches, (RETURN, 0, 0, REFUSE)]
            case "null":
                steps += [(LOAD, 0, 0, low), (EQUAL, 1, 0, 0), (RETURN, 0, 0, REFUSE)]
                steps += [(LOAD, 0, 0, low + 4), (EQUAL, 1, 0, 0), (RETURN, 0, 0, REFUSE)]
            case "no bit":
                steps += [(LOAD, 0, 0, low), (ANY_BIT, 0, 1, condition.values[0]), (RETURN, 0, 0, REFUSE)]
    return [*steps, (RETURN, 0, 0, ALLOW)]
