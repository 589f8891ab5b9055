"""Runs the trainer as a child process: hears how far it is, and stops it so that it can go on later."""

import asyncio
import json
import os
import shutil
import signal
from asyncio.subprocess import PIPE
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.errors import OperatorError
from core.models.embedded.child_process import environment
from core.training.environment import TRAINER
from core.training.runs import LOG, TrainingRun

PROGRAM = "import sys; sys.path.append(sys.argv.pop(1)); from trainer.main import main; main()"
GOES_ON, REFUSED = 75, 65
"""The trainer's exit codes for a run that was stopped, and for one that cannot be done."""

KEEPS_MEMORY: Mapping[str, str] = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": f"{1 << 40}",
    "MALLOC_TOP_PAD_": f"{64 << 20}",
}
"""The environment in which glibc keeps the memory of large tensors for the next ones.

Otherwise a processor spends a third of the training on clearing pages that it has only just given back. But memory that
is kept comes in pieces, so a run takes up to a third more of it.
"""

LONGEST_LINE = 1 << 16
SAVING = 600.0
"""Seconds that the trainer may take to finish a step and save it."""

Heard = Callable[[Mapping[str, Any]], None]
"""Is called with what the trainer tells: `stage`, or `step`, `of` and `seconds_left`."""


async def run_trainer(python: Path, run: TrainingRun, heard: Heard) -> None:
    """Train a run to its end. If we are cancelled, the trainer first saves what it has.

    Raises OperatorError, with the reason, if the run cannot be done or was stopped by somebody else.
    """
    place = run.place
    # A run takes hours, and the bot on the same machine shall not wait for it.
    gently = ("nice", "-n", "10") if shutil.which("nice") else ()
    passed = {name: value for name, value in environment(os.environ).items() if name != "PYTHONPATH"}
    if place.get("keeps_memory"):
        passed |= KEEPS_MEMORY
    with (run.folder / LOG).open("ab") as log:
        child = await asyncio.create_subprocess_exec(
            *gently,
            *(str(python), "-P", "-c", PROGRAM, str(TRAINER.parent)),
            *(str(run.folder), place["source"], place["keys"], "--watched"),
            # It stops when this pipe closes, so also when we are killed.
            stdin=PIPE,
            stdout=PIPE,
            stderr=log,
            env=passed,
            # Ctrl-C in a terminal reaches the whole group, and it is we who say when it stops.
            start_new_session=True,
            limit=LONGEST_LINE,
        )
    refused = ""
    try:
        assert child.stdout is not None
        while line := await child.stdout.readline():
            told = json.loads(line)
            refused = told.get("refused", refused)
            heard(told)
        code = await child.wait()
    except asyncio.CancelledError:
        await _stopped(child)
        raise
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if code == GOES_ON:
        raise OperatorError(f"the run was stopped; `parley train resume {run.name}` goes on")
    if code:
        raise OperatorError(refused or await asyncio.to_thread(_last_words, run, code))


async def _stopped(child: asyncio.subprocess.Process) -> None:
    """Ask a child to stop, and wait until it has saved. A second Ctrl-C cancels the wait."""
    if child.returncode is None:
        child.send_signal(signal.SIGTERM)
        assert child.stdout is not None
        async with asyncio.timeout(SAVING):
            while await child.stdout.read(LONGEST_LINE):
                pass
            await child.wait()


def _last_words(run: TrainingRun, code: int) -> str:
    lines = (run.folder / LOG).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    what = "was killed, perhaps because memory ran out: try --lora, or a lower --batch or --length"
    how = what if code in (-signal.SIGKILL, 128 + signal.SIGKILL) else f"failed: {lines[-1][:300] if lines else code}"
    return f"the trainer {how} ({run.folder / LOG} says more); `parley train resume {run.name}` tries again"
