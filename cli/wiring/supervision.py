"""Runs each surface on its own: when one ends, that is logged and counted, and only that one is started again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import structlog

from bots.shared.attempts import LONGEST_PAUSE
from bots.shared.unreadable import reason_of
from cli.wiring.surface_states import SurfaceState, write_states
from cli.wiring.surfaces import RunningSurface
from core.backoff import Backoff
from core.errors import OperatorError
from core.foreign_code import ForeignFault, guarded
from core.metrics import Metrics

log = structlog.get_logger()

FIRST_PAUSE = 1.0
STEADY = 60.0
"""Seconds for which a surface must have served before its next pause is the first one again."""

Make = Callable[[], Awaitable[RunningSurface]]
"""Makes a surface anew, with its chat attached to the core."""


@dataclass(frozen=True, slots=True)
class RestartPauses:
    """The pauses between two starts of a surface, and how long it must serve to count as steady, in seconds."""

    first: float = FIRST_PAUSE
    longest: float = LONGEST_PAUSE
    steady: float = STEADY


class SurfaceEnded(Exception):
    """Raised if a surface has stopped serving although nobody asked it to."""


@dataclass(slots=True, eq=False)
class SupervisedSurface:
    """A surface that is started again whenever it ends, with growing pauses.

    `changed` is called after each change of its state. `alone` says whether nobody would be served without it.
    """

    name: str
    make: Make
    metrics: Metrics
    changed: Callable[[], None]
    alone: Callable[["SupervisedSurface"], bool]
    pauses: RestartPauses = field(default_factory=RestartPauses)
    state: SurfaceState = field(default_factory=SurfaceState)
    refused: bool = False
    tried: asyncio.Event = field(default_factory=asyncio.Event)
    _leaving: asyncio.Event = field(default_factory=asyncio.Event)
    _surface: RunningSurface | None = None
    _up_since: float | None = None

    async def run(self) -> None:
        """Serve until `close`. Raises the OperatorError with which it failed at the start if nobody else is served."""
        backoff, clock = Backoff(self.pauses.first, self.pauses.longest), asyncio.get_running_loop().time
        began = False
        while not self._leaving.is_set():
            self._up_since = None
            self._now(SurfaceState("starting"))
            try:
                # A surface is foreign code on a foreign network: none may end the others.
                with guarded():
                    await self._once()
                    if self._leaving.is_set():
                        break
                    raise SurfaceEnded
            except ForeignFault as fault:
                cause = fault.cause
            steady = self._up_since is not None and clock() - self._up_since >= self.pauses.steady
            began = began or steady
            # Some tokens are tried only once the platform knows us, so a short while still counts as the start.
            self.refused = not began and isinstance(cause, OperatorError)
            if self.refused and self.alone(self):
                raise cause
            if steady:
                backoff.reset()
            await self._rest(cause, next(backoff))
        self._now(SurfaceState("down", "stopped"))

    def refuse(self) -> None:
        """Accept nothing new; work in progress continues."""
        if self._surface:
            self._surface.refuse()

    async def close(self) -> None:
        """Stop serving."""
        self._leaving.set()
        if self._surface:
            await self._surface.close()

    async def _once(self) -> None:
        """Make the surface and serve with it until it ends."""
        self._surface = None
        surface = await self.make()
        if self._leaving.is_set():
            # Asked to stop while it was made: it has opened nothing yet, and must be told before it does.
            await surface.close()
            return
        self._surface = surface
        try:
            async with asyncio.TaskGroup() as tasks:
                announcing = tasks.create_task(self._announce(surface))
                await surface.run()
                announcing.cancel()
        finally:
            # Whatever it still holds open would be in the way of the next one.
            await surface.close()

    async def _announce(self, surface: RunningSurface) -> None:
        line = await surface.ready()
        self._up_since = asyncio.get_running_loop().time()
        self._now(SurfaceState("up"))
        try:
            click.echo(line)
        except OSError as error:
            # Nobody reads our output any more; people can use the surface all the same.
            log.info("line_not_printed", error=error)
        self.tried.set()

    async def _rest(self, cause: BaseException, pause: float) -> None:
        why = str(cause) if isinstance(cause, OperatorError) else reason_of(cause)
        again = datetime.now(UTC) + timedelta(seconds=pause)
        self.metrics.surface_failed(self.name)
        log.error("surface_down", surface=self.name, error=cause, reason=why, again_in=round(pause, 1))
        self._now(SurfaceState("down", why, again.isoformat(timespec="seconds")))
        self.tried.set()
        try:
            async with asyncio.timeout(pause):
                await self._leaving.wait()
        except TimeoutError:
            return

    def _now(self, state: SurfaceState) -> None:
        self.state = state
        self.metrics.surface_is(self.name, up=state.state == "up")
        self.changed()


class SurfaceSupervisor:
    """All surfaces of the program. Their states are also in a file in the home, for `parley doctor`."""

    def __init__(
        self, makers: Mapping[str, Make], metrics: Metrics, home: Path, pauses: RestartPauses | None = None
    ) -> None:
        self._home = home
        self._changed = asyncio.Event()
        self.all: Sequence[SupervisedSurface] = [
            SupervisedSurface(name, make, metrics, self._changed.set, self._alone, pauses or RestartPauses())
            for name, make in makers.items()
        ]

    def states(self) -> Mapping[str, SurfaceState]:
        """The state of each surface, by its name."""
        return {surface.name: surface.state for surface in self.all}

    async def record(self) -> None:
        """Write the states to the file whenever one changes, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self.write()

    async def write(self) -> None:
        """Write the states to the file."""
        try:
            await asyncio.to_thread(write_states, self._home, self.states())
        except OSError as error:
            # The file is only for display; the store reports a full disk.
            log.warning("states_not_written", error=error)

    def _alone(self, surface: SupervisedSurface) -> bool:
        """Whether no other surface serves or may yet come to serve."""
        return all(other.refused for other in self.all if other is not surface)
