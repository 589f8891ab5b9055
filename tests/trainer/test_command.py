"""`parley train` with torch: from what people rated to a model that answers, also when it is interrupted."""

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from cli.train import train
from core.models.library import installed as library
from core.store.engine.database import connect
from core.training.runs import find_run
from tests.cli import program
from tests.settings import StandInSettings
from tests.trainer.conftest import ENVIRONMENT, TrainingPython
from tests.trainer.tiny import tiny_base
from tests.training.community import lively

pytestmark = pytest.mark.training

LONGEST = 600.0
"""Seconds that torch may take to be imported, again and again, on a loaded machine."""


async def live(url: str) -> None:
    store = connect(url)
    await store.write(lively)
    await store.close()


def test_what_people_rated_becomes_a_model(
    training_python: TrainingPython, monkeypatch: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path
) -> None:
    settings = StandInSettings(tmp_path)
    settings.database.url, settings.train.environment = sqlite_url, ENVIRONMENT
    monkeypatch.setattr("cli.train.load", lambda: settings)
    asyncio.run(live(sqlite_url))
    base = tiny_base(tmp_path / "tiny.gguf", "llama")
    # A rate so low that the guards of a model that says nothing sensible hold.
    options = ["--base", str(base), "--least", "5", "--rate", "1e-9", "--precision", "f32", "--length", "512"]
    result = CliRunner().invoke(train, options)
    assert result.exit_code == 0, result.output
    assert "parley promote tiny-dpo-1" in result.output
    library.verify(tmp_path, "tiny-dpo-1")
    run = find_run(tmp_path, "tiny-dpo-1")
    assert run.result["held_out"]["rows"] == run.record["data"]["rows"]
    assert (run.folder / "curves.png").exists()
    assert not run.has_data


async def test_ctrl_c_saves_and_the_run_goes_on(
    training_python: TrainingPython, sqlite_url: str, tmp_path: Path
) -> None:
    await live(sqlite_url)
    base = await asyncio.to_thread(tiny_base, tmp_path / "tiny.gguf", "llama")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    told = {
        **kept,
        "PARLEY_HOME": str(tmp_path / "home"),
        "PARLEY_DATABASE__URL": sqlite_url,
        "PARLEY_TRAIN__ENVIRONMENT": str(ENVIRONMENT.resolve()),
        # The people of the test agreed to these terms.
        "PARLEY_TERMS__VERSION": "2",
        "OMP_NUM_THREADS": "1",
    }
    options = ("--base", str(base), "--least", "5", "--batch", "1", "--epochs", "20", "--rate", "1e-9")
    child = await program.start(told, "train", *options, "--length", "512", main=main)
    async with asyncio.timeout(LONGEST):
        async for line in child.stderr:
            if line.startswith(b"step "):
                break
        child.send_signal(signal.SIGINT)
        said, complained = await child.communicate()
    assert child.returncode == 130, (said, complained)
    assert b"`parley train resume tiny-dpo-1` goes on" in complained
    again = await program.start(told, "train", "resume", "tiny-dpo-1", main=main)
    async with asyncio.timeout(LONGEST):
        said, complained = await again.communicate()
    assert again.returncode == 0, (said, complained)
    assert b"is trained" in said
    first = next(line for line in complained.decode().splitlines() if line.startswith("step "))
    assert not first.startswith("step 1 ")
    result = json.loads((tmp_path / "home/train/runs/tiny-dpo-1/result.json").read_text())
    assert result["state"] == "done"
