"""Queues of work, one for each conversation: what is in the same lane is done one after another."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile
from time import monotonic
from typing import Any, Literal

import structlog

from core.errors import LeaseLost
from core.messages import Place

log = structlog.get_logger()

Work = Callable[[], Awaitable[None]]

ShowWaiting = Callable[[Place, Callable[[], bool]], Coroutine[Any, Any, None]]
"""Shows in a place that somebody waits there, as long as the function says so."""


@dataclass(frozen=True, slots=True)
class LaneKey:
    """A lane: of the `answers` of a conversation, or of what is done `aside` from all answers in a place.

    In a lane of the kind `behind`, work waits for the answers that were there before it. The `name` tells lanes apart;
    a conversation that has got a thread goes on in its lane, whichever place an event comes from. `home` is what the
    process may have leased to do this work.
    """

    place: Place = field(compare=False)
    name: str
    kind: Literal["answers", "aside", "behind"]
    home: str


@dataclass(slots=True, eq=False)
class WaitingWork:
    """Work that waits in a lane. `quiet` work is nobody's business but its person's, so no sign is shown for it."""

    work: Work
    quiet: bool = True


@dataclass(slots=True)
class WorkLane:
    """A queue of work that is done one item after another, by a task that exists only while there is work.

    `sign` shows that somebody waits in it, and `lines` tell some of them how many are before them. `moved` is set, and
    replaced, whenever work leaves the queue.
    """

    waiting: deque[WaitingWork] = field(default_factory=deque)
    task: "asyncio.Task[None] | None" = None
    sign: "asyncio.Task[None] | None" = None
    lines: "set[asyncio.Task[None]]" = field(default_factory=set)
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def somebody_waits(self) -> bool:
        """Whether there is work for which a sign is shown."""
        return any(not one.quiet for one in self.waiting)

    def next(self) -> Work:
        """Take the first work out of the queue."""
        first = self.waiting.popleft()
        self.moved.set()
        self.moved = asyncio.Event()
        return first.work

    def tell_no_more(self) -> None:
        """Show neither a sign nor a line any more to those who wait."""
        for shown in filter(None, (self.sign, *self.lines)):
            shown.cancel()


@dataclass(frozen=True, slots=True)
class LanePosition:
    """The position of some work in its lane."""

    lane: WorkLane
    work: WaitingWork

    @property
    def now(self) -> int:
        """How many questions are answered before it, with the one that is being answered; 0 once its turn has come."""
        if self.work not in self.lane.waiting:
            return 0
        return 1 + sum(not one.quiet for one in takewhile(lambda one: one is not self.work, self.lane.waiting))

    async def changed(self, before: int) -> None:
        """Wait until the position is another than before."""
        while self.now == before:
            await self.lane.moved.wait()

    async def reached(self, position: int) -> None:
        """Wait until it is at a position."""
        while self.now != position:
            await self.lane.moved.wait()


ShowLine = Callable[[LanePosition], Coroutine[Any, Any, None]]
"""Tells somebody how many are before them, until their turn comes."""


@dataclass(frozen=True, slots=True)
class WorkLanes:
    """All lanes in which there is work."""

    show_waiting: ShowWaiting
    _lanes: dict[LaneKey, WorkLane] = field(default_factory=dict)

    def add(self, key: LaneKey, work: Work, *, quiet: bool = False, line: ShowLine | None = None) -> None:
        """Put work at the end of a lane. `line` is shown if it has to wait there."""
        lane = self._lanes.setdefault(key, WorkLane())
        waiting = WaitingWork(work, quiet)
        lane.waiting.append(waiting)
        if lane.task is None:
            lane.task = asyncio.create_task(self._run(key, lane))
            return
        if key.kind != "answers":
            return
        if not quiet and (lane.sign is None or lane.sign.done()):
            lane.sign = asyncio.create_task(self.show_waiting(key.place, lane.somebody_waits))
        if line:
            shown = asyncio.create_task(line(LanePosition(lane, waiting)))
            lane.lines.add(shown)
            shown.add_done_callback(lane.lines.discard)

    def add_behind(self, place: Place, name: str, work: Work) -> None:
        """Do work as soon as all answers are written that now wait in a place, in whichever conversation.

        Work of one name is done in its order.
        """
        passed: list[asyncio.Event] = []
        for key, lane in self._lanes.items():
            if key.place == place and key.kind == "answers":
                passed.append(asyncio.Event())
                lane.waiting.append(WaitingWork(partial(_pass, passed[-1])))

        async def behind() -> None:
            for event in passed:
                await event.wait()
            await work()

        self.add(LaneKey(place, name, "behind", self._here()[0].home), behind)

    def lead(self, place: Place, name: str) -> None:
        """Let the answers of a lane wait for the work that calls this, which is done in another."""
        key, here = self._here()
        passed = asyncio.Event()
        here.waiting.appendleft(WaitingWork(partial(_pass, passed)))
        self.add(LaneKey(place, name, "answers", key.home), partial(_until, passed))

    def busy(self, home: str) -> bool:
        """Whether there is work at a home."""
        return any(key.home == home for key in self._lanes)

    def drop(self, home: str) -> None:
        """Stop all work at a home at once, and forget what waits."""
        for key, lane in [one for one in self._lanes.items() if one[0].home == home]:
            del self._lanes[key]
            lane.waiting.clear()
            lane.tell_no_more()
            if lane.task:
                lane.task.cancel()

    async def drain(self, seconds: float) -> int:
        """Let running work finish for this many seconds, with what it begins meanwhile, then cancel it.

        Returns how many lanes that concerned.
        """
        ends = monotonic() + seconds
        late: set[asyncio.Task[None]] = set()
        while tasks := self._running():
            _, late = await asyncio.wait(tasks, timeout=max(0.0, ends - monotonic()))
            if late:
                break
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return len(late)

    def _running(self) -> "list[asyncio.Task[None]]":
        return [lane.task for lane in self._lanes.values() if lane.task and not lane.task.done()]

    def _here(self) -> tuple[LaneKey, WorkLane]:
        """The lane of the work that calls this."""
        return next(one for one in self._lanes.items() if one[1].task is asyncio.current_task())

    async def _run(self, key: LaneKey, lane: WorkLane) -> None:
        try:
            while lane.waiting:
                await lane.next()()
            self._leave(key, lane)
        except LeaseLost as lost:
            # Another process goes on where the database says.
            log.warning("work_lost", lease=str(lost))
            self._leave(key, lane)
            lane.tell_no_more()
        except BaseException:
            # What still waits is taken up by the next process.
            lane.tell_no_more()
            raise
        finally:
            if lane.sign:
                lane.sign.cancel()

    def _leave(self, key: LaneKey, lane: WorkLane) -> None:
        # In its place there may be a newer one by now.
        if self._lanes.get(key) is lane:
            del self._lanes[key]


async def _pass(event: asyncio.Event) -> None:
    event.set()


async def _until(event: asyncio.Event) -> None:
    await event.wait()
