"""`parley chat QUESTION`: what was asked is done when the program ends, and nothing is left for the next start."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli import program
from tests.cli.platforms import HELLO, model


async def asked(home: Path, line: str, **more: str) -> str:
    """Ask once; returns the answer."""
    environment = {**os.environ, "PARLEY_HOME": str(home), **more}
    code, said = await program.ended(environment, "chat", line)
    assert code == 0, said
    return said


async def test_all_is_noted_before_it_ends(tmp_path: Path) -> None:
    assert "3 ft in cm = 91.44 cm" in await asked(tmp_path, "/calc 3 ft in cm")
    assert "**calculator**" in await asked(tmp_path, "/plugin list")
    async with model() as settings:
        assert HELLO in await asked(tmp_path, "Hello", **settings)
    with closing(sqlite3.connect(tmp_path / "parley.sqlite3")) as database:
        assert database.execute("SELECT state, count(*) FROM inbox GROUP BY state").fetchall() == [("done", 3)]
        assert database.execute("SELECT DISTINCT state FROM post").fetchall() == [("sent",)]
