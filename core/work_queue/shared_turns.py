"""The queues in front of models that several processes share: the turns are in the database.

A turn counts for as long as its process renews it. So whoever falls silent has none soon, and whoever can reach the
database no more keeps what it has: an answer that is being written goes on.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby

import structlog

from core.errors import BusyError, StoreError
from core.models.fair_queue import OnPosition, interleaved
from core.ports.store import Store
from core.store import model_turns
from core.store.model_turns import LineLength, ModelLine, WaitingTurns
from core.store.tables import new_id
from core.work_queue.leased_queue import Hear

log = structlog.get_logger()

COUNTS, BEAT = 12.0, 3.0
"""Seconds for which a turn counts without being renewed, and between two renewals."""

PACE = 0.5
"""Seconds between two looks at the positions of those that wait here."""


@dataclass(slots=True, eq=False)
class _OwnTurn:
    """A turn of this process. `come` tells whether it has come or, if it is False, that it counts no more."""

    on_position: OnPosition | None
    come: "asyncio.Future[bool]"
    entered: bool = False
    held: bool = False
    position: int = 0

    @property
    def waits(self) -> bool:
        return self.entered and not self.come.done() and not self.held


@dataclass(slots=True)
class SharedFairQueue:
    """A `ModelQueue` in front of a model that several processes use; its `length` and `held` are those of all.

    The store is the one without a fence: turns end with their work, whoever goes on with it.
    """

    store: Store
    line: ModelLine
    _turns: dict[str, _OwnTurn] = field(default_factory=dict)
    _now: LineLength = LineLength(0, 0)
    _changed: bool = False
    _telling: "asyncio.Task[None] | None" = None
    _leaving: "set[asyncio.Task[None]]" = field(default_factory=set)

    @property
    def slots(self) -> int:
        return self.line.slots

    @property
    def length(self) -> int:
        return self._now.waiting

    @property
    def held(self) -> int:
        return self._now.held

    @asynccontextmanager
    async def turn(self, tenant: str, person: str, on_position: OnPosition | None = None) -> AsyncIterator[None]:
        """Wait for a slot and hold it for the body. Raises StoreError, too, if the database cannot be reached."""
        id = await self._entered(tenant, person, on_position)
        try:
            yield
        finally:
            self._leave(id)

    async def _entered(self, tenant: str, person: str, on_position: OnPosition | None) -> str:
        while True:
            id, mine = new_id(), _OwnTurn(on_position, asyncio.get_running_loop().create_future())
            # It is known before it is committed: its turn may come before we hear of that.
            self._turns[id] = mine
            try:
                mine.held = await self._come(id, mine, tenant, person)
            finally:
                if not mine.held:
                    # It may be there all the same, and its turn may have come at the same moment.
                    self._leave(id)
            if mine.held:
                return id
            # We were silent for so long that others took us for dead: come again.

    async def _come(self, id: str, mine: _OwnTurn, tenant: str, person: str) -> bool:
        """Wait for a turn. Returns False if it counts no more. Raises BusyError and StoreError."""
        entering = partial(model_turns.enter, line=self.line, turn=id, tenant=tenant, person=person)
        held = await self.store.write(entering)
        if held is None:
            del self._turns[id]
            raise BusyError("queue-full")
        mine.entered, mine.held = True, held
        self._look()
        return held or await mine.come

    def _leave(self, id: str) -> None:
        """End a turn in the background: whoever had it need not wait for the database."""
        if self._turns.pop(id, None) is None:
            return
        task = asyncio.create_task(self._left(id))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _left(self, id: str) -> None:
        try:
            await self.store.write(partial(model_turns.leave, line=self.line, turn=id))
        except StoreError as error:
            # It is not renewed any more, so it ends by itself.
            log.warning("turn_not_left", model=self.line.model, error=error)

    def came(self, id: str) -> None:
        """Note that a turn has come."""
        mine = self._turns.get(id)
        if mine and not mine.come.done():
            mine.come.set_result(True)

    def changed(self, now: LineLength) -> None:
        """Note how many hold and await a turn now, so that positions may be others."""
        self._now = now
        self._look()

    async def renew(self) -> None:
        """Let our turns count for longer, and look after those that wait. Raises StoreError."""
        ours = {id: mine for id, mine in self._turns.items() if mine.entered}
        if not ours:
            return
        found = await self.store.write(partial(model_turns.renew, line=self.line, turns=list(ours)))
        for id, mine in ours.items():
            if mine.waits and found.get(id) is not False:
                mine.come.set_result(id in found)

    async def aclose(self) -> None:
        """Wait until what was ended here is ended for all."""
        if self._telling:
            self._telling.cancel()
        await asyncio.gather(*self._leaving, return_exceptions=True)

    def _look(self) -> None:
        """Tell those that wait their positions soon, if they have changed."""
        self._changed = any(mine.waits for mine in self._turns.values())
        if self._changed and (self._telling is None or self._telling.done()):
            self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        while self._changed:
            self._changed = False
            try:
                waiting = await self.store.read(partial(model_turns.order, model=self.line.model))
            except StoreError as error:
                log.warning("positions_not_read", model=self.line.model, error=error)
            else:
                self._tell_positions(waiting)
            await asyncio.sleep(PACE)

    def _tell_positions(self, waiting: WaitingTurns) -> None:
        tenants = [list(rows) for _, rows in groupby(waiting, key=lambda row: row[0])]
        in_order = interleaved(
            [interleaved([list(rows) for _, rows in groupby(tenant, key=lambda row: row[1])]) for tenant in tenants]
        )
        for position, (_, _, id) in enumerate(in_order, 1):
            mine = self._turns.get(id)
            if mine and mine.waits and mine.position != position:
                mine.position = position
                if mine.on_position:
                    mine.on_position(position)


@dataclass(slots=True)
class ModelTurns:
    """The queues of all models whose turns this process shares with others."""

    store: Store
    seconds: float = COUNTS
    _queues: dict[str, SharedFairQueue] = field(default_factory=dict)

    def queue(self, model: str, slots: int, waiting: int) -> SharedFairQueue:
        """The queue of a model with so many slots, in which so many others may wait."""
        made = SharedFairQueue(self.store, ModelLine(model, slots, waiting, self.seconds))
        self._queues[model] = made
        return made

    def hear(self, subjects: dict[str, Hear]) -> None:
        """Hear what other processes tell about turns."""
        subjects[model_turns.TURN] = self._turn_came
        subjects[model_turns.LINE] = self._line_changed

    async def run(self) -> None:
        """Let our turns count for as long as this runs; until cancelled."""
        try:
            while True:
                await self._renew()
                await asyncio.sleep(min(BEAT, self.seconds / 4))
        finally:
            for queue in self._queues.values():
                await queue.aclose()

    async def _renew(self) -> None:
        for queue in list(self._queues.values()):
            try:
                await queue.renew()
            except StoreError as error:
                log.warning("turns_not_renewed", model=queue.line.model, error=error)

    def _turn_came(self, id: str) -> None:
        for queue in self._queues.values():
            queue.came(id)

    def _line_changed(self, about: str) -> None:
        model, now = model_turns.told_of(about)
        if queue := self._queues.get(model):
            queue.changed(now)
