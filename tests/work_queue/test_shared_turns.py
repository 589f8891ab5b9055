"""The queue in front of a model that several processes share: one order, one number of slots, whoever falls silent."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from random import Random

import pytest
from sqlmodel import Session, col, delete

from cli.wiring.models import registry
from config.settings import load
from core.errors import BusyError, StoreError
from core.models.fair_queue import FairQueue, interleaved
from core.models.scripted import ScriptedModel
from core.ports.store import Store
from core.store import model_turns
from core.store.engine.database import Database, connect
from core.store.engine.units import T, Unit, connection_of
from core.store.model_turn_table import ModelTurnRow
from core.store.model_turns import ModelLine
from core.work_queue.held_leases import HeldLeases
from core.work_queue.leased_homes import LeasedHomes
from core.work_queue.leased_queue import LeasedQueue
from core.work_queue.shared_turns import ModelTurns, SharedFairQueue
from tests.dialogue import Dialogue
from tests.models.test_fair_queue import Scene, settle
from tests.paper import PaperChat
from tests.work_queue.process import sharing
from tests.work_queue.test_leased_queue import HeldModel

pytestmark = pytest.mark.postgres

SHORT = 1.0
"""Seconds for which a turn counts, where that is to end within a test."""

LIMIT, LOOK = 20.0, 0.02


@dataclass(slots=True)
class BrokenStore:
    """A store that can be cut off from its database."""

    store: Store
    reached: bool = True

    async def write(self, unit: Unit[T]) -> T:
        if not self.reached:
            raise StoreError("cut off")
        return await self.store.write(unit)

    async def read(self, unit: Unit[T]) -> T:
        if not self.reached:
            raise StoreError("cut off")
        return await self.store.read(unit)


@dataclass(slots=True)
class Turns:
    """A process whose people wait at a model. `freeze` lets it fall silent."""

    queue: SharedFairQueue
    store: BrokenStore
    running: Sequence["asyncio.Task[None]"]
    admitted: dict[str, asyncio.Event] = field(default_factory=dict)
    leaving: dict[str, asyncio.Event] = field(default_factory=dict)
    tasks: "dict[str, asyncio.Task[None]]" = field(default_factory=dict)
    positions: "dict[str, asyncio.Queue[int]]" = field(default_factory=dict)

    def come(self, name: str) -> asyncio.Event:
        """Let somebody come; a name is "tenant/person". Returns what is set once it is their turn."""
        self.admitted[name], self.leaving[name] = asyncio.Event(), asyncio.Event()
        self.positions[name] = asyncio.Queue()
        self.tasks[name] = asyncio.create_task(self._stay(name))
        return self.admitted[name]

    async def _stay(self, name: str) -> None:
        tenant, person = name.split("/")
        async with self.queue.turn(tenant, person, self.positions[name].put_nowait):
            self.admitted[name].set()
            await self.leaving[name].wait()

    async def position(self, name: str) -> int:
        async with asyncio.timeout(LIMIT):
            return await self.positions[name].get()

    async def counts(self, held: int, waiting: int) -> None:
        """Wait until it knows that so many hold a turn, and so many wait for one, in all processes."""
        for _ in range(int(LIMIT / LOOK)):
            if (self.queue.held, self.queue.length) == (held, waiting):
                return
            await asyncio.sleep(LOOK)
        raise AssertionError(f"{self.queue.held} hold a turn, {self.queue.length} wait")

    async def leave(self, name: str) -> None:
        self.leaving[name].set()
        await self.tasks[name]

    async def freeze(self) -> None:
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)


async def comes(turn: asyncio.Event) -> None:
    async with asyncio.timeout(LIMIT):
        await turn.wait()


@asynccontextmanager
async def process(url: str, slots: int = 1, waiting: int = 9, seconds: float = 12.0) -> AsyncIterator[Turns]:
    """A process that shares the turns at a model with others."""
    opened = connect(url)
    store = BrokenStore(opened)
    turns = ModelTurns(store, seconds)
    news = LeasedQueue(opened, opened.url, LeasedHomes(opened, HeldLeases(opened, "nobody"), ()))
    turns.hear(news.subjects)
    running = [asyncio.create_task(work) for work in (news.run(), turns.run())]
    people = Turns(turns.queue("big", slots, waiting), store, running)
    try:
        yield people
    finally:
        for task in people.tasks.values():
            task.cancel()
        await asyncio.gather(*people.tasks.values(), return_exceptions=True)
        await people.freeze()
        await people.queue.aclose()
        await opened.close()


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[Database]:
    opened = connect(postgres_url)
    yield opened
    await opened.close()


async def test_a_slot_goes_from_process_to_process(postgres_url: str) -> None:
    async with process(postgres_url) as one, process(postgres_url) as two:
        await comes(one.come("a/ana"))
        bo = two.come("a/bo")
        assert await two.position("a/bo") == 1
        cy = one.come("b/cy")
        assert await one.position("b/cy") == 2
        await one.leave("a/ana")
        await comes(bo)
        assert await one.position("b/cy") == 1
        assert not cy.is_set()
        await two.leave("a/bo")
        await comes(cy)


async def test_each_process_knows_how_many_there_are_in_all(postgres_url: str) -> None:
    async with process(postgres_url, slots=2) as one, process(postgres_url, slots=2) as two:
        await asyncio.gather(comes(one.come("a/ana")), comes(two.come("a/bo")))
        two.come("a/cy")
        assert await two.position("a/cy") == 1
        one.come("a/di")
        assert await one.position("a/di") == 2
        await one.counts(held=2, waiting=2)
        # What others do is read twice a second at most; whoever comes reads at once.
        two.come("a/ed")
        assert await two.position("a/ed") == 3
        await two.counts(held=2, waiting=3)


async def test_too_many_are_turned_away_wherever_they_wait(postgres_url: str) -> None:
    async with process(postgres_url, waiting=1) as one, process(postgres_url, waiting=1) as two:
        await comes(one.come("a/ana"))
        one.come("a/bo")
        await one.position("a/bo")
        with pytest.raises(BusyError) as refused:
            async with two.queue.turn("b", "cy"):
                pass
        assert refused.value.key == "queue-full"


@pytest.mark.slow
async def test_the_turns_of_a_process_that_falls_silent_end(postgres_url: str) -> None:
    async with process(postgres_url, seconds=SHORT) as silent, process(postgres_url, seconds=SHORT) as other:
        await comes(silent.come("a/ana"))
        silent.come("a/bo")
        await silent.position("a/bo")
        cy = other.come("a/cy")
        assert await other.position("a/cy") == 2
        await silent.freeze()
        # Nobody comes or leaves any more: whoever waits looks after the others.
        await comes(cy)


async def test_whoever_was_taken_for_dead_while_waiting_comes_again(postgres_url: str, store: Database) -> None:
    async with process(postgres_url, seconds=SHORT) as people:
        await comes(people.come("a/ana"))
        bo = people.come("a/bo")
        await people.position("a/bo")

        def unit(session: Session) -> None:
            connection_of(session).execute(delete(ModelTurnRow).where(col(ModelTurnRow.held).is_(False)))

        await store.write(unit)
        await people.leave("a/ana")
        await comes(bo)


async def test_whoever_gives_up_makes_room(postgres_url: str) -> None:
    async with process(postgres_url) as one, process(postgres_url) as two:
        await comes(one.come("a/ana"))
        one.come("a/bo")
        await one.position("a/bo")
        cy = two.come("a/cy")
        assert await two.position("a/cy") == 2
        one.tasks["a/bo"].cancel()
        assert await two.position("a/cy") == 1
        await one.leave("a/ana")
        await comes(cy)


@pytest.mark.slow
async def test_a_turn_goes_on_without_the_database_and_ends_for_others_when_it_is_silent(postgres_url: str) -> None:
    async with process(postgres_url, seconds=SHORT) as cut, process(postgres_url, seconds=SHORT) as other:
        await comes(cut.come("a/ana"))
        bo = other.come("a/bo")
        assert await other.position("a/bo") == 1
        cut.store.reached = False
        with pytest.raises(StoreError):
            async with cut.queue.turn("a", "cy"):
                pass
        assert not cut.tasks["a/ana"].done()
        await cut.leave("a/ana")
        await comes(bo)


@pytest.mark.slow
async def test_a_turn_counts_for_as_long_as_its_process_lives(postgres_url: str) -> None:
    async with process(postgres_url, seconds=SHORT) as one, process(postgres_url, seconds=SHORT) as other:
        await comes(one.come("a/ana"))
        bo = other.come("a/bo")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2 * SHORT):
                await bo.wait()
        await one.leave("a/ana")
        await comes(bo)


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody comes or goes; then these were admitted in their order, and those wait in theirs."""

    comes: bool
    name: str
    admitted: Sequence[str]
    waiting: Sequence[str]


