"""The box: nothing that a hostile plugin tries reaches a file, process, secret, socket or limit outside it.

At each level of confinement, and with Landlock as older kernels have it.
"""

import asyncio
import os
import platform
import resource
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from parley import Context, manifest_of
from parley.testing import Calendar, Memory, Shelf, Voice
from plugins.host.sandbox.confinement import ProcessWalls, walls_here
from plugins.host.sandbox.crashes import ProcessCrashed
from plugins.host.sandbox.landlock import landlock_version
from plugins.host.sandbox.limits import MOST_THREADS
from plugins.host.sandbox.process import PluginProcess
from plugins.host.sandbox.program import PluginProgram
from tests.plugin_host.hostile.attempts import ALL, METADATA
from tests.sweeping import mostly_swept

pytestmark = pytest.mark.skipif(walls_here().level == "none", reason="this system cannot confine a plugin")
ON_X86 = pytest.mark.skipif(platform.machine() != "x86_64", reason="the attempts use the numbers of x86_64")

PLUGIN = '''# /// script
# tool.parley = {name = "hostile", version = "1", description = "Tries to get out."}
# ///
import asyncio, ctypes, fcntl, mmap, os, resource, signal, socket, struct, subprocess, sys, tempfile, threading, time

from parley import tool

LIBC = ctypes.CDLL(None, use_errno=True)


def sys_(number, *given):
    """A system call by its number."""
    LIBC.syscall.restype = ctypes.c_long
    packed = [ctypes.c_long(one) if isinstance(one, int) else ctypes.create_string_buffer(one) for one in given]
    found = LIBC.syscall(ctypes.c_long(number), *packed)
    if found == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return found


@tool
async def go(code: str, pid: int, secret: str, folder: str, port: int, local: str) -> str:
    """Try something."""
    names = {"pid": pid, "secret": secret, "folder": folder, "port": port, "local": local, "sys_": sys_}
    try:
        # A loop of asyncio cannot run inside another: each attempt has a thread.
        await asyncio.to_thread(exec, code, {**globals(), **names})
    except Exception as error:
        return f"refused: {type(error).__name__}: {error}"
    return "escaped"
'''


@dataclass(frozen=True, slots=True)
class Outside:
    """The things that a hostile plugin wants to reach."""

    secret: Path
    folder: Path
    port: int
    local: Path

    def named(self) -> Mapping[str, Any]:
        return {
            "pid": os.getpid(),
            "secret": str(self.secret),
            "folder": str(self.folder),
            "port": self.port,
            "local": str(self.local),
        }


@pytest.fixture
def outside(tmp_path: Path) -> Any:
    """A secret, an open folder, and two servers; afterwards none of them has been touched."""
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    before = secret.stat()
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(tmp_path / "local"))
        unix.listen()
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        nice = os.getpriority(os.PRIO_PROCESS, 0)
        yield Outside(secret, folder, tcp.getsockname()[1], tmp_path / "local")
        for server in (tcp, unix):
            server.setblocking(False)
            with pytest.raises(BlockingIOError):
                server.accept()
    assert not list(folder.iterdir())
    assert (secret.read_text(), secret.stat().st_mode, secret.stat().st_mtime) == (
        "hunter2",
        before.st_mode,
        before.st_mtime,
    )
    assert limits == resource.getrlimit(resource.RLIMIT_NOFILE)
    assert nice == os.getpriority(os.PRIO_PROCESS, 0)


CONTEXT = Context(httpx.AsyncClient(), Memory(), Shelf(), Calendar(), Voice(), {}, {}, "en", "Ana", "a", "k")
"""Nothing of it is used: the attempts are the plugin's own."""

Start = Callable[..., PluginProcess]


