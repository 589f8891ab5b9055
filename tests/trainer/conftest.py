"""The training environment, and runs of the trainer in it."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ENVIRONMENT = Path(os.environ.get("PARLEY_TRAINING_ENVIRONMENT") or ROOT / ".training")
"""Where `make train-test` installs what the trainer needs."""

CONFIGURATION: Mapping[str, Any] = {
    "name": "tiny-1",
    "method": "dpo",
    "lora": False,
    "merge": False,
    "rank": 4,
    "alpha": 8,
    "seed": 1,
    "rate": 5e-3,
    "epochs": 1,
    "batch": 4,
    "part": 2,
    "large": False,
    "beta": 0.1,
    "length": 256,
    "precision": "f32",
    "desirable_weight": 1.0,
    "undesirable_weight": 1.0,
}


@dataclass(frozen=True, slots=True)
class TrainingPython:
    """The interpreter of the training environment."""

    path: Path

    def command(self, *words: object) -> list[str]:
        return [str(self.path), *map(str, words)]

    def run(self, *words: object, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a module to its end, with this text on standard input."""
        return subprocess.run(
            self.command("-m", *words), input=given, capture_output=True, text=True, env=environment(), check=False
        )


def environment() -> dict[str, str]:
    """The environment of what runs there: with our modules, without the network, on one core."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    return {**kept, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="session")
def training_python() -> TrainingPython:
    path = ENVIRONMENT / "bin" / "python"
    if not path.exists():
        pytest.skip("`make train-test` installs what this needs")
    return TrainingPython(path)


def row(method: str, number: int, *, good: bool = True) -> dict[str, Any]:
    """A row of training data, in which short words are better than long noise."""
    prompt = [{"role": "user", "content": f"the question {number} in hand"}]
    better = [{"role": "assistant", "content": "the answer in the hand"}]
    worse = [{"role": "assistant", "content": "zzz qqq " * (number % 4 + 1)}]
    rows: dict[str, dict[str, Any]] = {
        "dpo": {"prompt": prompt, "chosen": better, "rejected": worse},
        "kto": {"prompt": prompt, "completion": better if good else worse, "label": good},
        "sft": {"prompt": prompt, "completion": better},
        "reward": {"prompt": prompt, "chosen": better, "rejected": worse},
    }
    return rows[method]


Prepare = Callable[..., Path]


@pytest.fixture
def prepared(tmp_path: Path) -> Prepare:
    """Make the folder of a run of 24 rows with another configuration than the usual one."""

    def make(name: str = "run", rows: int = 24, **changed: Any) -> Path:
        run = tmp_path / name
        run.mkdir()
        config = {**CONFIGURATION, **changed}
        for file, numbers in (("train", range(rows)), ("held-out", range(1000, 1004))):
            lines = [json.dumps(row(config["method"], number, good=number % 2 == 0)) for number in numbers]
            (run / f"{file}.jsonl").write_text("".join(f"{line}\n" for line in lines))
        (run / "run.json").write_text(json.dumps(config))
        return run

    return make
