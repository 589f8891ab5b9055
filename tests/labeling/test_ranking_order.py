"""With a reward model, people rank first what it is least sure of; without one, the queue is as it was."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from sqlmodel import select

from core.errors import PromptTooLong
from core.labeling.background.ranking_order import RankingOrder
from core.labeling.rules.reward_certainty import certainty
from core.labeling.service.task_contents import conversation
from core.models.registry import ModelRegistry
from core.models.scripted import ScriptedModel
from core.ports.model import PromptLine
from core.store.engine.database import Database
from core.store.labeling_tables import TaskRow, WorkItemRow
from tests.labeling.test_tree_lifecycle import PEOPLE, QUIET
from tests.labeling.village import PAIR, Village

pytestmark = pytest.mark.slow

QUESTIONS = ("Why is the sky blue?", "How deep is the sea?", "Who built the bridge?")
MANY = (*PEOPLE, "fay", "gil", "hal", "ida")


@dataclass(slots=True)
class Judge:
    """Is as sure of a question's answers as the table says: the difference of their rewards."""

    sure: dict[str, float]
    asked: list[tuple[str, Sequence[str]]] = field(default_factory=list)

    async def scores(self, lines: Sequence[PromptLine], answers: Sequence[str]) -> Sequence[float]:
        question = lines[-1].text
        self.asked.append((question, answers))
        if question not in self.sure:
            raise PromptTooLong("prompt-too-long", "far too long", tokens=9, window=5)
        return [number * self.sure[question] for number in range(len(answers))]


async def three_rankings(store: Database) -> Village:
    """A village where the answers to three questions wait to be ranked."""
    village = Village(store, replace(QUIET, limits=PAIR))
    await village.settle_in(*MANY)
    for asker, question in zip(("fay", "gil", "hal"), QUESTIONS, strict=True):
        await village.writes(asker, question)
        await village.accepts("label_initial_prompt", "ben", "cleo")
        for name in ("ana", "dan"):
            await village.writes(name, f"{name} on: {question}", "assistant_reply")
        for _ in range(2):
            await village.accepts("label_assistant_reply", "ben", "cleo")
    return village


def models() -> ModelRegistry:
    return ModelRegistry({"scripted": lambda: ScriptedModel(["Well."])}, "scripted")


async def asked(village: Village, task: TaskRow) -> str:
    """The question whose answers a task ranks."""
    return await village.store.read(lambda session: conversation(session, task)[-1].text)


@pytest.mark.in_the_store
async def test_what_the_model_is_least_sure_of_comes_first(store: Database) -> None:
    village = await three_rankings(store)
    judge = Judge({QUESTIONS[0]: 2.0, QUESTIONS[1]: 0.1, QUESTIONS[2]: 0.7})
    order = RankingOrder(store, models(), judge)
    assert [await order.order() for _ in range(4)] == [True, True, True, False]
    assert [question for question, _ in judge.asked] == list(QUESTIONS)
    assert sorted(judge.asked[0][1]) == [f"ana on: {QUESTIONS[0]}", f"dan on: {QUESTIONS[0]}"]
    village.assigner = replace(village.assigner, uncertain_first=True)
    given = [await village.gets("eva", "rank_assistant_replies") for _ in range(3)]
    assert [await asked(village, task) for task in given] == [QUESTIONS[1], QUESTIONS[2], QUESTIONS[0]]


async def test_what_is_too_long_for_the_model_is_passed_over(store: Database) -> None:
    village = await three_rankings(store)
    places = {row.id: row.rnd for row in await items(village)}
    order = RankingOrder(store, models(), Judge({QUESTIONS[2]: 0.5}))
    assert [await order.order() for _ in range(4)] == [True, True, True, False]
    assert sum(places[row.id] != row.rnd for row in await items(village)) == 1


async def items(village: Village) -> Sequence[WorkItemRow]:
    ranks = select(WorkItemRow).where(WorkItemRow.kind == "rank_assistant_replies")
    return await village.store.read(lambda session: session.exec(ranks).all())


async def test_people_who_wait_for_an_answer_come_first(store: Database) -> None:
    await three_rankings(store)
    offered, judge = models(), Judge(dict.fromkeys(QUESTIONS, 1.0))
    async with offered.get().queue.turn("somebody", "else"):
        assert not await RankingOrder(store, offered, judge).order()
    assert judge.asked == []


@pytest.mark.parametrize(
    ("rewards", "sure"),
    [([1.0, 1.0], 0.0), ([], 1.0), ([2.0], 1.0), ([0.0, 2.0], 0.7616), ([0.0, 0.0, 2.0], 0.5077), ([-50.0, 50.0], 1.0)],
)
def test_certainty_is_the_mean_over_pairs(rewards: Sequence[float], sure: float) -> None:
    assert certainty(rewards) == pytest.approx(sure, abs=1e-4)
    assert certainty(rewards[::-1]) == certainty(rewards)