@pytest.fixture
async def start(common: Path, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts the hostile plugin behind some walls."""
    running: list[PluginProcess] = []
    folder = tmp_path / "plugin"
    folder.mkdir()

    def begun(code: str = PLUGIN, **given: Any) -> PluginProcess:
        file = folder / "hostile.py"
        file.write_text(code)
        process = PluginProcess(manifest_of(file.read_text()), PluginProgram((common, folder), file, **given))
        running.append(process)
        return process

    yield begun
    for process in running:
        await process.close()


LANDLOCK = replace(walls_here(), bubblewrap="")
BOXES: list[tuple[str, ProcessWalls, int]] = [
    *([("namespaces", walls_here(), 99)] if walls_here().bubblewrap else []),
    *((f"landlock {version}", LANDLOCK, version) for version in sorted({1, 4, max(landlock_version(), 1)})),
]
"""The interface of the first kernels that had Landlock, of one in the middle, and of this one."""


@ON_X86
@pytest.mark.parametrize(
    ("walls", "version"),
    mostly_swept([box[1:] for box in BOXES], [box[1:] for box in BOXES[:2]]),
    ids=[box[0] for box in BOXES],
)
async def test_nothing_gets_out(start: Start, outside: Outside, walls: ProcessWalls, version: int) -> None:
    assert len(ALL) >= 120
    process = start(walls=walls, newest_landlock=version)
    found = {name: await tried(process, code, outside) for name, code in ALL.items()}
    assert {name: told for name, told in found.items() if not told.startswith("refused")} == {}
    # A typing error in an attempt would be refused as well, and prove nothing.
    mistakes = (
        "NameError",
        "SyntaxError",
        "AttributeError",
        "ArgumentError",
        "ImportError",
        "ModuleNotFound",
        "TypeError",
    )
    assert {name: told for name, told in found.items() if any(one in told.split(":")[1] for one in mistakes)} == {}
    assert process.starts == 1


@pytest.mark.skipif(not walls_here().bubblewrap, reason="there is no bubblewrap that works")
async def test_a_file_system_of_its_own_hides_even_names(start: Start, outside: Outside) -> None:
    process = start()
    found = {name: await tried(process, code, outside) for name, code in METADATA.items()}
    assert all(told.startswith("refused") for told in found.values()), found


async def tried(process: PluginProcess, code: str, outside: Outside) -> str:
    answer = await process.call("go", {"code": code, **outside.named()}, CONTEXT)
    return str(answer["content"][0]["text"])


ENDING = {
    "all memory": ("kept = [bytearray(1 << 24) for _ in range(100)]", "memory"),
    "all memory in small pieces": ("kept = []\nwhile True: kept.append(bytes(1 << 16))", "memory"),
    "all memory by mmap": ("kept = [mmap.mmap(-1, 1 << 24) for _ in range(100)]", "memory"),
    "shared memory without a name": (
        "kept = [mmap.mmap(-1, 1 << 24, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS) for _ in range(100)]",
        "memory",
    ),
    "exit": ("os._exit(3)", "code 3"),
    "crash": ("ctypes.string_at(0)", "signal 11"),
    "abort": ("os.abort()", "signal"),
}


@pytest.mark.parametrize(
    "box",
    [BOXES[0], *(pytest.param(box, marks=pytest.mark.sweep) for box in BOXES[1:2])],
    ids=[box[0] for box in BOXES[:2]],
)
@pytest.mark.parametrize("attempt", ENDING)
async def test_what_takes_too_much_is_refused_or_ends_alone(
    start: Start, outside: Outside, attempt: str, box: tuple[str, ProcessWalls, int]
) -> None:
    code, words = ENDING[attempt]
    process = start(walls=box[1], memory=256)
    try:
        told = await tried(process, code, outside)
    except ProcessCrashed as error:
        told = str(error)
    assert words in told.lower() or "MemoryError" in told or "Cannot allocate" in told


THREADS = """
threading.stack_size(32768)
stop = threading.Event()
try:
    for _ in range(5000): threading.Thread(target=stop.wait, daemon=True).start()
finally:
    time.sleep(30)
"""


@pytest.mark.parametrize("box", BOXES[:2], ids=[box[0] for box in BOXES[:2]])
async def test_threads_without_end_end_the_process(
    start: Start, outside: Outside, box: tuple[str, ProcessWalls, int]
) -> None:
    # If the process has a user of its own, the kernel counts; otherwise Parley checks.
    try:
        told = await tried(start(walls=box[1]), THREADS, outside)
    except ProcessCrashed as error:
        told = str(error)
    assert "can't start new thread" in told or f"more than {MOST_THREADS} threads" in told


@pytest.mark.slow
async def test_processor_time_is_counted_over_a_day(start: Start, outside: Outside) -> None:
    process = start(seconds=2)
    with pytest.raises(ProcessCrashed, match=r"processor time|signal 9"):
        await tried(process, "while True: pass", outside)
    process._crashes.not_before = 0.0
    with pytest.raises(ProcessCrashed, match="processor time for today"):
        await process.start()


async def test_descriptors_have_an_end(start: Start, outside: Outside) -> None:
    told = await tried(start(), "kept = [os.pipe() for _ in range(1000)]", outside)
    assert "Too many open files" in told


async def test_two_plugins_cannot_reach_each_other(start: Start, outside: Outside) -> None:
    first, second = start(walls=LANDLOCK), start(walls=LANDLOCK)
    await first.start()
    assert first._child
    for code in ("os.kill({}, 0)", "open('/proc/{}/mem', 'rb').read(1)", "sys_(101, 16, {}, 0, 0)"):
        told = await tried(second, code.format(first._child.pid), outside)
        assert told.startswith("refused"), code
    assert await asyncio.wait_for(tried(first, "pass", outside), 10) == "escaped"


BUSY = """
import asyncio, os, sys
sys.path[:0] = {path!r}
from pathlib import Path
from dataclasses import replace
from plugins.host.sandbox.process import PluginProcess
from plugins.host.sandbox.program import PluginProgram
from plugins.host.sandbox.confinement import walls_here
from parley import manifest_of

async def main():
    file = Path({file!r})
    walls = walls_here() if {namespaces!r} else replace(walls_here(), bubblewrap="")
    program = PluginProgram((Path({common!r}), file.parent), file, walls=walls)
    process = PluginProcess(manifest_of(file.read_text()), program)
    await process.start()
    print(process._child.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("box", BOXES[:2], ids=[box[0] for box in BOXES[:2]])
async def test_no_process_outlives_parley(common: Path, tmp_path: Path, box: tuple[str, ProcessWalls, int]) -> None:
    file = tmp_path / "hostile.py"
    # A thread that is no daemon keeps the process after its input has ended.
    file.write_text(PLUGIN + "\nthreading.Thread(target=time.sleep, args=(600,)).start()\n")
    code = BUSY.format(path=sys.path, file=str(file), common=str(common), namespaces=bool(box[1].bubblewrap))
    parley = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert parley.stdout
    pid = int(await parley.stdout.readline())
    ended, watched = asyncio.Event(), os.pidfd_open(pid)
    asyncio.get_running_loop().add_reader(watched, ended.set)
    parley.kill()
    await parley.wait()
    try:
        await asyncio.wait_for(ended.wait(), 10)
    finally:
        asyncio.get_running_loop().remove_reader(watched)
        os.close(watched)
