"""Real processes of a cluster: `parley ingress` and `parley worker`, as child processes over one PostgreSQL."""

import asyncio
import os
import signal
from asyncio import StreamReader
from asyncio.subprocess import DEVNULL, PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cli.main import main as parley
from tests.cli import program
from tests.cli.program import LIMIT, Program, soon
from tests.models.standin import StandIn

Role = Literal["ingress", "worker", "run"]

QUIET = {"PARLEY_WEB__ENABLED": "false", "PARLEY_OPERATOR__ENABLED": "false", "PARLEY_LOG__FORMAT": "json"}


@dataclass(slots=True, eq=False)
class Lines:
    """What a process writes to one of its streams. It is read all the time: a full pipe would stop the process."""

    all: list[str] = field(default_factory=list)
    ended: bool = False
    _more: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def read(self, stream: StreamReader) -> None:
        """Read the stream to its end."""
        while line := await stream.readline():
            await self._add(line.decode())
        await self._add(None)

    async def until(self, text: str, after: int = 0) -> str:
        """Wait for a line that has the text, beyond the first lines. Raises AssertionError if it never comes."""

        def found() -> str | None:
            return next((line for line in self.all[after:] if text in line), None)

        try:
            async with asyncio.timeout(LIMIT), self._more:
                await self._more.wait_for(lambda: self.ended or found() is not None)
        except TimeoutError:
            raise AssertionError(f"it has not said {text!r}:\n{''.join(self.all)}") from None
        line = found()
        assert line, f"it ended without {text!r}:\n{''.join(self.all)}"
        return line

    async def _add(self, line: str | None) -> None:
        async with self._more:
            if line is None:
                self.ended = True
            else:
                self.all.append(line)
            self._more.notify_all()


@dataclass(slots=True, eq=False)
class ClusterProcess:
    """One process: `out` is what it tells whoever started it, `log` is its log, a JSON object a line."""

    role: Role
    program: Program | Process
    out: Lines = field(default_factory=Lines)
    log: Lines = field(default_factory=Lines)

    @property
    def alive(self) -> bool:
        return self.program.returncode is None

    async def kill(self) -> None:
        """End it at once, as a crash does."""
        self.program.kill()
        await soon(self.program.wait())

    def freeze(self) -> None:
        """Let it do nothing, until it is thawed."""
        self.program.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.program.send_signal(signal.SIGCONT)

    async def stop(self) -> int:
        """Ask it to stop. Returns its exit code."""
        self.program.send_signal(signal.SIGTERM)
        return await soon(self.program.wait())


@dataclass(frozen=True, slots=True)
class RunningCluster:
    """All processes over one database; `start` adds one more, which ends with the others."""

    all: Sequence[ClusterProcess]
    start: Callable[[Role], Awaitable[ClusterProcess]]

    @property
    def ingresses(self) -> Sequence[ClusterProcess]:
        return [one for one in self.all if one.role == "ingress"]

    @property
    def workers(self) -> Sequence[ClusterProcess]:
        return [one for one in self.all if one.role == "worker"]


def environment(home: Path, url: str, settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process of a cluster: without the page and the operator's port, unless they are wanted."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    return {**kept, "PARLEY_HOME": str(home), "PARLEY_DATABASE__URL": url, **QUIET, **settings}


def model_at(server: StandIn) -> Mapping[str, str]:
    """The settings that choose a test's model."""
    return {"PARLEY_MODEL__SERVERS__TEST__URL": server.url, "PARLEY_MODEL__DEFAULT": "test"}


@asynccontextmanager
async def process(
    role: Role, environment: Mapping[str, str], main: Callable[[], None] = parley
) -> AsyncIterator[ClusterProcess]:
    """A process that has just been started; it is gone when the block ends, whatever has happened to it."""
    running = await program.start(environment, role, main=main)
    started = ClusterProcess(role, running)
    streams = (started.out.read(running.stdout), started.log.read(running.stderr))
    reading = [asyncio.create_task(stream) for stream in streams]
    try:
        yield started
    except AssertionError as error:
        error.add_note("".join(started.log.all[-20:]))
        raise
    finally:
        if started.alive:
            started.program.kill()
        await soon(asyncio.gather(*reading))
        await soon(started.program.communicate())


@asynccontextmanager
async def spawned(role: Role, command: Sequence[str], environment: Mapping[str, str]) -> AsyncIterator[ClusterProcess]:
    """A process of a command of its own. If the block ends well, it is asked to stop, and must do so."""
    running = await create_subprocess_exec(*command, env=environment, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    assert running.stdout
    assert running.stderr
    out, log = Lines(), Lines()
    reading = [asyncio.create_task(out.read(running.stdout)), asyncio.create_task(log.read(running.stderr))]
    process = ClusterProcess(role, running, out, log)
    try:
        yield process
        if process.alive:
            assert await process.stop() == 0, log.all[-20:]
    except AssertionError as error:
        error.add_note("".join(log.all[-20:]))
        raise
    finally:
        if process.alive:
            running.kill()
            await soon(running.wait())
        await soon(asyncio.gather(*reading))


@asynccontextmanager
async def cluster(
    home: Path, url: str, settings: Mapping[str, str], *, ingresses: int = 2, workers: int = 2
) -> AsyncIterator[RunningCluster]:
    """Several processes over one database, from their start to their end. Wait for what they say before you use them.

    When the block ends well, those that are left are asked to stop, and must do so.
    """
    given = environment(home, url, settings)
    async with AsyncExitStack() as stack:
        every: list[ClusterProcess] = []

        async def begin(role: Role) -> ClusterProcess:
            every.append(await stack.enter_async_context(process(role, given)))
            return every[-1]

        wanted: list[tuple[Role, int]] = [("ingress", ingresses), ("worker", workers)]
        for role, number in wanted:
            for _ in range(number):
                await begin(role)
        yield RunningCluster(every, begin)
        left = [one for one in every if one.alive]
        codes = await asyncio.gather(*(one.stop() for one in left))
        failed = [(one.role, code, one.log.all[-20:]) for one, code in zip(left, codes, strict=True) if code]
        assert not failed, failed
