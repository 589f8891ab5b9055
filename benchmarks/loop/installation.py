"""The installation under test: an empty home, its settings, and `parley` as an operator types it."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from plugins.host.sandbox.limits import end_with_parent

PARLEY = Path(sys.executable).parent / "parley"
SETTINGS = """\
[log]
level = "warning"
file = false

[web]
enabled = false

[operator]
enabled = false

# The limits are for people who come one at a time.
[limits]
answers = 0
community_answers = 0

# The machine may be busy with other things.
[model.patience]
first_token = 200.0
between_tokens = 100.0
whole = 280.0

# A tree is a prompt, a person's answer and those of the model; one person each judges and ranks them.
[tasks]
from_chats = false
alternatives = {alternatives}

[tasks.limits]
max_tree_depth = 1
max_children_count = 1
num_prompter_replies = 0
goal_tree_size = 2
num_reviews_initial_prompt = 1
num_reviews_reply = 1
num_required_rankings = 1
max_extra_reviews = 0
max_extra_rankings = 0
min_active_trees = 200
max_active_trees = 200
max_prompts_per_author = 200
gold_first = 0
gold_every = 0

[model.embedded]
context = {context}
"""
"""The `parley.toml` of the installation."""

ENDING = 60.0
"""Seconds that the program may take to end."""


class CommandFailed(Exception):
    """A command of Parley's that ended with another code than 0; `said` is what it said."""

    def __init__(self, words: tuple[str, ...], code: int, said: str) -> None:
        super().__init__(f"`parley {' '.join(words)}` ended with {code}:\n{said.strip()}")
        self.said = said


@dataclass(frozen=True, slots=True)
class Installation:
    """A home with what is set there: the model's file (None for the bundled one), the tokens of a conversation, the
    answers of the model to a prompt in /tasks, and the environment for training (None for one that `parley train`
    makes).
    """

    home: Path
    model: Path | None
    context: int
    alternatives: int
    training: Path | None

    def settle(self) -> None:
        """Make the home, if it is not there yet."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        lines = [SETTINGS.format(context=self.context, alternatives=self.alternatives)]
        lines += [f"file = {json.dumps(str(self.model))}"] if self.model else []
        lines += [f"\n[train]\nenvironment = {json.dumps(str(self.training))}"] if self.training else []
        (self.home / "parley.toml").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    @property
    def database(self) -> str:
        """The address of the database, which is SQLite."""
        return f"sqlite:///{self.home / 'parley.sqlite3'}"

    def count(self, query: str, **values: str | int) -> int:
        """The number that a query of the database finds; its operator sees there what is still open."""
        with closing(sqlite3.connect(self.home / "parley.sqlite3", timeout=60)) as opened:
            return int(opened.execute(query, values).fetchone()[0])

    async def command(self, *words: str, heard: Callable[[str], object] | None = None) -> str:
        """Run a command to its end, and return what it said on standard output. `heard` gets each line that it says on
        the way. Raises CommandFailed.
        """
        child = await self._started(*words, stdout=PIPE, stderr=PIPE)
        assert child.stdout
        assert child.stderr
        try:
            said, told = await asyncio.gather(child.stdout.read(), _lines(child.stderr, heard))
            code = await child.wait()
        finally:
            if child.returncode is None:
                # A run of training is told to save what it has.
                child.send_signal(signal.SIGINT)
                await child.wait()
        if code:
            raise CommandFailed(words, code, said.decode() + told)
        return said.decode()

    @asynccontextmanager
    async def running(self, settings: Mapping[str, str], up: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
        """Run `parley run` with more settings for as long as the block runs, which begins once `up` returns.

        What it says goes into `parley-run.log` beside the home. Raises RuntimeError if it ends before it is up.
        """
        path = self.home.parent / "parley-run.log"
        with path.open("ab") as log:
            child = await self._started("run", stdout=log, stderr=STDOUT, **settings)
            ended, begun = asyncio.ensure_future(child.wait()), asyncio.ensure_future(up())
            try:
                await asyncio.wait({ended, begun}, return_when=asyncio.FIRST_COMPLETED)
                if ended.done():
                    raise RuntimeError(f"`parley run` ended before it was up; {path} says why")
                await begun
                yield
            finally:
                begun.cancel()
                if child.returncode is None:
                    child.terminate()
                try:
                    await asyncio.wait_for(ended, ENDING)
                except TimeoutError:
                    child.kill()
                    await child.wait()

    async def _started(
        self, *words: str, stdout: int | IO[bytes], stderr: int, **settings: str
    ) -> asyncio.subprocess.Process:
        """Start a command, which ends with us, also if we are killed."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
        return await asyncio.create_subprocess_exec(
            PARLEY,
            *words,
            stdin=DEVNULL,
            stdout=stdout,
            stderr=stderr,
            env=kept | {"PARLEY_HOME": str(self.home)} | settings,
            preexec_fn=partial(end_with_parent, os.getpid()),
        )


async def _lines(stream: asyncio.StreamReader, heard: Callable[[str], object] | None) -> str:
    """Read all lines, and pass each on as it comes."""
    lines: list[str] = []
    while line := (await stream.readline()).decode(errors="replace"):
        lines.append(line)
        if heard:
            heard(line.rstrip())
    return "".join(lines)
