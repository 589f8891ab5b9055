"""Several processes over one database: every event is worked on once, in order, whoever falls silent."""

import asyncio
from dataclasses import dataclass, field

import pytest
from sqlmodel import col, select

from core.errors import LeaseLost
from core.models.scripted import ScriptedModel
from core.store.engine.database import Database
from core.store.tables import MessageRow
from core.work_queue.fencing import FencedChat
from core.work_queue.held_leases import Lease
from tests.dialogue import HERE, Dialogue
from tests.paper import PaperChat
from tests.work_queue.process import sharing

pytestmark = pytest.mark.postgres

SHORT = 1.0
"""Seconds of a lease that is to end within a test."""


@dataclass(frozen=True, slots=True)
class HeldModel:
    """A model that begins to answer, and goes on when it is told to."""

    text: str
    slots: int = 4
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    going_on: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def model(self) -> ScriptedModel:
        return ScriptedModel([self.text], pace=self._pace, slots=self.slots)

    async def _pace(self) -> None:
        self.begun.set()
        await self.going_on.wait()


async def written(store: Database) -> list[str]:
    """The texts of all answers."""
    found = select(MessageRow.text).where(MessageRow.role == "assistant").order_by(col(MessageRow.created_at))
    return list(await store.read(lambda session: session.exec(found).all()))


async def test_what_one_process_accepts_another_answers(ana: Dialogue, chat: PaperChat, postgres_url: str) -> None:
    async with sharing(postgres_url, chat):
        (await ana.says("Hello")).expect("You said: Hello")
        (await ana.says("And now?")).expect("You said: And now?")


async def test_what_was_accepted_before_there_was_a_worker_is_answered(
    ana: Dialogue, chat: PaperChat, postgres_url: str
) -> None:
    question = ana.message("Is anybody there?")
    await ana.send(question)
    async with sharing(postgres_url, chat):
        (await ana.finished(f"{question.key}#answer")).expect("Is anybody there?")


@pytest.mark.slow
async def test_several_workers_answer_each_question_once_and_in_order(
    ana: Dialogue, chat: PaperChat, postgres_url: str
) -> None:
    people = [ana.elsewhere(f"room {number}") for number in range(8)]
    async with sharing(postgres_url, chat) as one, sharing(postgres_url, chat) as two:
        questions = [person.message(f"{number}") for number in range(4) for person in people]
        await asyncio.gather(*(asyncio.create_task(ana.send(question)) for question in questions[:8]))
        for question in questions[8:]:
            await ana.send(question)
        for question in questions:
            (await ana.finished(f"{question.key}#answer")).expect(f"You said: {question.text}")
        await chat.until(lambda: len(chat.finished) == len(questions))
        assert chat.sends == len(questions)
        shares = [len(process.leases.held) for process in (one, two)]
        assert sum(shares) == len(people)
    for person in people:
        # By its time, each answer came after the one to the question before.
        mine = [key for key in chat.finished if key in {q.key for q in questions if q.place == person.place}]
        assert mine == [q.key for q in questions if q.place == person.place]


@pytest.mark.slow
async def test_a_worker_that_falls_silent_loses_its_work_and_can_write_and_send_nothing_more(
    ana: Dialogue, chat: PaperChat, postgres_url: str
) -> None:
    slow = HeldModel("from the silent one")
    async with sharing(postgres_url, chat, model=slow.model, seconds=SHORT) as silent:
        question = ana.message("Who answers?")
        await ana.send(question)
        await slow.begun.wait()
        await silent.freeze()
        async with sharing(postgres_url, chat, model=ScriptedModel(["from the other one"]), seconds=SHORT) as other:
            answer = await ana.finished(f"{question.key}#answer")
            answer.expect("from the other one")
            slow.going_on.set()
            await silent.core.router.drain(20)
            assert chat.shown[answer.id].text == answer.reply.text
            assert await written(other.store) == ["from the other one"]
            (await ana.says("Still there?")).expect("from the other one")


@pytest.mark.slow
async def test_work_that_was_given_up_for_fear_of_a_lost_lease_is_done_before_what_comes_later(
    ana: Dialogue, chat: PaperChat, postgres_url: str
) -> None:
    slow = HeldModel("at last")
    async with sharing(postgres_url, chat, model=slow.model) as worker:
        questions = first, second, third = [ana.message(text) for text in ("First", "Second", "Third")]
        await ana.send(first)
        await slow.begun.wait()
        await ana.send(second)
        # As after a pause that was almost as long as the lease: nobody else has it, but it might have been so.
        (lease,) = worker.leases.held.values()
        lease.until = 0.0
        slow.going_on.set()
        await worker.core.router.drain(20)
        await ana.send(third)
        for question in questions:
            (await ana.finished(f"{question.key}#answer")).expect("at last")
        await chat.until(lambda: len(chat.finished) == len(questions))
        assert chat.finished == [question.key for question in questions]
        asked = select(MessageRow.platform_id).where(MessageRow.role == "prompter").order_by(col(MessageRow.created_at))
        told = await worker.store.read(lambda session: session.exec(asked).all())
        assert told == [question.id for question in questions]


async def test_no_sign_is_shown_under_a_lease_that_may_be_lost(chat: PaperChat) -> None:
    lease, fenced = Lease("paper/server/room", 1, 0.0), FencedChat(chat)
    with lease.bound():
        assert await fenced.typing(HERE)
        with pytest.raises(LeaseLost):
            await fenced.delete(HERE, "m1")
    assert not chat.typed


async def test_a_worker_that_is_stopped_hands_over_what_it_has_not_finished(
    ana: Dialogue, chat: PaperChat, postgres_url: str
) -> None:
    slow = HeldModel("never")
    async with sharing(postgres_url, chat, model=slow.model) as stopped, sharing(postgres_url, chat, ()) as idle:
        question = ana.message("Will you go on?")
        await ana.send(question)
        await slow.begun.wait()
        async with sharing(postgres_url, chat):
            await stopped.stop()
            (await ana.finished(f"{question.key}#answer")).expect("You said: Will you go on?")
        assert not idle.leases.held


@pytest.mark.slow
async def test_an_answer_is_handed_over_as_often_as_workers_are_stopped(
    ana: Dialogue, chat: PaperChat, postgres_url: str
) -> None:
    question = ana.message("How often?")
    await ana.send(question)
    for _ in range(4):
        slow = HeldModel("never")
        async with sharing(postgres_url, chat, model=slow.model) as stopped:
            await slow.begun.wait()
            await stopped.stop()
    async with sharing(postgres_url, chat):
        (await ana.finished(f"{question.key}#answer")).expect("You said: How often?")


async def test_a_worker_that_is_stopped_leases_nothing_more(ana: Dialogue, chat: PaperChat, postgres_url: str) -> None:
    async with sharing(postgres_url, chat, seconds=60) as stopped:
        question = ana.message("Anybody?")
        # It is on the way to the lease when it is asked to stop.
        stopped.queue.homes.heard("paper/server/room")
        await asyncio.gather(ana.send(question), stopped.stop())
    async with sharing(postgres_url, chat):
        await ana.finished(f"{question.key}#answer")


async def test_a_duplicate_is_dropped_whichever_process_it_comes_to(
    ana: Dialogue, chat: PaperChat, postgres_url: str
) -> None:
    async with sharing(postgres_url, chat) as worker, sharing(postgres_url, chat, ()) as other:
        question = ana.message("Once?")
        await asyncio.gather(*(process.core.router.handle(question) for process in (worker, other, worker)))
        await ana.finished(f"{question.key}#answer")
        await worker.core.router.drain(20)
        assert chat.sends == 1
