"""`parley` as a child process of a test.

It is forked from a process that has imported it, since importing it takes most of the time of a start. It has a process
id, an environment, a folder and streams of its own, as if it had been started anew.
"""

import asyncio
import multiprocessing
import os
import sys
from asyncio import StreamReader
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any, TypeVar

from cli.main import main

T = TypeVar("T")
LIMIT = 60.0
"""Seconds after which a test takes what must come for something that never will. Loaded machines are slow."""

IMPORTED = (
    "alembic.command",
    "apscheduler.schedulers.asyncio",
    "bots.discord.surface",
    "bots.slack.surface",
    "bots.telegram.surface",
    "bots.terminal.adapter",
    "bots.web.adapter",
    "cli.chat_session",
    "cli.installation_checks",
    "cli.wiring.run",
)


def soon(awaited: Awaitable[T]) -> Awaitable[T]:
    """Wait for what must come."""
    return asyncio.wait_for(awaited, LIMIT)


@dataclass(slots=True)
class Program:
    """A running `parley`, with the part of asyncio's `Process` that tests use."""

    stdout: StreamReader
    stderr: StreamReader
    _process: ForkServerProcess
    _open: AsyncExitStack

    @property
    def pid(self) -> int:
        assert self._process.pid
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self._process.kill()

    async def wait(self) -> int:
        """Wait until it has ended; returns its exit code."""
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode

    async def communicate(self) -> tuple[bytes, bytes]:
        """Read what it says until it ends, and close everything."""
        said, complained = await asyncio.gather(self.stdout.read(), self.stderr.read())
        await self.wait()
        await self._open.aclose()
        return said, complained


async def start(
    environment: Mapping[str, str],
    *arguments: str,
    main: Callable[[], None] = main,
    stdin: int | None = None,
    stdout: int | None = None,
) -> Program:
    """Start `parley`, or another function of a module, with these arguments.

    It has nothing on standard input, and its output is read, unless descriptors are given for them.
    """
    forks, streams = _forks(), AsyncExitStack()
    (heard, out), (complained, err) = forks.Pipe(duplex=False), forks.Pipe(duplex=False)
    given = _duplicate(os.open(os.devnull, os.O_RDONLY) if stdin is None else os.dup(stdin))
    ends = (given, _duplicate(os.dup(out.fileno() if stdout is None else stdout)), err)
    process = forks.Process(target=_run, args=(ends, os.getcwd(), dict(environment), arguments, main))
    # The first one waits for the imports.
    await asyncio.to_thread(process.start)
    for end in (*ends, out):
        end.close()
    return Program(await _reader(heard, streams), await _reader(complained, streams), process, streams)


async def ended(environment: Mapping[str, str], *arguments: str) -> tuple[int, str]:
    """Run `parley` to its end; returns its exit code and all that it said."""
    program = await start(environment, *arguments)
    said, complained = await soon(program.communicate())
    return program.returncode or 0, (said + complained).decode()


@cache
def _forks() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(IMPORTED))
    return context


def _duplicate(descriptor: int) -> "Connection[Any, Any]":
    """A descriptor as something that can be handed to another process."""
    return Connection(descriptor)


async def _reader(end: "Connection[None, bytes]", streams: AsyncExitStack) -> StreamReader:
    pipe = os.fdopen(os.dup(end.fileno()), "rb", buffering=0)
    end.close()
    reader = StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, pipe)
    streams.callback(transport.close)
    return reader


def _run(
    ends: "tuple[Connection[Any, Any], ...]",
    folder: str,
    environment: Mapping[str, str],
    arguments: tuple[str, ...],
    main: Callable[[], None],
) -> None:
    for number, end in enumerate(ends):
        os.dup2(end.fileno(), number)
        end.close()
    # The streams that were inherited belonged to files; these are at the descriptors that were given.
    coded = environment.get("PYTHONIOENCODING")
    sys.stdin = os.fdopen(0, encoding=coded, closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding=coded, closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding=coded, errors="backslashreplace", closefd=False)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["parley", *arguments]
    main()
