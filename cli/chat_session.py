"""A session in the terminal: the engine, one question or many, and their answers."""

import asyncio
import locale
import re
import signal
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from bots.terminal.adapter import TerminalChat
from bots.terminal.files import attached, piped
from bots.terminal.output import PipeOutput, ScreenOutput
from bots.terminal.prompt_line import asked_at_prompt, line_prompt, said
from bots.terminal.receive import PLATFORM, pressed, typed
from bots.terminal.render import printable, recalled
from cli import first_run
from cli.chat_choices import MOST, ChatRequest, check, choose, line, place
from cli.machine_user import at_the_machine
from cli.open_database import opened
from cli.wiring import program
from cli.wiring.engine import RunningEngine
from cli.wiring.logs import logging_to
from cli.wiring.platforms import load_settings
from config.settings import ParleySettings
from core.errors import OperatorError
from core.messages import AnyEvent, Attachment, Message, Place, User
from core.surface_queries import summaries

CHOICE = re.compile(r"^:(\d)$")
"""Chooses a button under an answer by its number, as in :1."""

GREETING = (
    "Parley. /help lists the commands, Alt-Enter begins a new line, Ctrl-C stops an answer, Ctrl-D leaves."
    ' What stands between two """ may have several lines.'
)

LEAVING = 10.0
"""Seconds that work in progress gets to finish when the person leaves."""

OWED = 3600.0
"""Seconds that the answer to a question of an earlier process gets, before this one is asked."""

INTERRUPTED = 130
"""The exit code of shells for a program that was ended by Ctrl-C."""


def hold(request: ChatRequest) -> int:
    """Hold a session, or answer what was asked. Returns the exit code. Raises UsageError if it cannot be understood."""
    settings = load_settings()
    check(settings, request.chosen)
    if not request.asks:
        first_run.offer(settings)
    try:
        with logging_to(settings, aside=False):
            return asyncio.run(talk(settings, request))
    except BrokenPipeError:
        # The reader of our answer has gone, which is no fault.
        return 0


def listed() -> int:
    """Print the conversations of whoever is at this terminal. Returns the exit code."""
    settings = load_settings()

    async def read() -> None:
        async with opened(settings.database.url) as store:
            for one in await store.read(lambda session: summaries(session, PLATFORM, person(settings), MOST)):
                click.echo(printable(line(one)))

    asyncio.run(read())
    return 0


def person(settings: ParleySettings) -> User:
    """Whoever is at this terminal, who owns the machine."""
    return User(name := at_the_machine(), name, language(settings), admin=True)


async def talk(settings: ParleySettings, request: ChatRequest) -> int:
    """Start the engine and talk. Returns the exit code."""
    user = person(settings)
    async with program.start(settings) as engine:
        where = await place(engine, user, request)
        await choose(engine, user, where, request.chosen)
        # If a command was asked for, its notices are the answer.
        aside = sys.stdout if request.words.startswith("/") else sys.stderr
        output = PipeOutput(aside=aside) if request.plain else screen()
        terminal = TerminalChat(output, user, where, Path.cwd(), handle=engine.handle, reasoning=request.reasoning)
        engine.attach(PLATFORM, terminal)
        if request.asks:
            if await go_on(engine, where):
                # The answer to an earlier question comes first, so that nobody takes it for the answer to this one.
                await engine.drain(OWED)
            try:
                code = await once(terminal, question(terminal, request, settings.limits.characters))
            finally:
                # The person has the answer, but it must also be stored before the database closes.
                await engine.drain(LEAVING)
            return code or await broken_off(engine, terminal)
        files = tuple(attached(path) for path in request.files)
        await TerminalSession(engine, terminal, settings.home, files).run()
        await engine.drain(LEAVING)
    return 0


def question(terminal: TerminalChat, request: ChatRequest, most: int) -> AnyEvent:
    """The question as an event. A piped text that is too long for a message is attached as a file."""
    files = tuple(attached(path) for path in request.files)
    if most and len(request.question) > most and request.text:
        terminal.piped = request.text.encode()
        return typed(request.words, terminal.where, terminal.user, files=(piped(terminal.piped), *files))
    return typed(request.question, terminal.where, terminal.user, files=files)


