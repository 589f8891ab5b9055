"""Queues of work, one for each conversation: what is in the same lane is done one after another."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from core.messages import Place

Work = Callable[[], Awaitable[None]]

ShowWaiting = Callable[[Place, Callable[[], bool]], Coroutine[Any, Any, None]]
"""Shows in a place that somebody waits there, as long as the function says so."""


@dataclass(frozen=True, slots=True)
class LaneKey:
    """A lane: of the `answers` of a conversation, or of what is done `aside` from all answers in a place.

    In a lane of the kind `behind`, work waits for the answers that were there before it. The `name` tells lanes apart;
    a conversation that has got a thread goes on in its lane, whichever place an event comes from.
    """

    place: Place = field(compare=False)
    name: str
    kind: Literal["answers", "aside", "behind"]


@dataclass(slots=True)
class WorkLane:
    """A queue of work that is done one item after another, by a task that exists only while there is work.

    `sign` shows that somebody waits in it.
    """

    waiting: deque[Work] = field(default_factory=deque)
    task: "asyncio.Task[None] | None" = None
    sign: "asyncio.Task[None] | None" = None


@dataclass(frozen=True, slots=True)
class WorkLanes:
    """All lanes in which there is work."""

    show_waiting: ShowWaiting
    _lanes: dict[LaneKey, WorkLane] = field(default_factory=dict)

    def add(self, key: LaneKey, work: Work) -> None:
        """Put work at the end of a lane."""
        lane = self._lanes.setdefault(key, WorkLane())
        lane.waiting.append(work)
        if lane.task is None:
            lane.task = asyncio.create_task(self._run(key, lane))
        elif key.kind == "answers" and (lane.sign is None or lane.sign.done()):
            lane.sign = asyncio.create_task(self.show_waiting(key.place, partial(bool, lane.waiting)))

    def add_behind(self, place: Place, name: str, work: Work) -> None:
        """Do work as soon as all answers are written that now wait in a place, in whichever conversation.

        Work of one name is done in its order.
        """
        passed: list[asyncio.Event] = []
        for key, lane in self._lanes.items():
            if key.place == place and key.kind == "answers":
                passed.append(asyncio.Event())
                lane.waiting.append(partial(_pass, passed[-1]))

        async def behind() -> None:
            for event in passed:
                await event.wait()
            await work()

        self.add(LaneKey(place, name, "behind"), behind)

    def lead(self, place: Place, name: str) -> None:
        """Let the answers of a lane wait for the work that calls this, which is done in another."""
        here = next(lane for lane in self._lanes.values() if lane.task is asyncio.current_task())
        passed = asyncio.Event()
        here.waiting.appendleft(partial(_pass, passed))
        self.add(LaneKey(place, name, "answers"), partial(_until, passed))

    async def drain(self, seconds: float) -> int:
        """Let running work finish for this many seconds, then cancel it. Returns how many lanes that concerned."""
        tasks = [lane.task for lane in self._lanes.values() if lane.task]
        if not tasks:
            return 0
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return len(late)

    async def _run(self, key: LaneKey, lane: WorkLane) -> None:
        try:
            while lane.waiting:
                await lane.waiting.popleft()()
            del self._lanes[key]
        finally:
            if lane.sign:
                lane.sign.cancel()


async def _pass(event: asyncio.Event) -> None:
    event.set()


async def _until(event: asyncio.Event) -> None:
    await event.wait()