async def played(chance: Random, slots: int) -> Sequence[Step]:
    """What the queue of one process does with people who come, leave and give up at random."""
    scene, steps = Scene(FairQueue(slots, waiting=6)), []
    here: list[str] = []
    for number in range(60):
        if arrives := not here or chance.random() < 0.55:
            name = f"{chance.choice('abc')}/{chance.choice('xyz')}/{number}"
            await scene.come(name)
            if scene.tasks[name].done():
                # It was turned away.
                with pytest.raises(BusyError):
                    await scene.tasks[name]
            else:
                here.append(name)
        else:
            name = here.pop(chance.randrange(len(here)))
            scene.leaving[name].set()
            scene.tasks[name].cancel()
            await settle()
        places = {one: scene.told[one][-1] for one in here if one not in scene.admitted}
        steps.append(Step(arrives, name, list(scene.admitted), sorted(places, key=places.__getitem__)))
    for task in scene.tasks.values():
        task.cancel()
    await asyncio.gather(*scene.tasks.values(), return_exceptions=True)
    return steps


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
async def test_the_order_is_that_of_one_process(store: Database, seed: int) -> None:
    slots = 1 + seed % 3
    steps = await played(Random(seed), slots)
    line = ModelLine("big", slots, 6, 60.0)

    def unit(session: Session) -> None:
        held: list[str] = []
        for step in steps:
            if step.comes:
                tenant, person, _ = step.name.split("/")
                model_turns.enter(session, line, step.name, tenant, person)
            else:
                model_turns.leave(session, line, step.name)
            now = [id for id, held in model_turns.renew(session, line, [one.name for one in steps]).items() if held]
            held += [id for id in now if id not in held]
            assert held == step.admitted
            assert in_turn(model_turns.order(session, "big")) == step.waiting

    await store.write(unit)


