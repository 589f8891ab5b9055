"""A session in the terminal: the engine, one question or many, and their answers."""

import asyncio
import getpass
import locale
import os
import re
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bots.terminal.adapter import TerminalChat
from bots.terminal.paper import PipeOutput, ScreenOutput
from bots.terminal.receive import PLATFORM, fresh_place, pressed, typed
from bots.terminal.render import recalled
from cli.wiring import engine as engines
from cli.wiring.engine import RunningEngine
from cli.wiring.logs import logging_to
from config import settings as configuration
from config.settings import ParleySettings
from core.messages import Place, User

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession

CHOICE = re.compile(r"^:(\d)$")
"""Chooses a button under an answer by its number, as in :1."""

LEAVING = 10.0
"""Seconds that work in progress gets to finish when the person leaves."""


def hold(asked: str, *, resume: bool, plain: bool) -> int:
    """Hold a session, or answer what was asked. Returns the exit code."""
    settings = configuration.load()
    try:
        with logging_to(settings, aside=False):
            return asyncio.run(talk(settings, asked, resume=resume, plain=plain))
    except BrokenPipeError:
        # The reader of our answer has gone; Python must not complain about that while it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


async def talk(settings: ParleySettings, asked: str, *, resume: bool, plain: bool) -> int:
    """Start the engine and talk. Returns the exit code."""
    user = User(name := getpass.getuser(), name, language(settings), admin=True)
    async with engines.start(settings) as engine:
        where = await place(engine, user, resume=resume)
        # If a command was asked for, its notices are the answer.
        aside = sys.stdout if asked.startswith("/") else sys.stderr
        terminal = TerminalChat(
            PipeOutput(aside=aside) if plain else screen(), user, where, Path.cwd(), handle=engine.handle
        )
        engine.attach(PLATFORM, terminal)
        if asked:
            await engine.recover(PLATFORM)
            code = await once(terminal, asked)
            # The person has the answer, but it must also be stored before the database closes.
            await engine.drain(LEAVING)
            return code
        await Conversation(engine, terminal, settings.home).run()
        await engine.drain(LEAVING)
    return 0


async def place(engine: RunningEngine, user: User, *, resume: bool) -> Place:
    """A new conversation, or the last one."""
    earlier = await engine.records.conversations(PLATFORM, user, 1) if resume else ()
    return earlier[0].place if earlier else fresh_place()


async def once(terminal: TerminalChat, question: str) -> int:
    """Ask one question and show its answer. Returns the exit code."""
    await terminal.say(typed(question, terminal.where, terminal.user))
    await terminal.settled()
    if terminal.failed:
        click.echo(terminal.failed, err=True)
    return 1 if terminal.failed else 0


def language(settings: ParleySettings) -> str:
    """The language of this terminal, as a BCP 47 tag."""
    known = locale.getlocale()[0]
    return known.replace("_", "-") if known and known not in ("C", "POSIX") else settings.language


def screen() -> ScreenOutput:
    """A screen drawn with rich, which is imported only when it is needed."""
    from rich.console import Console

    return ScreenOutput(Console())


@dataclass(slots=True)
class Conversation:
    """The loop of a terminal session: a line, its answer, the next line."""

    engine: RunningEngine
    terminal: TerminalChat
    home: Path
    _stopping: "asyncio.Future[None] | None" = None

    async def run(self) -> None:
        """Talk until the person leaves with Ctrl-D, or with Ctrl-C at the prompt."""
        from prompt_toolkit.patch_stdout import patch_stdout

        session = self._session()
        self.terminal.ask = session.prompt_async
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self._interrupt)
        await self._greet()
        await self.engine.recover(PLATFORM)
        while True:
            try:
                # Anything that arrives meanwhile (a reminder) is written above the prompt line, which stays.
                with patch_stdout(raw=True):
                    line = await session.prompt_async("> ")
            except (EOFError, KeyboardInterrupt):
                return
            if (number := CHOICE.match(line.strip())) and await self.terminal.choose(int(number[1])):
                await self._patiently()
            elif line.strip():
                await self.terminal.say(typed(line, self.terminal.where, self.terminal.user))
                await self._patiently()

    async def _patiently(self) -> None:
        try:
            await self.terminal.settled()
        except (EOFError, KeyboardInterrupt):
            return

    async def _greet(self) -> None:
        paper = self.terminal.paper
        paper.note("Parley. /help lists the commands, Ctrl-C stops an answer, Ctrl-D leaves.")
        if self.engine.first_run_line:
            paper.note(self.engine.first_run_line)
        for turn in await self.engine.records.transcript(self.terminal.where, self.terminal.user):
            paper.answer(recalled(turn), last=True)

    def _interrupt(self) -> None:
        button = self.terminal.stop_button
        if button is None:
            return
        stop = pressed(button.action, self.terminal.where, self.terminal.user)
        self._stopping = asyncio.ensure_future(self.engine.handle(stop))

    def _session(self) -> "PromptSession[str]":
        from prompt_toolkit import PromptSession
        from prompt_toolkit.completion import WordCompleter
        from prompt_toolkit.history import FileHistory

        commands = self.engine.records.commands(self.terminal.user)
        menu = {f"/{command.name}": command.description for command in commands}
        completer = WordCompleter(list(menu), meta_dict=menu, sentence=True)
        return PromptSession(history=FileHistory(str(self.home / "history")), completer=completer)
