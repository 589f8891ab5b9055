"""Lets happen to a cluster what can happen, as a seed says."""

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from math import ceil
from time import time

from tests.faults.cluster.doom import STEPS
from tests.faults.cluster.faulty_cluster import ClusterProcess, FaultyCluster
from tests.faults.cluster.member import Role

PROCESSES: Mapping[Role, int] = {"ingress": 2, "worker": 3}

WEIGHTS = {"kill": 30, "pause": 45, "stop": 10, "cut": 12, "crash": 1, "restart": 1, "clock": 3}
"""How often each happens, beside the deaths at a step."""

GAPS = (0.1, 0.8)
"""Seconds between two of them."""

DOOMED = 0.75
"""The share of processes that are doomed to die at a step."""

LATEST = {"accept": 40, "acknowledge": 40, "lease": 12, "write": 150, "send": 15, "edit": 40}
"""A process that is doomed dies when it comes to its step for at most so many times: some come much more often."""

SOONER = 5
"""How much sooner a process dies at its step if nothing else happens."""

TELL = 100
"""Kills and pauses after which whoever looks on is told how far it is."""

CALM = 8.0
"""Seconds after which harm is done again although nobody has got a whole answer since the last time.

Without that, what happens on a slow machine would be nothing but harm.
"""


@dataclass(frozen=True, slots=True)
class Loss:
    """A process that fell silent: `at` is when it was killed, or stopped for longer than its leases last."""

    at: float
    process: str
    way: str


