"""The Makefile: the interpreter that the operator names is the one that Parley runs on."""

import shlex
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


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
def test_an_installation_keeps_the_locales_that_parley_speaks(tmp_path: Path) -> None:
    line = ("make", "-n", "-W", "pyproject.toml", "-B", "install")
    told = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    locales = tmp_path / ".venv/lib/python3/site-packages/babel/locale-data"
    locales.mkdir(parents=True)
    spoken = {tag.stem.partition("-")[0] for tag in (ROOT / "config/locales").glob("*.ftl")}
    kept = {"root", "zh_Hans", "zh_Hans_CN", "en_GB", *spoken}
    for name in {*kept, "pl", "pl_PL", "english"}:
        (locales / f"{name}.dat").touch()
    (locales.parent / "global.dat").touch()
    trim = next(one for one in told.splitlines() if "locale-data" in one)
    subprocess.run(shlex.split(trim), cwd=tmp_path, check=True)
    assert {file.stem for file in locales.iterdir()} == kept
    assert (locales.parent / "global.dat").exists()
