"""A child process that serves one model, from its start to its end.

`core.models.embedded.supervisor` starts it again when it dies.
"""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Mapping
from contextlib import AsyncExitStack, ExitStack, suppress
from dataclasses import asdict, replace
from pathlib import Path

from core.errors import OperatorError, ParleyError
from core.models.embedded import server as embedded_server
from core.models.embedded.server import ModelServerOptions

LONGEST_SOCKET_PATH = 100
"""The longest path of a socket, in bytes; systems allow 103 to 107."""

NAME = "m.sock"
"""The file name of the socket. llama.cpp recognises the path of a socket by this ending."""

KEPT_LINES = 20
LONGEST_LINE = 300

SYSTEM = ("PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LANG", "TZ", "LD_LIBRARY_PATH", "PYTHONPATH")
NATIVE = ("LC_", "OMP_", "GOMP_", "KMP_", "GGML_", "CUDA_", "HIP_", "ROCR_", "VK_", "ONEAPI_", "MTL_", "DYLD_")
"""The environment variables that a child inherits, by name (SYSTEM) and by prefix (NATIVE). It must not see secrets
such as bot tokens."""

SPINS = "GOMP_SPINCOUNT"
"""How often a thread of OpenMP looks for the others at each barrier before it sleeps. By default that is for some ten
milliseconds: two models that answer at once, with more threads than there are cores, then take fifty times as long,
since each spins in the time that the other needs."""

FEW_SPINS = "1000"
"""For a model that is served beside another one. By itself it writes 10 to 18 % more slowly with that."""


class ChildFailed(ParleyError):
    """The child ended before or while it served; the text says how."""


class ModelChild:
    """A running child. It serves at `address` ("http://127.0.0.1:port"), or at `options.socket` if that is empty."""

    def __init__(self, process: Process, options: ModelServerOptions, directory: Path | None) -> None:
        self._process = process
        self._directory = directory
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._spoke = asyncio.Event()
        self._listening = asyncio.create_task(self._listen())
        self.options = options
        self.address = ""

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def last_words(self) -> list[str]:
        """The last lines that it wrote to standard error."""
        return list(self._lines)

    async def ready(self) -> None:
        """Send the options and wait until it serves. Raises ChildFailed, or OperatorError if it gives a reason."""
        reader, writer = self._process.stdout, self._process.stdin
        if reader is None or writer is None:
            raise ChildFailed("it has no pipes")
        try:
            async with asyncio.timeout(self.options.seconds + 5):
                writer.write(json.dumps(asdict(self.options)).encode() + b"\n")
                await writer.drain()
                answer = await reader.readline()
        except TimeoutError:
            raise ChildFailed(f"it did not load the model within {self.options.seconds:g} s") from None
        except (ConnectionError, ValueError) as error:
            raise ChildFailed(f"it does not accept its options: {error!r}") from error
        if not answer:
            raise ChildFailed(f"it ended while it loaded the model, with {ending(await self.wait())}")
        told = json.loads(answer)
        if "error" in told:
            words = " | ".join(await self._parting_words(writer))
            raise OperatorError(f"llama.cpp cannot serve {self.options.model}: {told['error']} {words}".strip())
        self.address = "" if self.options.socket else told["address"]

    async def _parting_words(self, writer: asyncio.StreamWriter) -> list[str]:
        """Everything that the process wrote before it gave up.

        llama.cpp writes its log in a thread, which may not have begun by then, and is lost with a process that ends.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._spoke.wait()
        writer.close()
        await self.wait()
        return self.last_words

    async def wait(self) -> int:
        """Wait until it ends. Returns the exit status, below 0 for a signal."""
        code = await self._process.wait()
        # A grandchild that still holds the pipe must not keep us waiting.
        await asyncio.wait([self._listening], timeout=1)
        return code

    def kill(self) -> None:
        """Kill it at once; `wait` returns when it is gone."""
        if self._process.returncode is None:
            self._process.kill()

    async def stop(self, seconds: float = 3.0) -> None:
        """Stop it and clean up after it: close its input first, then terminate it, then kill it."""
        if self._process.stdin:
            self._process.stdin.close()
        for end in (None, self._process.terminate, self._process.kill):
            if end and self._process.returncode is None:
                end()
            try:
                async with asyncio.timeout(seconds):
                    await self.wait()
                    break
            except TimeoutError:
                continue
        self._listening.cancel()
        await asyncio.to_thread(_remove, self._directory)

    async def _listen(self) -> None:
        """Keep the last lines of standard error, and read on so that the pipe never fills up."""
        if self._process.stderr is None:
            return
        rest = b""
        while chunk := await self._process.stderr.read(4096):
            *lines, rest = (rest + chunk).split(b"\n")
            rest = rest[-LONGEST_LINE:]
            self._spoke.set()
            self._lines.extend(line.decode("utf-8", "replace").strip()[:LONGEST_LINE] for line in lines if line.strip())
        if rest.strip():
            self._lines.append(rest.decode("utf-8", "replace").strip())


async def start_child(
    options: ModelServerOptions, unix: bool, home: Path | None = None, *, yields: bool = False
) -> ModelChild:
    """Start a child and wait until it serves. One that `yields` leaves the cores to another one while it waits.

    With `unix` it listens on a socket in a directory of its own, made below `home` (or where the system keeps
    temporary files) and closed to others; `options.socket` is filled in.

    Raises ChildFailed, or OperatorError if the child gives a reason.
    """
    directory = await asyncio.to_thread(_directory, home) if unix else None
    if directory:
        options = replace(options, socket=str(directory / NAME))
    with ExitStack() as undo:
        undo.callback(_remove, directory)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            # With -P, Python searches for modules neither in the current folder nor in that of the program.
            "-P",
            embedded_server.__file__,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=environment(os.environ, yields=yields),
            # Ctrl-C in a terminal reaches the whole group; the model must outlive it until the last answers are done.
            start_new_session=True,
        )
        undo.pop_all()
    child = ModelChild(process, options, directory)
    async with AsyncExitStack() as failed:
        # The last one runs first.
        failed.push_async_callback(child.stop)
        failed.callback(child.kill)
        await child.ready()
        failed.pop_all()
    return child


def environment(ours: Mapping[str, str], *, yields: bool = False) -> dict[str, str]:
    """The part of an environment that a child gets."""
    kept = {name: value for name, value in ours.items() if name in SYSTEM or name.startswith(NATIVE)}
    return {SPINS: FEW_SPINS, **kept} if yields else kept


def ending(code: int) -> str:
    """An exit status in words."""
    if code >= 0:
        return f"exit status {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def _directory(home: Path | None) -> Path:
    """Make a directory that nobody else may enter, with a path short enough for a socket in it."""
    if home:
        home.mkdir(parents=True, exist_ok=True)
        if len(os.fsencode(home)) + len(f"/model-12345678/{NAME}") <= LONGEST_SOCKET_PATH:
            return Path(tempfile.mkdtemp(prefix="model-", dir=home))
    return Path(tempfile.mkdtemp(prefix="parley-"))


def _remove(directory: Path | None) -> None:
    if directory:
        shutil.rmtree(directory, ignore_errors=True)
