"""A child process: how it is started, heard and ended."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import OperatorError
from core.models.embedded.child_process import (
    KEPT_LINES,
    LONGEST_LINE,
    ChildFailed,
    ModelChild,
    ending,
    environment,
    start_child,
)
from core.models.embedded.server import ModelServerOptions

OPTIONS = ModelServerOptions(
    model="",
    key="secret",
    socket="",
    slots=1,
    context=256,
    threads=1,
    batch=64,
    cache_mib=0,
    thinking=False,
    seconds=60,
)


async def child(program: str) -> ModelChild:
    """A child that runs another program than it should."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    return ModelChild(process, OPTIONS, None)


async def test_a_child_serves_and_ends_by_itself_when_its_input_does(tiny_model_file: Path, tmp_path: Path) -> None:
    running = await start_child(replace(OPTIONS, model=str(tiny_model_file)), unix=True, home=tmp_path)
    assert running.options.socket.startswith(str(tmp_path))
    await running.stop()
    assert (await running.wait(), os.listdir(tmp_path)) == (0, [])


async def test_a_child_that_cannot_load_says_why(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="cannot serve .*none.gguf.*failed to"):
        await start_child(replace(OPTIONS, model=str(tmp_path / "none.gguf")), unix=True, home=tmp_path)
    assert os.listdir(tmp_path) == []


async def test_a_load_that_hangs_is_ended_by_the_watchdog(tiny_model_file: Path, tmp_path: Path) -> None:
    hasty = replace(OPTIONS, model=str(tiny_model_file), seconds=0.001)
    with pytest.raises(ChildFailed, match="ended while it loaded the model, with exit status 1"):
        await start_child(hasty, unix=True, home=tmp_path)


async def test_a_child_that_dies_at_once_is_noticed() -> None:
    crashing = await child("import os; os.kill(os.getpid(), 9)")
    with pytest.raises(ChildFailed):
        await crashing.ready()
    await crashing.stop()


async def test_a_child_that_will_not_go_is_made_to() -> None:
    stubborn = await child("import signal; signal.signal(15, signal.SIG_IGN); print(flush=True); signal.pause()")
    assert stubborn._process.stdout
    await stubborn._process.stdout.readline()
    await stubborn.stop(seconds=0.01)
    assert await stubborn.wait() == -signal.SIGKILL


async def test_only_the_last_of_its_words_are_kept() -> None:
    chatty = await child(
        "import sys\nfor n in range(9999): print(n, 'x' * 999, file=sys.stderr)\nprint('bye', file=sys.stderr)"
    )
    assert await chatty.wait() == 0
    assert chatty.last_words[-1] == "bye"
    assert len(chatty.last_words) == KEPT_LINES
    assert max(map(len, chatty.last_words)) <= LONGEST_LINE
    await chatty.stop()


def test_secrets_of_the_environment_are_not_passed_on() -> None:
    ours = {"PATH": "/bin", "DISCORD_TOKEN": "x", "PARLEY_KEY": "x", "OMP_NUM_THREADS": "1", "HTTP_PROXY": "x"}
    assert environment(ours) == {"PATH": "/bin", "OMP_NUM_THREADS": "1"}


def test_a_model_beside_another_does_not_spin_unless_the_operator_says_so() -> None:
    assert environment({"PATH": "/bin"}, yields=True) == {"PATH": "/bin", "GOMP_SPINCOUNT": "1000"}
    assert environment({"GOMP_SPINCOUNT": "0"}, yields=True) == {"GOMP_SPINCOUNT": "0"}


@pytest.mark.parametrize(("code", "words"), [(0, "exit status 0"), (-11, "signal SIGSEGV"), (-99, "signal 99")])
def test_an_end_is_put_into_words(code: int, words: str) -> None:
    assert ending(code) == words
