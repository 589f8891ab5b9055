"""The Makefile: the interpreter that the operator names is the one that Parley runs on."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
def test_the_named_interpreter_makes_both_environments() -> None:
    line = ("make", "-n", "-W", "pyproject.toml", "-W", ".tools/bin/uv", "-B", "install", "PYTHON=/opt/own/python3")
    told = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "/opt/own/python3 -m venv .tools" in told
    assert "UV_PYTHON=/opt/own/python3" in next(one for one in told.splitlines() if "uv sync" in one)
