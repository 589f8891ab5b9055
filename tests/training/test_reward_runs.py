"""A run that makes a reward model: its pairs, its guards, and a model that ranks answers and writes none."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import count as numbers
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from core.dataset.export.held_out import HeldOut
from core.errors import OperatorError
from core.models.library import installed as library
from core.store.engine.database import Database
from core.store.tables import KeptRow
from core.store.training_people import KEY
from core.training.base import find_base
from core.training.configuration import WantedTraining
from core.training.guards import broken
from core.training.method_choice import LEAST_HELD_OUT
from core.training.outcome import finish
from core.training.preparation import prepare
from core.training.reward_guards import interval, judged_rewards
from core.training.rows import digest
from core.training.runs import CARD, OUTCOME, TrainingRun
from tests.trainer.tiny import tiny_base
from tests.training.community import PEOPLE, QUESTIONS, REWARDS, facts, lively, lively_rows, made, tiny

pytestmark = pytest.mark.above_the_store

WANTED = WantedTraining(method="reward", least=5, lora=True)
MANY, NONE = range(3, PEOPLE // 2), range(1)


@cache
def key(people: range) -> bytes:
    """A key that holds out so many of the people, and hardly any prompt of the others."""
    ids = next([row["id"] for row in rows] for table, rows in lively_rows() if table.name == "person")
    prompts = [f"What about {number} and {count}?" for number in range(PEOPLE) for count in range(QUESTIONS)]
    for number in numbers():
        held_out = HeldOut(number.to_bytes(32, "big"))
        if sum(map(held_out.person, ids)) in people and sum(map(held_out.prompt, prompts)) < LEAST_HELD_OUT:
            return held_out.key
    raise AssertionError("there is a key for everything")


def keyed(people: range) -> Callable[[Session], None]:
    def unit(session: Session) -> None:
        lively(session)
        session.add(KeptRow(name=KEY, value=key(people).hex()))

    return unit


@pytest.fixture
async def run(store: Database, tmp_path: Path) -> TrainingRun:
    await store.write(keyed(MANY))
    return await prepare(store, facts(tmp_path), tiny(tmp_path), WANTED, print)


def test_it_has_the_pairs_of_the_community(run: TrainingRun) -> None:
    rows = [json.loads(line) for line in (run.folder / "train.jsonl").read_text().splitlines()]
    assert set(rows[0]) == {"prompt", "chosen", "rejected"}
    assert len(rows) + run.record["data"]["held_out_rows"] == PEOPLE * QUESTIONS
    assert (run.name, run.record["method"], run.record["rate"]) == ("llama-reward-1", "reward", 2e-4)


async def test_with_too_few_held_out_pairs_nobody_could_judge_it(store: Database, tmp_path: Path) -> None:
    await store.write(keyed(NONE))
    with pytest.raises(OperatorError, match=r"of 5 pairs that are held out \(\d are missing\).* rankings in /tasks"):
        await prepare(store, facts(tmp_path), tiny(tmp_path), WANTED, print)
    assert not list((tmp_path / "train" / "runs").glob("*"))


def test_it_becomes_a_model_that_ranks_and_never_answers(run: TrainingRun, tmp_path: Path) -> None:
    made(run)
    result = finish(tmp_path, run, key(MANY))
    assert (result["state"], result["model"]) == ("done", run.name)
    file, model = library.reward_model(tmp_path, run.name)
    assert (file.name, model.ranks) == (f"{run.name}.gguf", True)
    library.verify(tmp_path, run.name)
    assert library.models_offered(tmp_path) == {}
    with pytest.raises(OperatorError, match=r"is a reward model.*model\.reward"):
        library.use(tmp_path, run.name)
    with pytest.raises(OperatorError, match="there is no model"):
        find_base(tmp_path, run.name)
    card = (run.folder / CARD).read_text()
    for part in (
        "It writes no answers",
        "RewardTrainer",
        "share of 60 held-out pairs in the right order",
        "0.58 to 0.92",
    ):
        assert part in card


def test_what_is_no_reward_model_is_none(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"'other' is no reward model \(none is installed\)"):
        library.reward_model(tmp_path, "other")


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({}, ""),
        ({"right": 0.72}, ""),
        ({"right": 0.70}, "share of 60 held-out pairs in the right order: 0.8 before, 0.7 after (surely more than 0.5"),
        ({"right": 0.8, "prompts": 4}, "it is 0.34 to 0.97"),
        ({"prompts": 0, "pairs": 0}, "it is 0.00 to 1.00"),
        ({"length_correlation": 0.91}, "correlation of the reward with the length"),
        ({"length_correlation": -0.95}, "from -0.9 to 0.9"),
        ({"length_correlation": -0.89}, ""),
    ],
)
def test_each_bound(after: dict[str, float], words: str) -> None:
    found = broken(judged_rewards(REWARDS, {**REWARDS, **after}))
    assert (words in found) if words else not found


@pytest.mark.parametrize("wrong", [{"right": math.nan}, {"length_correlation": None}, {"pairs": -1}, {"right": "most"}])
def test_figures_that_are_none_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(OperatorError, match="are none"):
        judged_rewards(REWARDS, {**REWARDS, **wrong})


def test_the_interval_is_wilsons() -> None:
    # As in table 1 of R. G. Newcombe, "Two-sided confidence intervals for the single proportion", 1998.
    assert interval(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert interval(15 / 148, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert interval(0 / 20, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def refused(home: Path, run: TrainingRun, model: Path) -> str:
    outcome = json.loads((run.folder / OUTCOME).read_text())
    outcome["files"]["model.gguf"] = digest(model)
    (run.folder / OUTCOME).write_text(json.dumps(outcome))
    with pytest.raises(OperatorError) as error:
        finish(home, run, key(MANY))
    assert library.installed(home) == {}
    return str(error.value)


def test_a_model_without_a_head_is_no_reward_model(run: TrainingRun, tmp_path: Path) -> None:
    made(run)
    assert "is no reward model" in refused(tmp_path, run, tiny_base(run.folder / "model.gguf", "llama"))


async def test_a_reward_model_is_no_model_that_answers(store: Database, tmp_path: Path) -> None:
    await store.write(keyed(MANY))
    run = await prepare(store, facts(tmp_path), tiny(tmp_path), replace(WANTED, method="dpo", lora=False), print)
    made(run)
    assert "is a reward model" in refused(tmp_path, run, tiny_base(run.folder / "model.gguf", "llama", ranks=True))
