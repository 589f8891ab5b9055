"""Which process leases what: work is shared evenly, and nobody asks for what another one holds."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
from sqlmodel import Session

from core.models.scripted import ScriptedModel
from core.ports.store import Store
from tests.dialogue import Dialogue
from tests.paper import PaperChat
from tests.work_queue.process import sharing

pytestmark = pytest.mark.postgres

T = TypeVar("T")
ROOMS = 16


@dataclass(slots=True)
class CountedStore:
    """A store that counts what is written to it."""

    store: Store
    written: int = 0

    async def write(self, unit: Callable[[Session], T]) -> T:
        self.written += 1
        return await self.store.write(unit)

    async def read(self, unit: Callable[[Session], T]) -> T:
        return await self.store.read(unit)


@dataclass(slots=True)
class Crowd:
    """A model that answers nobody before so many have asked."""

    expected: int
    asked: int = 0
    all_here: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def model(self) -> ScriptedModel:
        return ScriptedModel(["yes"], pace=self._pace, slots=self.expected)

    async def _pace(self) -> None:
        self.asked += 1
        if self.asked >= self.expected:
            self.all_here.set()
        await self.all_here.wait()


@pytest.mark.slow
async def test_what_comes_at_once_is_shared_evenly(ana: Dialogue, chat: PaperChat, postgres_url: str) -> None:
    crowd = Crowd(ROOMS)
    async with (
        sharing(postgres_url, chat, model=crowd.model) as one,
        sharing(postgres_url, chat, model=crowd.model) as two,
    ):
        questions = [ana.elsewhere(f"room {number}").message("Hello") for number in range(ROOMS)]
        await asyncio.gather(*map(ana.core.router.handle, questions))
        async with asyncio.timeout(20):
            await crowd.all_here.wait()
        held = [len(process.leases.held) for process in (one, two)]
        assert sum(held) == ROOMS
        assert max(held) - min(held) <= 4, held
        for question in questions:
            await ana.finished(f"{question.key}#answer")


async def test_what_another_process_holds_is_not_asked_for_again(
    ana: Dialogue, chat: PaperChat, postgres_url: str
) -> None:
    async with sharing(postgres_url, chat):
        await ana.says("Hello")
        async with sharing(postgres_url, chat) as other:
            other.queue.homes.claims.store = counted = CountedStore(other.store)
            for number in range(4):
                await ana.says(f"Question {number}")
            assert counted.written <= 1


@pytest.mark.slow
async def test_what_was_given_back_while_nothing_was_to_be_done_is_found(
    ana: Dialogue, chat: PaperChat, postgres_url: str
) -> None:
    async with sharing(postgres_url, chat) as one:
        await ana.says("Hello")
        async with sharing(postgres_url, chat):
            # From now on, the other one knows whose the home is.
            await ana.says("Are you there?")
            await one.stop()
            (await ana.says("And you?")).expect("You said: And you?")
