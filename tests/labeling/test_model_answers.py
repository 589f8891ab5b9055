"""The model's own answers enter trees while it has nothing else to do, and people rank them blind."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlmodel import select

from core.labeling.background.model_answers import AnswerSampler
from core.models.registry import ModelRegistry
from core.models.scripted import ScriptedModel
from core.ports.model import PromptLine
from core.store.engine.database import Database
from core.store.labeling_tables import TaskRow, TreeMessageRow
from tests.labeling.test_tree_lifecycle import PEOPLE, QUIET
from tests.labeling.village import Village


@pytest.fixture
async def village(store: Database) -> Village:
    made = Village(store, QUIET)
    await made.settle_in(*PEOPLE)
    await made.writes("ana", "Why is the sky blue?")
    await made.accepts("label_initial_prompt", "ben", "cleo")
    return made


def sampler(village: Village, said: Sequence[str]) -> tuple[AnswerSampler, ModelRegistry]:
    left = list(said)

    def say(lines: Sequence[PromptLine]) -> str:
        return left.pop(0)

    model = ScriptedModel(say, name="scripted")
    models = ModelRegistry({"scripted": lambda: model}, "scripted")
    return AnswerSampler(village.store, village.keeper, models, 2, lambda: village.now), models


async def test_each_prompt_gets_so_many_answers_and_no_more(village: Village) -> None:
    sampling, models = sampler(village, ["One.", "Two.", "Three."])
    models.get()
    assert [await sampling.sample() for _ in range(3)] == [True, True, False]
    rows = await village.store.read(lambda s: s.exec(select(TreeMessageRow).where(TreeMessageRow.synthetic)).all())
    assert sorted((row.text, row.model, row.review_result) for row in rows) == [
        ("One.", "scripted", True),
        ("Two.", "scripted", True),
    ]


async def test_a_model_that_nobody_uses_is_not_started_for_it(village: Village) -> None:
    sampling, _ = sampler(village, ["One."])
    assert not await sampling.sample()


async def test_people_come_first(village: Village) -> None:
    sampling, models = sampler(village, ["One."])
    async with models.get().queue.turn("somebody", "else"):
        assert not await sampling.sample()


def ended(village: Village) -> Any:
    return village.answers.end


async def test_they_are_ranked_among_those_of_people(village: Village) -> None:
    sampling, models = sampler(village, ["One.", "Two."])
    models.get()
    while await sampling.sample():
        pass
    for name in ("ben", "cleo"):
        await village.writes(name, f"{name} says why.", "assistant_reply")
    for name in ("dan", "eva", "ana", "dan", "eva"):
        task = await village.asks(name, "label_assistant_reply")
        if isinstance(task, TaskRow):
            await village.labels_this(name, task)
    for task in [await village.asks(name, "prompter_reply") for name in ("ben", "cleo")]:
        if isinstance(task, TaskRow):
            await village.answered("ben" if task.person_id == village.people["ben"] else "cleo", task, ended(village))
    task = await village.gets("dan", "rank_assistant_replies")
    assert len(task.shown) == 4
