"""A cluster that faults are injected into: its processes, their platform and their database."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from time import time
from unittest.mock import patch

import psycopg

from core.store.engine.migrate import migrate
from tests import postgres
from tests.faults.cluster.audit import TRIGGERS
from tests.faults.cluster.member import Membership, Role
from tests.faults.cluster.proxy import Partition, partition
from tests.faults.cluster.wire import PATIENCE, Wire, wire

CRASHED = {"synchronous_commit": "on", "full_page_writes": "on"}
"""The server is killed, too, so a commit has to be in its log. The machine goes on, so nothing waits for the disk."""

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
HAVE_FAKETIME = FAKETIME.exists()


@dataclass(slots=True)
class ClusterProcess:
    """A process of the cluster: `way` is the proxy between it and the database, if there is one."""

    name: str
    role: Role
    way: Partition | None
    step: str
    clocked: bool
    pid: int = 0
    frozen: bool = False
    asked: float = 0.0
    ended: float = 0.0
    code: int | None = None
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def alive(self) -> bool:
        return bool(self.pid) and not self.gone.is_set()

    def send(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)


@dataclass(slots=True)
class Nursery:
    """A process that starts others. `all` are those that it has started, by name."""

    process: Process
    all: dict[str, ClusterProcess] = field(default_factory=dict)
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    def start(self, neighbour: ClusterProcess, given: Membership) -> None:
        self.all[neighbour.name] = neighbour
        assert self.process.stdin
        self.process.stdin.write(json.dumps(asdict(given)).encode() + b"\n")

    async def read(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            said = json.loads(line)
            if "ready" in said:
                self.ready.set()
            elif "started" in said:
                self.all[said["started"]].pid = said["pid"]
            else:
                one = self.all[said["ended"]]
                one.code, one.ended = said["code"], time()
                one.gone.set()


@dataclass(slots=True)
class FaultyCluster:
    """The cluster with its database and its platform. `all` has every process that was ever started."""

    folder: Path
    cluster: postgres.Cluster
    database: str
    wire: Wire
    random: Random
    lease: float
    pace: float
    nursery: Nursery
    clocked: Nursery | None
    stack: AsyncExitStack
    all: list[ClusterProcess] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def url(self) -> str:
        return self.cluster.url(self.database)

    def there(self, role: Role) -> list[ClusterProcess]:
        """The processes of a role that are there."""
        return [one for one in self.all if one.role == role and not one.gone.is_set()]

    async def start(self, role: Role, step: str = "", times: int = 1, *, way: bool = False) -> ClusterProcess:
        """Start a process, which may die at a step; with `way`, it can be cut off from the database."""
        name = f"{role}-{next(self._numbers)}"
        path = None
        if way:
            folder = self.folder / name
            folder.mkdir()
            path = await self.stack.enter_async_context(partition(folder, self.cluster.folder))
        host = path.folder if path else self.cluster.folder
        url = f"postgresql://postgres@/{self.database}?host={host}&application_name={name}"
        nursery = self.clocked if self.clocked and self.random.random() < 0.25 else self.nursery
        one = ClusterProcess(name, role, path, step, nursery is self.clocked)
        self.all.append(one)
        given = Membership(name, role, url, str(self.folder / "wire"), self.lease, self.pace, step, times)
        nursery.start(one, given)
        return one

    async def entered(self, one: ClusterProcess) -> None:
        """Wait until a process takes part, or has died on the way."""
        await self.wire.until(lambda: one.name in self.wire.entered or one.gone.is_set())

    async def restart(self, crash: bool) -> None:
        """Restart the database."""
        await asyncio.to_thread(self.cluster.restart, "immediate" if crash else "fast")

    def jump(self, seconds: int) -> None:
        """Let the clocks of some processes be off by so much."""
        set_clock(self.folder, seconds)


def set_clock(folder: Path, seconds: int) -> None:
    new = folder / "clock.new"
    new.write_text(f"{seconds:+d}")
    new.rename(folder / "clock")


@asynccontextmanager
async def nursery(folder: Path, log: str, more: Mapping[str, str]) -> AsyncIterator[Nursery]:
    """A nursery that is ready, whose processes all end with the block. What they complain of is in a file."""
    command = [sys.executable, "-m", "tests.faults.cluster.nursery"]
    with (folder / log).open("wb") as complaints:
        process = await create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=complaints, env={**os.environ, **more}
        )
        made = Nursery(process)
        reading = asyncio.create_task(made.read())
        try:
            async with asyncio.timeout(PATIENCE):
                await made.ready.wait()
            yield made
        finally:
            for one in made.all.values():
                if one.alive:
                    one.send(signal.SIGCONT)
            assert process.stdin
            process.stdin.close()
            await process.wait()
            await reading


@asynccontextmanager
async def faulty_cluster(
    seed: int, lease: float, pace: float, *, clocks: bool = False, patience: float = PATIENCE
) -> AsyncIterator[FaultyCluster]:
    """Set up a cluster that has no processes yet. With `clocks`, some processes have a clock that can jump."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="parley-town-", dir="/tmp")))
        random = Random(seed)
        with patch.dict(postgres.SPEED, CRASHED):
            running = await asyncio.to_thread(stack.enter_context, postgres.cluster())
        database = running.create()
        await migrate(running.url(database))
        with psycopg.connect(running.url(database), autocommit=True) as connection:
            connection.execute(TRIGGERS)
        platform = await stack.enter_async_context(wire(folder / "wire", random, patience))
        started = await stack.enter_async_context(nursery(folder, "log", {}))
        clocked = None
        if clocks and HAVE_FAKETIME:
            set_clock(folder, 0)
            faked = {
                "LD_PRELOAD": str(FAKETIME),
                "FAKETIME_TIMESTAMP_FILE": str(folder / "clock"),
                "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }
            clocked = await stack.enter_async_context(nursery(folder, "log-clocked", faked))
        proxies = await stack.enter_async_context(AsyncExitStack())
        yield FaultyCluster(folder, running, database, platform, random, lease, pace, started, clocked, proxies)
