"""plugins.host.install.subprocesses: git and uv see little of this process, and are ended in time."""

import os
import sys

import pytest

from plugins.host.install import subprocesses as programs
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.install.subprocesses import NOWHERE, run


async def test_no_variable_goes_along_that_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = ("DATABASE_URL", "DISCORD_TOKEN", "PARLEY_SLACK__TOKEN", "AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY")
    more = ("SSH_AUTH_SOCK", "XDG_CONFIG_HOME", "NETRC", "GIT_DIR", "GIT_SSH_COMMAND", "LD_PRELOAD_X", "PYTHONPATH")
    for name in (*secret, *more, "UV_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.setenv(name, "secret")
    said = await run("env", environment={"GIVEN": "x"})
    found = dict(line.split("=", 1) for line in said.splitlines())
    assert set(found) <= {*programs.PASSED, "HOME", "GIVEN"}
    assert (found["HOME"], found["GIVEN"], found["PATH"]) == (NOWHERE, "x", os.environ["PATH"])
    assert "secret" not in said


async def test_what_fails_says_why_and_what_hangs_or_floods_is_ended() -> None:
    with pytest.raises(PluginProblem, match="not installed"):
        await run("no-such-program-here")
    with pytest.raises(PluginProblem, match="oh no"):
        await run(sys.executable, "-c", "import sys; sys.exit('oh no')")
    with pytest.raises(PluginProblem, match="more than 8 MB"):
        await run(sys.executable, "-c", "while True: print('x' * 100_000)")
    with pytest.raises(PluginProblem, match="longer than"):
        await run(sys.executable, "-c", "input() if False else __import__('threading').Event().wait()", longest=0.2)
