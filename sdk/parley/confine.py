"""What a plugin's process gives up before it loads the plugin: memory, files, the network, other programs.

Rules of the kernel, which nothing in this process can take back: resource limits, Landlock for files
(https://docs.kernel.org/userspace-api/landlock.html), a seccomp filter for the network and for processes
(https://docs.kernel.org/userspace-api/seccomp_filter.html).
"""

import ctypes
import errno
import os
import platform
import resource
import struct
from collections.abc import Sequence
from dataclasses import dataclass

MIB = 1024 * 1024
OPEN_FILES = 256

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
NO_NEW_PRIVILEGES, SET_SECCOMP, FILTER = 38, 22, 2
PATH_BENEATH = 1
CAPABILITIES = 0x20080522
"""The version of what capset takes: here a set of none (https://man7.org/linux/man-pages/man2/capset.2.html)."""

FILES_BY_VERSION = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
"""The rights to files that each version of Landlock's interface knows."""

READ = 0b1100
"""Reading files and listing folders; a single file knows the first of them only."""

READ_FILE = 0b100
TCP, SIGNALS_AND_SOCKETS = 0b11, 0b11

ALLOW, REFUSE, UNKNOWN = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCH, FIRST_ARGUMENT = 0, 4, 16
"""Where the kernel's description of a call has what."""

THREAD = 0x10000
OTHER_INTERFACE = 0x40000000
"""Numbers from here on are the same calls once more, in x86's interface for 32-bit pointers."""


@dataclass(frozen=True, slots=True)
class Calls:
    """The numbers of system calls on one kind of processor."""

    arch: int
    refused: tuple[int, ...]
    clone: int
    clone3: int
    capset: int


CALLS = {
    # socket, ptrace, fork, vfork, execve, execveat, process_vm_readv and _writev, io_uring_setup, unshare, setns,
    # mount, bpf, perf_event_open, keyctl, add_key, request_key
    "x86_64": Calls(
        0xC000003E,
        (
            41,
            101,
            57,
            58,
            59,
            322,
            310,
            311,
            425,
            272,
            308,
            165,
            321,
            298,
            250,
            248,
            249,
            *(62, 200, 234, 424, 129, 297),
        ),
        clone=56,
        clone3=435,
        capset=126,
    ),
    "aarch64": Calls(
        0xC00000B7,
        (198, 117, 221, 281, 270, 271, 425, 97, 268, 40, 280, 241, 219, 217, 218, *(129, 130, 131, 424, 138, 240)),
        clone=220,
        clone3=435,
        capset=91,
    ),
}
"""The second part of each list are signals to others: kill, tkill, tgkill, pidfd_send_signal and the queued ones."""


class CannotConfine(Exception):
    """This system has no such means."""


def landlock_version() -> int:
    """The version of Landlock's interface, 0 where the kernel has none."""
    if not hasattr(ctypes, "CDLL") or platform.system() != "Linux":
        return 0
    return max(int(_libc().syscall(CREATE_RULESET, None, 0, 1)), 0)


def limit(memory: int) -> None:
    """Limit this process: so many MiB of address space, few open files, no core dump, no file of more than 64 MiB."""
    for what, most in (
        (resource.RLIMIT_AS, memory * MIB),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 64 * MIB),
    ):
        hard = resource.getrlimit(what)[1]
        wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (wanted, wanted))


def lock_files(readable: Sequence[str]) -> None:
    """From now on only these files and folders can be read, and none written. Raises CannotConfine, OSError."""
    version = landlock_version()
    if not version:
        raise CannotConfine("this kernel has no Landlock")
    libc = _libc()
    handled = struct.pack("QQQ", FILES_BY_VERSION.get(version, 0xFFFF), TCP, SIGNALS_AND_SOCKETS)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _checked(libc.syscall(CREATE_RULESET, handled, size, 0))
    for path in readable:
        if os.path.exists(path):
            _allow(libc, ruleset, path)
    _checked(libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _checked(libc.syscall(RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def lock_calls() -> None:
    """From now on no sockets, no other programs, no other processes, and nothing that only root may.

    Raises CannotConfine, OSError.
    """
    calls = CALLS.get(platform.machine())
    if platform.system() != "Linux" or calls is None:
        raise CannotConfine(f"there is no list of system calls for {platform.system()} on {platform.machine()}")
    program = _program(calls)
    code = b"".join(struct.pack("HBBI", *step) for step in program)
    kept = ctypes.create_string_buffer(code)
    head = struct.pack("HxxxxxxP", len(program), ctypes.addressof(kept))
    libc = _libc()
    _checked(libc.syscall(calls.capset, struct.pack("Ii", CAPABILITIES, 0), bytes(24)))
    _checked(libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _checked(libc.prctl(SET_SECCOMP, FILTER, ctypes.create_string_buffer(head), 0, 0))


def _program(calls: Calls) -> list[tuple[int, int, int, int]]:
    """The filter: steps of operation, steps to skip where true, where false, and a value."""
    # The step that refuses.
    last = len(calls.refused) + 10
    return [
        (LOAD, 0, 0, ARCH),
        (EQUAL, 0, last - 2, calls.arch),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, last - 4, 0, OTHER_INTERFACE),
        *((EQUAL, last - 5 - place, 0, call) for place, call in enumerate(calls.refused)),
        # glibc takes clone where clone3 is not there, and the arguments of that can be looked at.
        (EQUAL, 0, 1, calls.clone3),
        (RETURN, 0, 0, UNKNOWN),
        (EQUAL, 0, 2, calls.clone),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (ANY_BIT, 0, 1, THREAD),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
    ]


def _allow(libc: ctypes.CDLL, ruleset: int, path: str) -> None:
    folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rights = READ if os.path.isdir(path) else READ_FILE
    rule = struct.pack("<Qi", rights, folder)
    _checked(libc.syscall(ADD_RULE, ruleset, PATH_BENEATH, rule, 0))
    os.close(folder)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
