"""What a running program has not imported as long as nobody has asked for it: a program that waits stays small."""

import asyncio
import os
import re
import sys
from pathlib import Path

from core.store.engine.migrate import migrate
from tests.cli.program import soon

PARLEY = Path(sys.executable).parent / "parley"

NOT_YET = frozenset(
    {
        "alembic", "cryptography", "dateparser", "ddgs", "discord", "feedparser", "langchain", "lxml", "mako", "mcp",
        "nonebot", "numpy", "phonenumbers", "pint", "prompt_toolkit", "psycopg", "py3langid", "pyarrow", "pypdf",
        "regex", "simpleeval", "slack_bolt", "slack_sdk", "telegram", "trafilatura", "xllamacpp",
    }
)  # fmt: skip
"""Libraries of platforms that are not connected, of features that nobody has used, and of what is done only once.

The model's engine is a process of its own.
"""


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
    imported = {name.partition(".")[0] for name in re.findall(r"^import time:.*\| +([\w.]+)$", told.read_text(), re.M)}
    assert "sqlmodel" in imported
    assert imported & NOT_YET == set()