def in_turn(waiting: model_turns.WaitingTurns) -> Sequence[str]:
    tenants = [list(rows) for _, rows in groupby(waiting, key=lambda row: row[0])]
    people = [[list(rows) for _, rows in groupby(tenant, key=lambda row: row[1])] for tenant in tenants]
    return [id for _, _, id in interleaved([interleaved(tenant) for tenant in people])]


async def test_people_of_two_workers_wait_in_one_line(postgres_url: str) -> None:
    chat, slow = PaperChat(), HeldModel("Hello", slots=1)
    async with sharing(postgres_url, chat, ()) as ingress, sharing(postgres_url, chat, model=slow.model) as one:
        ana = Dialogue(ingress.core, chat)
        first, second = ana.message("Hello?"), ana.elsewhere("another room").message("And me?")
        await ana.send(first)
        await slow.begun.wait()
        await one.queue.stop()
        async with sharing(postgres_url, chat, model=ScriptedModel(["At last"], slots=1)):
            await ana.send(second)
            answer = f"{second.key}#answer"
            await chat.until(lambda: answer in chat.shown and "You are next" in chat.shown[answer].status)
            slow.going_on.set()
            (await ana.finished(f"{first.key}#answer")).expect("Hello")
            (await ana.finished(answer)).expect("At last")


async def test_only_models_elsewhere_have_a_line_that_is_shared(tmp_path: Path, store: Database) -> None:
    urls = "http://127.0.0.1:1/v1, http://127.0.0.1:2/v1"
    settings = load(environment={"PARLEY_HOME": str(tmp_path), "PARLEY_MODEL__SERVERS__BIG__URL": urls})
    models = registry(settings, ModelTurns(store).queue)
    big = models.get("big").queue
    assert isinstance(big, SharedFairQueue)
    assert big.slots == 2 * settings.model.servers["big"].slots
    assert isinstance(models.get().queue, FairQueue)
    await models.aclose()
