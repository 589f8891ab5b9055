"""`parley completion`: the script for a shell, and what the shell then asks."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from cli.completion import SHELLS
from tests.cli import program


async def completed(home: Path, line: str) -> list[str]:
    """What bash is told to offer for a line whose last word is being typed."""
    words = line.split(" ")
    asked = {"_PARLEY_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    code, said = await program.ended({**os.environ, "PARLEY_HOME": str(home), **asked})
    assert code == 0, said
    return [one.partition(",")[2] for one in said.splitlines()]


@pytest.mark.parametrize("shell", SHELLS)
async def test_each_shell_gets_its_script(tmp_path: Path, shell: str) -> None:
    code, script = await program.ended({**os.environ, "PARLEY_HOME": str(tmp_path)}, "completion", shell)
    assert (code, f"{shell}_complete" in script, "_PARLEY_COMPLETE" in script) == (0, True, True)
    if shell == "bash" and (bash := shutil.which("bash")):
        line = (bash, "-c", f"{script}\ncomplete -p parley")
        process = await asyncio.create_subprocess_exec(*line, stdout=asyncio.subprocess.PIPE)
        heard, _ = await program.soon(process.communicate())
        assert b"_parley_completion" in heard


async def test_commands_options_and_names_are_completed(tmp_path: Path) -> None:
    assert await completed(tmp_path, "parley ch") == ["chat"]
    assert await completed(tmp_path, "parley chat --pe") == ["--persona"]
    assert await completed(tmp_path, "parley chat --model em") == ["embedded"]
    assert "pull" in await completed(tmp_path, "parley models ")
