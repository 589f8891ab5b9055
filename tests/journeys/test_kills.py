"""kill -9 while people do tasks: everything that was accepted is there, and nothing counts twice."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sweep

KILLS = 20


def test_no_accepted_answer_is_lost_and_none_counts_twice(sqlite_template: Path, tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.journeys.kill_program", str(tmp_path), str(KILLS)]
    more = ["--template", str(sqlite_template), "--pace", "0.4"]
    ended = subprocess.run([*program, *more], capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stderr[-3000:]
    lived = json.loads(ended.stdout)
    assert lived["wrong"] == []
    assert lived["ends"]["at a step"] + lived["ends"]["by the clock"] == KILLS
    assert lived["counts"]["answers"] > 0
    assert lived["counts"]["accepted"] == lived["counts"]["events"]
