"""A home that is read-only, or whose disk is full, is told in one sentence by each command that writes there."""

import os
import resource
from functools import partial
from pathlib import Path

import pytest

from cli.main import main
from tests.cli import program

pytestmark = pytest.mark.slow

KERNEL = Path("/sys/kernel")
"""A folder in which not even root can make a file."""

WRITES = (["run"], ["chat", "hello"], ["plugin", "list"], ["secrets", "rotate"], ["doctor"])


def limited(largest: int) -> None:
    """Run the command that was typed; no file may be longer than so many bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    main()


async def said(home: Path, command: list[str], largest: int) -> str:
    """What a command says in a home, where no file may be longer than so many bytes."""
    environment = {**os.environ, "PARLEY_HOME": str(home), "PARLEY_WEB__PORT": "0", "PARLEY_OPERATOR__PORT": "0"}
    ran = await program.start(environment, *command, main=partial(limited, largest))
    out, err = await program.soon(ran.communicate())
    assert ran.returncode == 1
    return (out + err).decode()


@pytest.mark.skipif(not KERNEL.is_dir(), reason="needs Linux")
@pytest.mark.parametrize("command", WRITES, ids=lambda command: command[0])
async def test_a_read_only_home(command: list[str]) -> None:
    told = await said(KERNEL, command, resource.RLIM_INFINITY)
    assert "Traceback" not in told
    assert [line for line in told.splitlines() if "/sys/kernel" in line and "cannot be written" in line]


@pytest.mark.parametrize("command", WRITES, ids=lambda command: command[0])
async def test_a_full_home(tmp_path: Path, command: list[str]) -> None:
    told = await said(tmp_path, command, 0)
    assert "Traceback" not in told
    assert [line for line in told.splitlines() if "space" in line]


@pytest.mark.parametrize("kind", ["folder", "link"])
async def test_a_lock_that_is_no_file(tmp_path: Path, kind: str) -> None:
    lock = tmp_path / "run.lock"
    lock.mkdir() if kind == "folder" else lock.symlink_to(lock)
    told = await said(tmp_path, ["run"], resource.RLIM_INFINITY)
    assert "Traceback" not in told
    assert f"{lock} cannot be written" in told
