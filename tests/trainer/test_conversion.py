"""What is trained is what is served: transformers and the served GGUF say the same, whole and with an adapter."""

import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from core.models.embedded.child_process import start_child
from core.models.embedded.server import ModelServerOptions
from tests.trainer.conftest import Prepare, TrainingPython
from tests.trainer.tiny import FAMILIES, tiny_base

pytestmark = pytest.mark.training

PROMPTS = [[1, 40, 50, 60, 70], [1, 90, 2, 1, 100, 120, 33, 64], [5, 6, 7]]
BOUND = 0.03
"""The mean difference of log-probabilities that F32 may make, in nats. It makes 0.002 to 0.005; Q8_0 makes 0.1."""

TIE = 0.005
"""The difference, in nats, up to which two tokens are equally likely, so that either may be the greedy one."""

Said = list[list[dict[str, Any]]]


async def difference(ours: Said, model: Path, adapter: Path | None = None) -> float:
    """The mean difference between the log-probabilities of transformers and of the served file, token by token.

    Both have to find the same token the likeliest each time, so that greedy texts are alike.
    """
    options = ModelServerOptions(
        model=str(model),
        key="key",
        socket="",
        slots=1,
        context=256,
        threads=1,
        batch=64,
        cache_mib=0,
        thinking=False,
        seconds=60,
        adapter=str(adapter or ""),
    )
    child = await start_child(options, unix=False)
    found: list[float] = []
    try:
        async with httpx.AsyncClient(headers={"Authorization": "Bearer key"}, timeout=60) as client:
            for prompt, steps in zip(PROMPTS, ours, strict=True):
                before = list(prompt)
                for step in steps:
                    # Of a token that is half a letter, the server says nothing.
                    if its := await _likeliest(client, child.address, before):
                        assert step["top"][next(iter(its))] > step["top"][str(step["id"])] - TIE
                        found += [abs(value - its[id]) for id, value in step["top"].items() if id in its]
                    before.append(step["id"])
    finally:
        await child.stop()
    assert len(found) > 200
    return float(np.mean(found))


async def _likeliest(client: httpx.AsyncClient, address: str, prompt: list[int]) -> dict[str, float]:
    wanted = {"prompt": prompt, "n_predict": 1, "temperature": 0, "top_k": 1, "n_probs": 10, "cache_prompt": False}
    answer = (await client.post(f"{address}/completion", json=wanted)).json()
    return {
        str(one["id"]): one["logprob"] for step in answer["completion_probabilities"] for one in step["top_logprobs"]
    }


def said(python: TrainingPython, *folders: Path) -> Said:
    done = python.run("tests.trainer.asking", *folders, given=json.dumps(PROMPTS))
    assert done.returncode == 0, done.stderr[-2000:]
    answers: Said = json.loads(done.stdout)
    return answers


def train(python: TrainingPython, run: Path, base: Path) -> None:
    done = python.run("trainer.main", run, base, base)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("family", FAMILIES)
async def test_whole_weights_are_served_as_they_were_trained(
    training_python: TrainingPython, prepared: Prepare, tmp_path: Path, family: str
) -> None:
    base, run = tiny_base(tmp_path / "base.gguf", family), prepared()
    train(training_python, run, base)
    before, after = said(training_python, run / "work/base"), said(training_python, run / "work/trained")
    assert await difference(before, base) < BOUND
    assert await difference(after, run / "model.gguf") < BOUND
    assert [step["id"] for step in before[0]] != [step["id"] for step in after[0]]


@pytest.mark.parametrize("family", FAMILIES)
async def test_an_adapter_is_served_as_it_was_trained(
    training_python: TrainingPython, prepared: Prepare, tmp_path: Path, family: str
) -> None:
    base, run = tiny_base(tmp_path / "base.gguf", family), prepared(lora=True, merge=True)
    train(training_python, run, base)
    adapted = said(training_python, run / "work/base", run / "work/trained")
    assert await difference(adapted, base, run / "adapter.gguf") < BOUND
    assert await difference(adapted, run / "model.gguf") < BOUND
    assert [step["id"] for step in said(training_python, run / "work/base")[0]] != [step["id"] for step in adapted[0]]
