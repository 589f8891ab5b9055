"""The loop as a whole, with a tiny model: killed on the way, it goes on, and each generation answers in its turn."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.loop.__main__ import main
from core.models.library import installed as library
from core.training.runs import find_run
from tests.trainer.conftest import ENVIRONMENT, ROOT, TrainingPython

pytestmark = pytest.mark.training

SIZE = {"generations": 2, "pairs": 12, "votes": 6, "trees": 1, "chatters": 3, "voters": 2}


def test_two_generations_from_nothing_through_a_kill(
    training_python: TrainingPython, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "demo"
    words = ["--folder", str(folder), "--environment", str(ENVIRONMENT)]
    words += [word for name, value in SIZE.items() for word in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "benchmarks.loop", *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout
        for line in first.stdout:
            if "1/tasks" in line:
                first.send_signal(signal.SIGKILL)
                break
    assert first.returncode == -signal.SIGKILL

    assert main(words) == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    assert "0/joining" not in said, "what was done before the kill is not done again"
    assert [said.index(f"{number}/{step}") for number in (1, 2) for step in ("tasks", "training", "votes")] == sorted(
        said.index(f"{number}/{step}") for number in (1, 2) for step in ("tasks", "training", "votes")
    )
    report = json.loads((folder / "report.json").read_text())
    one, two = report["generations"]
    assert [(each["model"], each["base"], each["promoted"]) for each in (one, two)] == [
        ("loop-1", "tiny", True),
        ("loop-2", "loop-1", True),
    ]
    assert min(one["rows"], two["rows"]) > 0
    earlier, later = (set(find_run(folder / "home", each["model"]).trained) for each in (one, two))
    assert earlier < later
    assert two["rows"] < len(later), "each generation is trained on what is new alone"
    assert min(one["decisive"], two["decisive"]) >= SIZE["votes"]
    assert all(guard["held"] for each in (one, two) for guard in each["guards"])
    assert "loop-2" in report["lineage"]
    assert (folder / "report.png").read_bytes().startswith(b"\x89PNG")
    assert {"loop-1", "loop-2"} <= set(library.installed(folder / "home"))

    # Once more: nothing is left to do, and the report is the same.
    before = (folder / "report.md").read_text()
    assert main(words) == 0
    assert (folder / "report.md").read_text() == before


def test_a_generation_that_the_guards_refuse_is_trained_more_gently(
    training_python: TrainingPython, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "demo"
    words = ["--folder", str(folder), "--environment", str(ENVIRONMENT), "--rates", "1"]
    words += [word for name, value in SIZE.items() for word in (f"--{name}", str(value))]
    assert main(words) == 1, "a model that learns at such rates forgets all"
    (only,) = json.loads((folder / "report.json").read_text())["generations"]
    assert list(only["refused"]) == ["1.0", "0.5"]
    assert only["learning_rate"] == 0.25
    assert not only["promoted"]
    assert not library.installed(folder / "home")
    said = capsys.readouterr().out
    assert "loop-1 was refused at a rate of 1.0" in said
    assert "Traceback" not in said

    # The same command does not begin again with what was refused.
    assert main(words) == 1
    assert list(json.loads((folder / "report.json").read_text())["generations"][0]["refused"]) == ["1.0", "0.5"]
