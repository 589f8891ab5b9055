"""The environment for training is made once, and what goes wrong with it is told in words."""

from pathlib import Path

import pytest

from core.errors import OperatorError
from core.training.environment import READY, REQUIREMENTS, TrainingEnvironment
from core.training.resources import check_room
from core.training.rows import digest


def standing_in(folder: Path, script: str) -> TrainingEnvironment:
    """An environment in which Python is this shell script."""
    made = TrainingEnvironment(folder / "environment")
    made.python.parent.mkdir(parents=True)
    made.python.write_text(f"#!/bin/sh\n{script}\n")
    made.python.chmod(0o700)
    return made


async def test_it_is_filled_once_and_again_when_other_versions_are_wanted(tmp_path: Path) -> None:
    said: list[str] = []
    here = standing_in(tmp_path, f'echo "$@" >> {tmp_path / "asked"}')
    await here.prepare(said.append)
    await here.prepare(said.append)
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked == [f"-m pip install --quiet --requirement {REQUIREMENTS}"]
    assert len(said) == 1
    assert (here.folder / READY).read_text() == digest(REQUIREMENTS)
    (here.folder / READY).write_text("of other requirements")
    assert not here.is_ready


async def test_why_it_could_not_be_made_is_said_and_it_does_not_count_as_made(tmp_path: Path) -> None:
    here = standing_in(tmp_path, "echo downloading; echo no matching distribution for torch; exit 1")
    with pytest.raises(OperatorError, match="no matching distribution for torch"):
        await here.prepare(str)
    assert not here.is_ready


def test_every_requirement_is_one_version() -> None:
    lines = REQUIREMENTS.read_text().split()
    assert {"torch==2.13.0", "trl==1.16.0"} < set(lines)
    assert all(line.count("==") == 1 and "+" not in line for line in lines)


def test_a_full_disk_is_told_beforehand(tmp_path: Path) -> None:
    check_room(tmp_path / "not" / "yet", 1000, "this run")
    with pytest.raises(OperatorError, match=r"this run needs about .* GiB on disk"):
        check_room(tmp_path / "not" / "yet", 1 << 60, "this run")
