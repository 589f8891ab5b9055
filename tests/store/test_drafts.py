"""`python -m core.store.migrations`, as a contributor calls it."""

import subprocess
import sys

import pytest

from core.store.engine.migrate import MIGRATIONS


@pytest.mark.slow
@pytest.mark.parametrize(("arguments", "code"), [(("--help",), 0), ((), 2)])
def test_a_question_about_drafts_writes_none(arguments: tuple[str, ...], code: int) -> None:
    before = sorted(MIGRATIONS.rglob("*.py"))
    program = [sys.executable, "-m", "core.store.migrations", *arguments]
    asked = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    assert (asked.returncode, "usage: python -m core.store.migrations" in asked.stdout + asked.stderr) == (code, True)
    assert sorted(MIGRATIONS.rglob("*.py")) == before
