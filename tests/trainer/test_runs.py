"""Runs of the trainer: every method, a stop and a kill that go on, and what it refuses."""

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import IO, Any

import pytest

from tests.trainer.conftest import Prepare, TrainingPython, environment
from tests.trainer.tiny import tiny_base

pytestmark = pytest.mark.training

MANY = 60
"""Rows of a run that is stopped on its way: fifteen steps, and a checkpoint at each."""


class Watched:
    """A trainer as `parley train` starts it."""

    def __init__(self, python: TrainingPython, run: Path, base: Path) -> None:
        # A pipe that nobody reads would fill.
        with (run / "trainer.log").open("a") as log:
            self.child = subprocess.Popen(
                python.command("-m", "trainer.main", run, base, base, "--watched"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment(),
            )
        self.told: list[dict[str, Any]] = []

    @property
    def output(self) -> IO[str]:
        assert self.child.stdout
        return self.child.stdout

    def until_step(self, number: int) -> None:
        """Wait until it has done so many steps."""
        for line in self.output:
            self.told.append(json.loads(line))
            if self.told[-1].get("step") == number:
                return
        pytest.fail(f"it ended before: {self.told}")

    def ended(self) -> int:
        """Wait until it has ended, and return its exit code."""
        self.told += map(json.loads, self.output)
        code = self.child.wait()
        # Not before: it stops when its standard input ends.
        for stream in (self.child.stdin, self.child.stdout):
            if stream:
                stream.close()
        return code


def whole(python: TrainingPython, run: Path, base: Path) -> list[dict[str, Any]]:
    watched = Watched(python, run, base)
    assert watched.ended() == 0, (watched.told, (run / "trainer.log").read_text()[-2000:])
    return watched.told


@pytest.mark.parametrize("method", ["kto", "sft"])
def test_every_method_makes_a_model(
    training_python: TrainingPython, prepared: Prepare, tmp_path: Path, method: str
) -> None:
    run = prepared(method=method)
    told = whole(training_python, run, tiny_base(tmp_path / "base.gguf", "llama"))
    steps = [one for one in told if "step" in one]
    assert [one["step"] for one in steps] == list(range(1, steps[-1]["of"] + 1))
    assert steps[-1]["seconds_left"] == 0
    outcome = json.loads((run / "outcome.json").read_text())
    assert set(outcome["files"]) == {"model.gguf"}
    assert outcome["versions"]["torch"].startswith("2.13")
    assert outcome["held_out"]["rows"] == 24
    losses = [line["loss"] for line in map(json.loads, (run / "log.jsonl").read_text().splitlines()) if "loss" in line]
    assert losses[-1] < losses[0]
    assert (run / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_conversations_begin_with_the_system_line(
    training_python: TrainingPython, prepared: Prepare, tmp_path: Path
) -> None:
    base = tiny_base(tmp_path / "base.gguf", "llama")
    tokens, words = [], []
    for name, system in (("bare", ""), ("short", "the answer"), ("long", "the answer the answer the answer")):
        run = prepared(name, method="sft", system=system)
        whole(training_python, run, base)
        lines = map(json.loads, (run / "log.jsonl").read_text().splitlines())
        tokens.append(max(line["num_tokens"] for line in lines if "num_tokens" in line))
        words.append(json.loads((run / "before.json").read_text())["words"])
    assert tokens[0] < tokens[1] < tokens[2]
    # The same model has other things to say to the same questions.
    assert words[0] != words[2]


@pytest.mark.parametrize("method", ["dpo", "sft", "reward"])
def test_the_parts_of_a_batch_add_up_to_it(
    training_python: TrainingPython, prepared: Prepare, tmp_path: Path, method: str
) -> None:
    run = prepared(method=method)
    base = tiny_base(tmp_path / "base.gguf", "llama")
    whole(training_python, run, base)
    log = [line for line in map(json.loads, (run / "log.jsonl").read_text().splitlines()) if "grad_norm" in line]
    done = training_python.run("tests.trainer.accumulating", run, run / "work" / "base")
    assert done.returncode == 0, done.stderr
    wholly = json.loads(done.stdout.splitlines()[-1])
    assert [(line["loss"], line["grad_norm"]) for line in log] == [pytest.approx(one, rel=0.1) for one in wholly]


def test_a_stop_and_a_kill_lose_nothing(training_python: TrainingPython, prepared: Prepare, tmp_path: Path) -> None:
    base = tiny_base(tmp_path / "base.gguf", "llama")
    through, broken = prepared("through", MANY), prepared("broken", MANY)
    whole(training_python, through, base)

    asked = Watched(training_python, broken, base)
    asked.until_step(3)
    asked.child.send_signal(signal.SIGTERM)
    assert asked.ended() == 75

    killed = Watched(training_python, broken, base)
    killed.until_step(7)
    killed.child.kill()
    killed.ended()
    assert killed.told[-1]["step"] >= 7
    # What a kill leaves of a checkpoint does not count.
    half = broken / "work" / "checkpoints" / "checkpoint-14"
    half.mkdir()
    (half / "trainer_state.json").write_text("{")

    orphaned = Watched(training_python, broken, base)
    orphaned.until_step(10)
    assert orphaned.told[1]["stage"] == "training"
    assert orphaned.child.stdin
    orphaned.child.stdin.close()
    assert orphaned.ended() == 75

    told = whole(training_python, broken, base)
    assert min(one["step"] for one in told if "step" in one) > 10
    assert (broken / "model.gguf").read_bytes() == (through / "model.gguf").read_bytes()


def test_a_run_is_the_same_again(training_python: TrainingPython, prepared: Prepare, tmp_path: Path) -> None:
    base = tiny_base(tmp_path / "base.gguf", "qwen2")
    one, two, other = prepared("one", lora=True), prepared("two", lora=True), prepared("other", lora=True, seed=2)
    for run in (one, two, other):
        whole(training_python, run, base)
    assert (one / "adapter.gguf").read_bytes() == (two / "adapter.gguf").read_bytes()
    assert (one / "adapter.gguf").read_bytes() != (other / "adapter.gguf").read_bytes()
    assert json.loads((one / "after.json").read_text()) == json.loads((two / "after.json").read_text())


def refused(python: TrainingPython, run: Path, base: Path) -> str:
    watched = Watched(python, run, base)
    assert watched.ended() == 65
    assert not (run / "outcome.json").exists()
    words: str = watched.told[-1]["refused"]
    return words


def test_a_rate_that_is_far_too_high_is_refused(
    training_python: TrainingPython, prepared: Prepare, tmp_path: Path
) -> None:
    run = prepared(rate=1e30, method="sft")
    assert "lower --rate" in refused(training_python, run, tiny_base(tmp_path / "base.gguf", "llama"))


def test_rows_that_do_not_fit_are_refused(training_python: TrainingPython, prepared: Prepare, tmp_path: Path) -> None:
    run = prepared(length=4)
    assert "--length allows more" in refused(training_python, run, tiny_base(tmp_path / "base.gguf", "llama"))


def test_the_token_that_ends_an_answer_is_that_of_the_file(
    training_python: TrainingPython, prepared: Prepare, tmp_path: Path
) -> None:
    run = prepared()
    whole(training_python, run, tiny_base(tmp_path / "base.gguf", "llama"))
    config = json.loads((run / "work/trained/config.json").read_text())
    assert (config["eos_token_id"], config["pad_token_id"]) == (2, 0)


def test_a_folder_of_transformers_is_a_base_too(
    training_python: TrainingPython, prepared: Prepare, tmp_path: Path
) -> None:
    base, first, second = tiny_base(tmp_path / "base.gguf", "qwen3"), prepared("first"), prepared("second")
    whole(training_python, first, base)
    child = training_python.run("trainer.main", second, first / "work" / "base", base)
    assert child.returncode == 0, child.stderr[-2000:]
    assert (first / "model.gguf").read_bytes() == (second / "model.gguf").read_bytes()


def test_a_package_trains_by_one_command(training_python: TrainingPython, prepared: Prepare, tmp_path: Path) -> None:
    import shutil

    from core.training.packing import LARGEST, PROGRAM
    from core.training.rows import digest

    run, package = prepared("packed"), tmp_path / "package"
    base = tiny_base(tmp_path / "base.gguf", "llama")
    shutil.copytree(Path(__file__).parents[2] / "trainer", package / "trainer")
    (package / "train.py").write_text(PROGRAM)
    record = json.loads((run / "run.json").read_text())
    record["base"] = {"sha256": digest(base), "keys_sha256": digest(base)}
    record["data"] = {name: digest(run / name) for name in ("train.jsonl", "held-out.jsonl")}
    (run / "run.json").write_text(json.dumps(record))
    run.rename(package / "run")

    def trained(*words: object) -> subprocess.CompletedProcess[str]:
        alone = {name: value for name, value in environment().items() if name != "PYTHONPATH"}
        line = training_python.command(package / "train.py", *words)
        return subprocess.run(line, capture_output=True, text=True, env=alone, cwd=tmp_path, check=False)

    missing = trained()
    assert (missing.returncode, "name the base with --base" in missing.stderr) == (1, True)
    strange = tiny_base(tmp_path / "strange.gguf", "llama", seed=9)
    assert "is not the base of the run" in trained("--base", strange).stderr
    requirements = package / "trainer" / "requirements.txt"
    pinned = requirements.read_text()
    requirements.write_text(pinned.replace("trl==1.16.0", "trl==0.1"))
    assert "trl 1.16.0 instead of 0.1" in trained("--base", base).stderr
    requirements.write_text(pinned)
    done = trained("--base", base)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "step 6 of 6" in done.stderr
    names = subprocess.run(
        ["tar", "tf", package / "result.tar"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert set(names) == {"run.json", "outcome.json", "log.jsonl", "curves.png", "model.gguf"} <= set(LARGEST)
    assert os.stat(package / "result.tar").st_size > 0
