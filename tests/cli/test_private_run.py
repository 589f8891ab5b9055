"""Everything that Parley writes is its owner's alone, even under a umask that lets everybody in."""

import asyncio
import os
import stat
from pathlib import Path

import pytest

from cli.main import main
from tests.cli import program
from tests.cli.program import soon
from tests.cli.test_doctor import findings
from tests.cli.test_run import ask, browser, running

PLUGIN = """# /// script
# [tool.parley]
# name = "hello"
# version = "1.0.0"
# description = "Says hello."
# ///
from parley import tool


@tool
async def hello(name: str) -> str:
    \"\"\"Say hello.\"\"\"
    return f"Hello {name}"
"""


def under_open_umask() -> None:
    os.umask(0)
    main()


async def parley(home: Path, *arguments: str) -> str:
    """Run a command under an open umask, and return what it said."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    process = await program.start({**kept, "PARLEY_HOME": str(home)}, *arguments, main=under_open_umask)
    out, err = await soon(process.communicate())
    assert process.returncode == 0, err.decode()
    return out.decode()


def open_to_others(home: Path) -> list[str]:
    return [
        f"{stat.S_IMODE(path.lstat().st_mode):o} {path.relative_to(home)}"
        for path in (home, *home.rglob("*"))
        if not path.is_symlink() and path.lstat().st_mode & 0o077
    ]


@pytest.mark.slow
async def test_whatever_the_umask_others_may_read_nothing(tmp_path: Path) -> None:
    home, plugin = tmp_path / "home", tmp_path / "hello.py"
    before = os.umask(0)
    try:
        async with running(home) as parley_run:
            async with browser(parley_run.web) as client:
                await ask(client, "Are you there?")
            seen = {path.name for path in home.rglob("*")}
            assert {"run.lock", "parley.log", "web.key", "parley.sqlite3", "parley.sqlite3-wal"} <= seen
            assert open_to_others(home) == []
            await parley_run.stop()
        await parley(home, "backup")
        plugin.write_text(PLUGIN)
        await parley(home, "plugin", "install", str(plugin), "--yes")
        await parley(home, "export", str(tmp_path / "trees.jsonl"))
    finally:
        os.umask(before)
    assert {path.name for path in home.iterdir()} >= {"backups", "plugins"}
    assert list((home / "backups").iterdir())
    assert open_to_others(home) == []
    assert stat.S_IMODE((tmp_path / "trees.jsonl").stat().st_mode) == 0o600


@pytest.mark.slow
async def test_what_an_earlier_version_left_open_is_told_and_closed_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "run.lock").touch(0o644)
    (tmp_path / "run.lock").chmod(0o644)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "parley.log.1").touch()
    (tmp_path / "logs" / "parley.log.1").chmod(0o644)
    _, found = await asyncio.to_thread(findings, tmp_path)
    assert found["files"]["state"] == "warn"
    assert "run.lock" in found["files"]["found"]
    assert "chmod" in found["files"]["fix"]
    async with running(tmp_path):
        assert open_to_others(tmp_path) == []
