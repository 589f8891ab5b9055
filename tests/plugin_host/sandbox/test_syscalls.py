"""plugins.host.sandbox.syscalls: the numbers are the kernel's, and the filter decides by name and arguments."""

import re
import subprocess
from pathlib import Path

import pytest

from plugins.host.sandbox import syscalls
from plugins.host.sandbox.syscalls import ARCHITECTURES, CALLS, WRITING_CALLS, Step, conditions, filter_steps

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
PID = 4242


def numbers(machine: str) -> dict[str, int]:
    """The numbers of all calls by the kernel's own headers."""
    header = HEADERS[machine]
    if not header.exists():
        pytest.skip("the kernel's headers are not installed")
    if machine == "x86_64":
        text = header.read_text(encoding="utf-8")
    else:
        wanted = "#define __BITS_PER_LONG 64\n#define __ARCH_WANT_NEW_STAT\n#define __ARCH_WANT_SET_GET_RLIMIT\n"
        wanted += "#include <asm-generic/unistd.h>\n"
        made = subprocess.run(["cc", "-E", "-dM", "-"], input=wanted, capture_output=True, text=True, check=True)
        text = made.stdout
    found = dict(re.findall(r"#define __NR_(\w+)\s+(\d+)", text))
    known = {name: int(number) for name, number in found.items()}
    for name, other in re.findall(r"#define __NR_(\w+)\s+__NR3264_(\w+)", text):
        known[name] = int(dict(re.findall(r"#define __NR3264_(\w+)\s+(\d+)", text))[other])
    return known


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_numbers_are_those_of_the_kernels_headers(machine: str) -> None:
    known = numbers(machine)
    place = list(ARCHITECTURES).index(machine)
    for name, both in {**CALLS, **WRITING_CALLS}.items():
        if name in known:
            assert both[place] == known[name], name
    asked = [name for name, both in CALLS.items() if both[place] is not None and name not in known]
    # Headers may be older than a call that the kernel has.
    assert set(asked) <= {"epoll_pwait2", "faccessat2", "close_range"}


def answer(steps: list[Step], number: int, *arguments: int, arch: int = ARCHITECTURES["x86_64"]) -> int:
    """A filter's answer to a call, as the kernel runs it."""
    words = {syscalls.NUMBER: number, syscalls.ARCHITECTURE: arch}
    for place, value in enumerate((*arguments, *[0] * (6 - len(arguments)))):
        words[16 + 8 * place], words[20 + 8 * place] = value & 0xFFFFFFFF, value >> 32
    loaded, at = 0, 0
    while True:
        operation, where, otherwise, value = steps[at]
        at += 1
        match operation:
            case syscalls.LOAD:
                loaded = words[value]
            case syscalls.RETURN:
                return value
            case syscalls.EQUAL:
                at += where if loaded == value else otherwise
            case syscalls.ABOVE:
                at += where if loaded > value else otherwise
            case syscalls.AT_LEAST:
                at += where if loaded >= value else otherwise
            case syscalls.ANY_BIT:
                at += where if loaded & value else otherwise


READ, WRITE_ONLY, CREATE = 0, 1, 0o100
CASES = {
    "read": (True, 0, (0, 0, 10)),
    "a thread": (True, 56, (0x3D0F00,)),
    "a thread of musl": (True, 56, (0x7D0F00,)),
    "a thread with descriptors of its own": (False, 56, (0x3D0F00 & ~0x400,)),
    "a thread in a mount namespace": (False, 56, (0x3D0F00 | 0x20000,)),
    "close a range": (True, 436, (3, 9, 0)),
    "a table of descriptors of its own": (False, 436, (1000, 1000, 2)),
    "give memory back": (True, 28, (0, 4096, 4)),
    "merge memory with that of others": (False, 28, (0, 4096, 12)),
    "page memory out": (False, 28, (0, 4096, 21)),
    "a process": (False, 56, (17,)),
    "fork": (False, 57, ()),
    "execve": (False, 59, ()),
    "open to read": (True, 257, (0, 0, READ)),
    "open to write": (False, 257, (0, 0, WRITE_ONLY)),
    "open and create": (False, 257, (0, 0, READ | CREATE)),
    "a socket": (False, 41, (2, 1, 0)),
    "a pair of sockets": (True, 53, (1, 1, 0)),
    "a pair of another family": (False, 53, (2, 1, 0)),
    "send on a pair": (True, 44, (5, 0, 1, 0, 0, 0)),
    "send to an address": (False, 44, (5, 0, 1, 0, 0x7FFF00000000, 16)),
    "own limits": (True, 302, (0, 7, 0, 0)),
    "own limits by id": (True, 302, (PID, 7, 0, 0)),
    "other limits": (False, 302, (PID + 1, 7, 0, 0)),
    "set own limits": (False, 302, (0, 7, 0x7FFF00000000, 0)),
    "signal itself": (True, 234, (PID, PID, 6)),
    "signal another": (False, 62, (PID - 1, 9)),
    "signal a group": (False, 62, (0, 9)),
    "duplicate": (True, 72, (3, 1030, 3)),
    "an owner for signals": (False, 72, (3, 8, 1)),
    "another owner for signals": (False, 72, (3, 15, 1)),
    "a larger pipe": (False, 72, (3, 1031, 1 << 20)),
    "non-blocking": (True, 16, (3, 0x5421)),
    "type into a terminal": (False, 16, (3, 0x5412)),
    "a name": (True, 157, (15,)),
    "dumpable again": (False, 157, (4, 1)),
    "chmod": (False, 90, ()),
    "utimensat": (False, 280, ()),
    "setpriority": (False, 141, ()),
    "memfd_create": (False, 319, ()),
    "shmget": (False, 29, ()),
    "io_uring": (False, 425, ()),
    "ptrace": (False, 101, ()),
    "landlock": (False, 444, ()),
    "the other interface": (False, 0x40000000, ()),
}


@pytest.mark.parametrize("case", CASES)
def test_the_filter_decides(case: str) -> None:
    allowed, number, arguments = CASES[case]
    assert answer(filter_steps("x86_64", PID), number, *arguments) == (syscalls.ALLOW if allowed else syscalls.REFUSE)


def test_a_process_that_compiles_may_write_files_and_do_nothing_else_more() -> None:
    steps, compiling = filter_steps("x86_64", PID), filter_steps("x86_64", PID, writes=True)
    allowed = {number for number in range(500) if answer(compiling, number) != answer(steps, number)}
    assert allowed == {number for number, _ in WRITING_CALLS.values()}
    assert answer(compiling, 257, 0, 0, WRITE_ONLY) == syscalls.ALLOW


def test_newer_calls_look_like_an_older_kernel_and_another_processor_ends_the_process() -> None:
    steps = filter_steps("x86_64", PID)
    assert answer(steps, syscalls.NEWEST + 1) == syscalls.UNKNOWN
    assert answer(steps, syscalls.CLONE3) == syscalls.UNKNOWN
    assert answer(steps, 0, arch=0x40000003) == syscalls.KILL


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_filter_is_one_that_the_kernel_takes(machine: str) -> None:
    steps = filter_steps(machine, PID)
    assert len(steps) < 4096
    for at, (_, where, otherwise, _) in enumerate(steps):
        assert max(where, otherwise) <= 255
        assert at + 1 + max(where, otherwise) < len(steps) or not (where or otherwise)
    assert set(conditions(PID)) <= set(CALLS)
