"""The model's own answers enter trees while it has nothing else to do, and people rank them blind."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from core.dataset.export.exporter import export
from core.labeling.background.model_answers import AnswerSampler
from core.models.registry import ModelRegistry
from core.models.scripted import ScriptedModel
from core.ports.model import PromptLine
from core.store import arena, model_names, people, promotions
from core.store.engine.database import Database
from core.store.labeling_tables import TaskRow, TreeMessageRow, TreeRow
from core.store.promotion_tables import PromotionRow
from core.store.promotions import PromotionReach
from tests.dataset.people import OPEN, TERMS
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


async def with_candidate(village: Village) -> tuple[AnswerSampler, ModelRegistry]:
    """A sampler where the candidate of the community's arena has answered somebody already."""
    usual = ScriptedModel(["One.", "Two.", "Three."], name="scripted")
    candidate = ScriptedModel(["A.", "B.", "C."], name="newer")
    models = ModelRegistry({"scripted": lambda: usual, "newer": lambda: candidate}, "scripted")
    models.get()

    def begins(session: Session) -> None:
        (community,) = {row.community_id for row in session.exec(select(TreeMessageRow)).all()}
        assert community
        arena.begin(session, community, {"model": "newer"}, {}, {})

    await village.store.write(begins)
    return AnswerSampler(village.store, village.keeper, models, 2, lambda: village.now), models


async def written(village: Village) -> list[tuple[str, str]]:
    rows = await village.store.read(lambda s: s.exec(select(TreeMessageRow).where(TreeMessageRow.synthetic)).all())
    return sorted((row.model, row.text) for row in rows)


async def test_the_arenas_candidate_answers_too_and_each_answer_says_whose_it_is(village: Village) -> None:
    sampling, models = await with_candidate(village)
    models.get("newer")
    assert [await sampling.sample() for _ in range(5)] == [True, True, True, True, False]
    assert await written(village) == [("newer", "A."), ("newer", "B."), ("scripted", "One."), ("scripted", "Two.")]


async def test_a_candidate_that_nobody_has_met_yet_is_not_started_for_it(village: Village) -> None:
    sampling, _ = await with_candidate(village)
    assert [await sampling.sample() for _ in range(3)] == [True, True, False]
    assert {model for model, _ in await written(village)} == {"scripted"}


@pytest.mark.parametrize("busy", ["scripted", "newer"])
async def test_whoever_needs_either_of_them_comes_first(village: Village, busy: str) -> None:
    sampling, models = await with_candidate(village)
    models.get("newer")
    async with models.get(busy).queue.turn("somebody", "else"):
        while await sampling.sample():
            pass
    assert {model for model, _ in await written(village)} == ({"scripted"} if busy == "newer" else set())


async def test_a_promoted_model_answers_in_place_of_the_one_before(village: Village) -> None:
    sampling, models = await with_candidate(village)
    models.get("newer")
    row = PromotionRow(
        number=1, candidate="newer", replaced="scripted", reach=PromotionReach().record(), because="", before={}
    )
    await village.store.write(lambda session: promotions.begin(session, row, "yes"))
    assert [await sampling.sample() for _ in range(3)] == [True, True, False]
    assert {model for model, _ in await written(village)} == {"newer"}


async def test_an_arena_that_has_ended_has_no_candidate(village: Village) -> None:
    sampling, models = await with_candidate(village)
    models.get("newer")
    await village.store.write(lambda s: [arena.end(s, one.community_id) for one in arena.trials(s)])
    assert [await sampling.sample() for _ in range(3)] == [True, True, False]
    assert {model for model, _ in await written(village)} == {"scripted"}


async def test_the_export_says_which_model_wrote_an_answer(village: Village, tmp_path: Path) -> None:
    sampling, models = await with_candidate(village)
    models.get("newer")
    while await sampling.sample():
        pass
    for id in village.people.values():
        await village.store.write(partial(people.agree, person_id=id, terms=TERMS, agreed=True))
    await village.store.write(partial(model_names.note, names={"newer": "bundled-dpo-2"}, at=village.now))
    names = await village.store.read(model_names.noted)
    await export(village.store, "oasst-messages", tmp_path / "out.jsonl", replace(OPEN, models=names, states=None))
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    told = sorted((row["model_name"], row["text"]) for row in rows if row["synthetic"])
    assert told == [("bundled-dpo-2", "A."), ("bundled-dpo-2", "B."), ("scripted", "One."), ("scripted", "Two.")]


async def test_an_answer_that_comes_when_people_rank_already_is_too_late(village: Village) -> None:
    asked, ranking = asyncio.Event(), asyncio.Event()

    def say(lines: Sequence[PromptLine]) -> str:
        asked.set()
        return "One."

    model = ScriptedModel(say, name="scripted", pace=ranking.wait)
    models = ModelRegistry({"scripted": lambda: model}, "scripted")
    sampling = AnswerSampler(village.store, village.keeper, models, 2, lambda: village.now)
    models.get()
    task = asyncio.create_task(sampling.sample())
    await asked.wait()
    await village.store.write(lambda session: setattr(session.exec(select(TreeRow)).one(), "state", "ranking"))
    ranking.set()
    await task
    synthetic = select(TreeMessageRow).where(TreeMessageRow.synthetic)
    assert not await village.store.read(lambda session: session.exec(synthetic).all())


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
