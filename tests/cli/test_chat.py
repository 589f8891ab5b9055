"""`parley chat`, as scripts and people at a terminal use it."""

import asyncio
import os
import pty
import signal
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

from tests.cli import program
from tests.cli.platforms import HELLO, model
from tests.cli.program import soon
from tests.models.standin import Asked, Out, StandIn, stand_in

PARLEY = (sys.executable, "-c", "from cli.main import main; main()")
PROMPT = "\x1b[0m>"


class TerminalScreen:
    """The side of a terminal that a person looks at: everything that was written to it, from the last find on."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._text = ""
        self._more = asyncio.Event()
        asyncio.get_running_loop().add_reader(fd, self._read)

    def _read(self) -> None:
        try:
            self._text += os.read(self._fd, 65_536).decode(errors="replace")
        except OSError:  # the program has ended
            asyncio.get_running_loop().remove_reader(self._fd)
        self._more.set()

    async def until(self, words: str) -> None:
        """Wait for words; the next search begins after them."""
        while words not in self._text:
            self._more.clear()
            await self._more.wait()
        self._text = self._text.partition(words)[2]

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._fd)
        os.close(self._fd)


@asynccontextmanager
async def endless(home: Path) -> AsyncIterator[tuple[StandIn, Mapping[str, str]]]:
    """A model that says two lines and is never done, with the environment that chooses it."""

    async def count(asked: Asked, out: Out) -> None:
        await out.head()
        await out.words("one\n", "two → ")
        while True:
            await out.words("more\n")
            await asyncio.sleep(0)

    async with stand_in(count, window=4096) as server:
        yield server, chosen(home, server)


def chosen(home: Path, server: StandIn) -> Mapping[str, str]:
    model = {"PARLEY_MODEL__SERVERS__TEST__URL": server.url, "PARLEY_MODEL__DEFAULT": "test"}
    return {**os.environ, "PARLEY_HOME": str(home), **model}


def piped(content: bytes) -> int:
    """A descriptor from which some bytes can be read, and then no more."""
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    return reading


async def asked(home: Path, line: str, **more: str) -> str:
    """Ask once; returns the answer."""
    environment = {**os.environ, "PARLEY_HOME": str(home), **more}
    code, said = await program.ended(environment, "chat", line)
    assert code == 0, said
    return said


async def test_all_is_noted_before_it_ends(tmp_path: Path) -> None:
    assert "3 ft in cm = 91.44 cm" in await asked(tmp_path, "/calc 3 ft in cm")
    assert "**calculator**" in await asked(tmp_path, "/plugin list")
    async with model() as settings:
        assert HELLO in await asked(tmp_path, "Hello", **settings)
    with closing(sqlite3.connect(tmp_path / "parley.sqlite3")) as database:
        assert database.execute("SELECT state, count(*) FROM inbox GROUP BY state").fetchall() == [("done", 3)]
        assert database.execute("SELECT DISTINCT state FROM post").fetchall() == [("sent",)]


async def test_what_is_piped_in_follows_the_question(tmp_path: Path) -> None:
    async def hello(asked: Asked, out: Out) -> None:
        await out.head()
        await out.words("Hello.")
        await out.end()

    async with stand_in(hello, window=4096) as server:
        given = piped(b"\xef\xbb\xbfTwo \xff lines\nof text\n")
        process = await program.start(chosen(tmp_path, server), "chat", "Summarise", "this:", stdin=given)
        os.close(given)
        said, complained = await soon(process.communicate())
    assert (process.returncode, said) == (0, b"Hello.\n"), complained
    assert server.asked[-1].body["messages"][-1]["content"] == "Summarise this:\n\nTwo \ufffd lines\nof text"


async def test_a_reader_that_goes_ends_the_program(tmp_path: Path) -> None:
    """As `| head -1` does."""
    async with endless(tmp_path) as (server, environment):
        reading, writing = os.pipe()
        process = await program.start(environment, "chat", "Count", stdout=writing)
        os.close(writing)
        assert await asyncio.to_thread(os.read, reading, 4) == b"one\n"
        os.close(reading)
        _, complained = await soon(process.communicate())
        await soon(server.idle.wait())
    assert (process.returncode, complained) == (0, b"")


async def test_a_full_disk_is_told(tmp_path: Path) -> None:
    async with endless(tmp_path) as (_, environment):
        full = os.open("/dev/full", os.O_WRONLY)
        # An interpreter of its own, since Python itself writes what is left at its end.
        process = await asyncio.create_subprocess_exec(
            *PARLEY, "chat", "Count", stdin=DEVNULL, stdout=full, stderr=PIPE, env=environment
        )
        os.close(full)
        _, complained = await soon(process.communicate())
    assert process.returncode == 1
    assert b"The answer could not be written: No space left on device" in complained
    assert b"Traceback" not in complained


async def test_ctrl_c_stops_the_answer_and_keeps_what_there_is(tmp_path: Path) -> None:
    """In an encoding without arrows."""
    async with endless(tmp_path) as (server, environment):
        process = await program.start({**environment, "PYTHONIOENCODING": "ascii"}, "chat", "Count")
        assert await soon(process.stdout.readline()) == b"one\n"
        assert await soon(process.stdout.readline()) == b"two ? more\n"
        process.send_signal(signal.SIGINT)
        _, complained = await soon(process.communicate())
        await soon(server.idle.wait())
    assert process.returncode == 130
    assert b"Stopped" in complained
    with closing(sqlite3.connect(tmp_path / "parley.sqlite3")) as database:
        assert database.execute("SELECT state FROM message WHERE role = 'assistant'").fetchall() == [("cancelled",)]


async def test_ctrl_c_at_a_terminal_stops_the_answer_and_the_talk_goes_on(tmp_path: Path) -> None:
    async with endless(tmp_path) as (server, environment):
        ours, theirs = pty.openpty()
        process = await asyncio.create_subprocess_exec(
            *PARLEY, "chat", env={**environment, "PROMPT_TOOLKIT_NO_CPR": "1"}, preexec_fn=partial(os.login_tty, theirs)
        )
        os.close(theirs)
        screen = TerminalScreen(ours)
        await soon(screen.until(PROMPT))
        os.write(ours, b"Count\r")
        await soon(screen.until("more"))
        os.write(ours, b"\x03")
        await soon(screen.until("Stopped"))
        await soon(server.idle.wait())
        await soon(screen.until(PROMPT))
        os.write(ours, b"\x04")
        assert await soon(process.wait()) == 0
        screen.close()
