"""A reward model is served as it was trained: transformers and the served GGUF give the same rewards."""

import json
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.models.embedded.reward import RewardModel
from core.models.embedded.supervisor import EmbeddedSettings
from core.ports.model import PromptLine
from tests.trainer.conftest import Prepare, TrainingPython, row
from tests.trainer.test_runs import Watched
from tests.trainer.tiny import FAMILIES, tiny_base

pytestmark = pytest.mark.training

BOUND, EIGHT_BITS = 0.005, 0.1
"""How far the rewards of F32 and of Q8_0 weights may lie apart, as a share of their spread; those of F32: 0.0002."""

LONG = [{"role": "user", "content": "the question"}, {"role": "assistant", "content": "ab in the house " * 8}]


def talks() -> list[list[dict[str, Any]]]:
    """Conversations that begin alike and differ in their answers, by turns with others, and one in several batches."""
    pairs = [row("reward", number) for number in (2, 3, 2, 7)]
    found = [[*pair["prompt"], *pair[side]] for pair in pairs for side in ("chosen", "rejected")]
    return [*found, [*LONG, *found[0]], LONG]


def rewards(python: TrainingPython, *folders: Path) -> list[float]:
    done = python.run("tests.trainer.scoring", *folders, given=json.dumps(talks()))
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[float] = json.loads(done.stdout)
    return found


async def served(model: Path) -> list[float]:
    scorer = RewardModel(EmbeddedSettings(file=model, context=256, batch=32, threads=1))
    found: list[float] = []
    try:
        for talk in talks():
            *lines, answer = [PromptLine(turn["role"], turn["content"]) for turn in talk]
            found += await scorer.scores(lines, [answer.text])
    finally:
        await scorer.aclose()
    return found


def apart(ours: list[float], theirs: list[float]) -> float:
    assert np.std(ours) > 0.01
    return float(np.abs(np.subtract(ours, theirs)).max() / np.std(ours))


def trained(python: TrainingPython, run: Path, base: Path) -> dict[str, Any]:
    done = python.run("trainer.main", run, base, base)
    assert done.returncode == 0, done.stderr[-2000:]
    outcome: dict[str, Any] = json.loads((run / "outcome.json").read_text())
    return outcome


@pytest.mark.parametrize("family", FAMILIES)
async def test_rewards_are_served_as_they_were_trained(
    training_python: TrainingPython, prepared: Prepare, tmp_path: Path, family: str
) -> None:
    base, run = tiny_base(tmp_path / "base.gguf", family), prepared(method="reward", epochs=3)
    outcome = trained(training_python, run, base)
    ours, theirs = rewards(training_python, run / "work/trained"), await served(run / "model.gguf")
    assert apart(ours, theirs) < BOUND
    # The pairs in it are in their order: the first of each is the better answer.
    assert all(better > worse for better, worse in zip(theirs[:8:2], theirs[1:8:2], strict=True))
    assert (outcome["after"]["pairs"], outcome["after"]["prompts"], outcome["after"]["right"]) == (4, 4, 1.0)
    losses = [outcome["held_out"][when]["eval_loss"] for when in ("before", "after")]
    assert losses[1] < losses[0] / 10


async def test_a_merged_adapter_is_served_as_it_was_trained(
    training_python: TrainingPython, prepared: Prepare, tmp_path: Path
) -> None:
    base, run = tiny_base(tmp_path / "base.gguf", "llama"), prepared(method="reward", lora=True, epochs=2)
    outcome = trained(training_python, run, base)
    assert set(outcome["files"]) == {"model.gguf"}
    ours = rewards(training_python, run / "work/base", run / "work/trained")
    assert apart(ours, await served(run / "model.gguf")) < BOUND


async def test_in_eight_bits_rewards_are_nearly_the_same(
    training_python: TrainingPython, prepared: Prepare, tmp_path: Path
) -> None:
    base, run = tiny_base(tmp_path / "base.gguf", "qwen2"), prepared(method="reward", precision="q8_0")
    trained(training_python, run, base)
    assert apart(rewards(training_python, run / "work/trained"), await served(run / "model.gguf")) < EIGHT_BITS


def test_a_stop_loses_nothing(training_python: TrainingPython, prepared: Prepare, tmp_path: Path) -> None:
    base = tiny_base(tmp_path / "base.gguf", "llama")
    through, broken = prepared("through", method="reward"), prepared("broken", method="reward")
    trained(training_python, through, base)
    asked = Watched(training_python, broken, base)
    asked.until_step(2)
    asked.child.send_signal(signal.SIGTERM)
    assert asked.ended() == 75
    trained(training_python, broken, base)
    assert (broken / "model.gguf").read_bytes() == (through / "model.gguf").read_bytes()
