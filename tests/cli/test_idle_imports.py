"""What a running program has not imported as long as nobody has asked for it: a program that waits stays small."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from core.store.engine.migrate import migrate
from tests.cli.program import soon

PARLEY = Path(sys.executable).parent / "parley"

NOT_YET = frozenset(
    {
        "aiohttp", "alembic", "cryptography", "dateparser", "ddgs", "discord", "feedparser", "langchain", "lxml",
        "mako", "mcp", "nonebot", "numpy", "phonenumbers", "pint", "prompt_toolkit", "psycopg", "py3langid",
        "pyarrow", "pypdf", "regex", "simpleeval", "slack_bolt", "slack_sdk", "telegram", "trafilatura", "xllamacpp",
    }
)  # fmt: skip
"""Libraries of platforms that are not connected, of features that nobody has used, and of what is done only once.

The model's engine is a process of its own.
"""


OF_OTHERS = re.compile(r"alembic|sqlalchemy\.dialects\.postgresql|rich\.|psycopg|httpx|telegram|discord")
"""What a command that reads the database has no use for, and what would take it a quarter of its start and more."""


@pytest.mark.slow
async def test_a_command_that_reads_the_database_imports_no_other_dialect_and_no_tool(tmp_path: Path) -> None:
    await migrate(f"sqlite:///{tmp_path}/parley.sqlite3")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-X", "importtime", PARLEY, "sources"),
        env={**os.environ, "PARLEY_HOME": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, told = await soon(process.communicate())
    assert "telegram" in said.decode()
    names = imported(told.decode())
    assert "sqlalchemy.dialects.sqlite" in names
    assert {name for name in names if OF_OTHERS.match(name)} == set()


@pytest.mark.slow
async def test_an_idle_program_has_imported_no_library_that_it_has_not_used(tmp_path: Path) -> None:
    await migrate(f"sqlite:///{tmp_path}/parley.sqlite3")
    environment = {
        **os.environ,
        "PARLEY_HOME": str(tmp_path),
        "PARLEY_WEB__PORT": "0",
        "PARLEY_OPERATOR__PORT": "0",
        "PARLEY_LOG__LEVEL": "error",
    }
    told = tmp_path / "imports"
    with told.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-X",
            "importtime",
            PARLEY,
            "run",
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
        assert process.stdout
        while b"metrics" not in await soon(process.stdout.readline()):
            pass
        process.terminate()
        await soon(process.communicate())
    libraries = {name.partition(".")[0] for name in imported(told.read_text())}
    assert "sqlmodel" in libraries
    assert libraries & NOT_YET == set()


def imported(told: str) -> set[str]:
    """The modules that Python says it has imported."""
    return set(re.findall(r"^import time:.*\| +([\w.]+)$", told, re.M))