@dataclass(slots=True)
class Nemesis:
    """Does harm, and replaces what it has killed. `done` counts the harm, `steps` the deaths at each step.

    Without any `weights`, processes die at their steps, and nothing else happens.
    """

    faulty_cluster: FaultyCluster
    gaps: tuple[float, float] = GAPS
    weights: Mapping[str, int] = field(default_factory=lambda: WEIGHTS)
    done: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    losses: list[Loss] = field(default_factory=list)
    exits: list[float] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    _healing: "set[asyncio.Task[None]]" = field(default_factory=set)
    _watching: "set[asyncio.Task[None]]" = field(default_factory=set)
    _keeping: bool = True
    _told: int = 0

    @property
    def kills_and_pauses(self) -> int:
        return sum(self.done[way] for way in ("kill", "step", "pause", "stop"))

    async def found(self) -> None:
        """Start all processes."""
        for role, number in PROCESSES.items():
            for _ in range(number):
                await self.begin(role)

    async def begin(self, role: Role) -> None:
        """Start a process that some day will be replaced. Most are doomed."""
        random = self.faulty_cluster.random
        step = self._next_step(role) if random.random() < DOOMED or not self.weights else ""
        latest = LATEST[step.partition(" ")[0]] if step else 1
        if not self.weights:
            # It is about the steps alone.
            latest = ceil(latest / SOONER)
        one = await self.faulty_cluster.start(role, step, random.randint(1, latest), way=random.random() < 0.4)
        task = asyncio.create_task(self._watch(one))
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)

    def _next_step(self, role: Role) -> str:
        """The step at which the fewest have died."""
        doomed = Counter(one.step for one in self.faulty_cluster.there(role))
        return min(STEPS[role], key=lambda step: (self.steps[step] + doomed[step], self.faulty_cluster.random.random()))

    @property
    def fewest_deaths(self) -> int:
        """How many have died at the step at which the fewest have."""
        return min(self.steps[step] for steps in STEPS.values() for step in steps)

    async def harm(self, seconds: float, most: int, deaths: int = 0) -> None:
        """Do harm for so long; or so many times, and until so many have died at each step."""
        random, end = self.faulty_cluster.random, time() + seconds
        ways, weights = list(self.weights), list(self.weights.values())
        wire = self.faulty_cluster.wire
        while time() < end and (self.kills_and_pauses < most or self.fewest_deaths < deaths):
            whole = wire.whole
            await asyncio.sleep(random.uniform(*self.gaps))
            with suppress(TimeoutError):
                await wire.until(lambda whole=whole: wire.whole > whole, CALM)  # type: ignore[misc] # a default
            if ways:
                await self.once(random.choices(ways, weights)[0])
            if self.kills_and_pauses >= self._told + TELL:
                self._told = self.kills_and_pauses
                sys.stderr.write(f"{end - time():.0f} s left, {self._told} kills and pauses, {dict(self.steps)}\n")
        while self._healing:
            await asyncio.gather(*self._healing)

    async def once(self, way: str) -> None:
        """Do harm in one way, if there is somebody to whom it can be done."""
        if way in ("crash", "restart"):
            self.done[way] += 1
            await self.faulty_cluster.restart(crash=way == "crash")
            return
        if way == "clock":
            if self.faulty_cluster.clocked:
                self.done[way] += 1
                self.faulty_cluster.jump(self.faulty_cluster.random.choice((-3600, 3600, 0, 86400)))
            return
        if one := self._victim(cut=way == "cut"):
            self.done[way] += 1
            await getattr(self, f"_{way}")(one)

    def _victim(self, *, cut: bool) -> ClusterProcess | None:
        """Somebody who is at work, if another one of the same role is, too."""
        everybody: list[ClusterProcess] = []
        for role in PROCESSES:
            working = [
                one
                for one in self.faulty_cluster.there(role)
                if one.name in self.faulty_cluster.wire.entered and not one.frozen and not one.asked
            ]
            if len(working) > 1:
                everybody += working
        fitting = [one for one in everybody if not cut or (one.way and one.way.open.is_set())]
        return self.faulty_cluster.random.choice(fitting) if fitting else None

    async def _kill(self, one: ClusterProcess) -> None:
        one.asked = time()
        self.losses.append(Loss(time(), one.name, "kill"))
        one.send(signal.SIGKILL)

    async def _pause(self, one: ClusterProcess) -> None:
        one.frozen = True
        one.send(signal.SIGSTOP)
        long = self.faulty_cluster.lease * self.faulty_cluster.random.uniform(0.3, 2.5)
        if long > self.faulty_cluster.lease:
            self.losses.append(Loss(time(), one.name, "pause"))
        self._later(long, self._thaw, one)

    async def _stop(self, one: ClusterProcess) -> None:
        one.asked = time()
        one.send(signal.SIGTERM)

    async def _cut(self, one: ClusterProcess) -> None:
        assert one.way
        one.way.cut()
        long = self.faulty_cluster.lease * self.faulty_cluster.random.uniform(0.3, 2.5)
        if long > self.faulty_cluster.lease:
            self.losses.append(Loss(time(), one.name, "cut"))
        self._later(long, self._heal, one)

    def _later(self, seconds: float, what: "object", one: ClusterProcess) -> None:
        async def wait() -> None:
            await asyncio.sleep(seconds)
            what(one)  # type: ignore[operator]

        task = asyncio.create_task(wait())
        self._healing.add(task)
        task.add_done_callback(self._healing.discard)

    def _thaw(self, one: ClusterProcess) -> None:
        one.frozen = False
        one.send(signal.SIGCONT)

    def _heal(self, one: ClusterProcess) -> None:
        assert one.way
        one.way.heal()

    async def _watch(self, one: ClusterProcess) -> None:
        """Replace a process once it is gone."""
        await one.gone.wait()
        if one.code == -signal.SIGKILL:
            if not one.asked:
                self.done["step"] += 1
                self.steps[one.step] += 1
                self.losses.append(Loss(one.ended, one.name, "step"))
        elif one.code or not one.asked:
            self.codes.append(f"{one.name}: {one.code}")
        else:
            self.exits.append(one.ended - one.asked)
        if self._keeping:
            await self.begin(one.role)

    async def end(self) -> None:
        """Ask all processes to stop."""
        self._keeping = False
        for role in PROCESSES:
            for one in self.faulty_cluster.there(role):
                if not one.asked:
                    one.asked = time()
                    one.send(signal.SIGTERM)
        while self._watching:
            await asyncio.gather(*self._watching)