async def broken_off(engine: RunningEngine, terminal: TerminalChat) -> int:
    """The exit code for the answer that was shown, if there was one: 1 if it is not whole, so that a script can tell.

    The model may have failed in the middle of it, or have been cut off at its greatest length, which its status says.
    """
    turns = await engine.records.transcript(terminal.where, terminal.user)
    if not turns or turns[-1].id != terminal.answer or turns[-1].state in ("manual", "cancelled"):
        return 0
    return int(turns[-1].state != "complete" or bool(turns[-1].status))


async def go_on(engine: RunningEngine, where: Place) -> int:
    """Go on with what an earlier process left unfinished in this conversation. Returns how many events that were.

    Those of other conversations may be under way in another terminal; they wait until somebody goes on there.
    """
    return await engine.recover(PLATFORM, lambda place: place == where)


async def once(terminal: TerminalChat, question: AnyEvent) -> int:
    """Ask one question and show its answer. Returns the exit code.

    Raises BrokenPipeError if nobody reads the answer, OperatorError if it cannot be written for another reason.
    """
    with Interrupt(terminal) as interrupt:
        await terminal.say(question)
        try:
            await terminal.settled()
        except OSError as error:
            await stop(terminal)
            if isinstance(error, BrokenPipeError):
                raise
            raise OperatorError(f"The answer could not be written: {error.strerror}") from None
    if terminal.failed:
        click.echo(terminal.failed, err=True)
    return INTERRUPTED if interrupt.pressed else int(bool(terminal.failed))


async def stop(terminal: TerminalChat) -> None:
    """Stop the answer that is being written or prepared."""
    button = terminal.stop_button
    action = pressed(button.action, terminal.where, terminal.user) if button else None
    if terminal.handle:
        await terminal.handle(action or typed("/stop", terminal.where, terminal.user))


@dataclass(slots=True)
class Interrupt:
    """Ctrl-C while an answer is awaited: the first one stops the answer, the second one leaves the program."""

    terminal: TerminalChat
    pressed: bool = False
    _stopping: "asyncio.Task[None] | None" = None

    def __enter__(self) -> "Interrupt":
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self._press)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)

    def _press(self) -> None:
        if self.pressed:
            raise KeyboardInterrupt
        self.pressed = True
        self._stopping = asyncio.ensure_future(stop(self.terminal))


def language(settings: ParleySettings) -> str:
    """The language of this terminal, as a BCP 47 tag."""
    known = locale.getlocale()[0]
    return known.replace("_", "-") if known and known not in ("C", "POSIX") else settings.language


def screen() -> ScreenOutput:
    """A screen drawn with rich, which is imported only when it is needed."""
    from rich.console import Console

    return ScreenOutput(Console())


@dataclass(slots=True)
class TerminalSession:
    """The loop of a terminal session: a line, its answer, the next line. `files` go along with the first message."""

    engine: RunningEngine
    terminal: TerminalChat
    home: Path
    files: tuple[Attachment, ...] = ()

    async def run(self) -> None:
        """Talk until the person leaves with Ctrl-D or Ctrl-C at an empty prompt; Ctrl-C drops a line that has begun."""
        from prompt_toolkit.patch_stdout import patch_stdout

        session = line_prompt(
            self.engine.records, self.terminal.user, lambda: self.terminal.where, self.home / "history"
        )
        self.terminal.ask = partial(asked_at_prompt, session)
        await self._greet()
        await go_on(self.engine, self.terminal.where)
        while True:
            try:
                # Anything that arrives meanwhile (a reminder) is written above the prompt line, which stays.
                with patch_stdout(raw=True):
                    line = said(await session.prompt_async("> ", handle_sigint=False))
            except KeyboardInterrupt:
                if session.default_buffer.text:
                    continue
                return
            except EOFError:
                return
            if (number := CHOICE.match(line.strip())) and await self.terminal.choose(int(number[1])):
                await self._patiently()
            elif line.strip():
                event = typed(line, self.terminal.where, self.terminal.user, files=self.files)
                self.files = () if isinstance(event, Message) else self.files
                await self.terminal.say(event)
                await self._patiently()

    async def _patiently(self) -> None:
        with Interrupt(self.terminal):
            await self.terminal.settled()

    async def _greet(self) -> None:
        output = self.terminal.output
        output.note(GREETING)
        if self.engine.first_run_line:
            output.note(self.engine.first_run_line)
        for turn in await self.engine.records.transcript(self.terminal.where, self.terminal.user):
            output.answer(recalled(turn), "", last=True)
