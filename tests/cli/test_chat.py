"""`parley chat`, as scripts and people at a terminal use it."""

import asyncio
import getpass
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

import pytest

from cli.chat_session import person
from cli.main import main
from config.settings import load
from tests.cli import program
from tests.cli.platforms import HELLO, model
from tests.cli.program import soon
from tests.models.standin import Asked, Out, StandIn, stand_in
from tests.sweeping import mostly_swept

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sqlite_path")]
"""Making the tables takes most of the time of a first start. Those of other files make them."""

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

    async def until(self, words: str) -> str:
        """Wait for words, and return what was written before them; the next search begins after them."""
        while words not in self._text:
            self._more.clear()
            await self._more.wait()
        before, _, self._text = self._text.partition(words)
        return before

    def types(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._fd)
        os.close(self._fd)


@asynccontextmanager
async def at_a_terminal(environment: Mapping[str, str], *options: str) -> AsyncIterator[TerminalScreen]:
    """`parley chat` at a terminal. In the end, Ctrl-D leaves it."""
    ours, theirs = pty.openpty()
    there = {**environment, "PROMPT_TOOLKIT_NO_CPR": "1"}
    process = await program.start(there, "chat", *options, main=at_its_terminal, stdin=theirs, stdout=theirs)
    os.close(theirs)
    screen = TerminalScreen(ours)
    try:
        yield screen
        screen.types("\x04")
        assert await soon(process.wait()) == 0
    finally:
        if process.returncode is None:
            process.kill()
        await soon(process.communicate())
        screen.close()


def at_its_terminal() -> None:
    """A `parley` whose standard input is the terminal that it belongs to."""
    os.login_tty(os.dup(0))
    main()


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


async def greeting(asked: Asked, out: Out) -> None:
    await out.head()
    await out.words("Hello.")
    await out.end()


async def cut(asked: Asked, out: Out) -> None:
    """Breaks off in the middle."""
    await out.head()
    await out.words("Hel")


@pytest.mark.parametrize("whole", [True, False])
async def test_half_an_answer_is_no_success(tmp_path: Path, *, whole: bool) -> None:
    async with stand_in(greeting if whole else cut, window=4096) as server:
        process = await program.start(chosen(tmp_path, server), "chat", "Hi")
        said, complained = await soon(process.communicate())
    assert (process.returncode, said.strip()) == ((0, b"Hello.") if whole else (1, b"Hel"))
    assert bool(complained) is not whole


async def test_an_answer_that_is_cut_at_its_greatest_length_is_no_success(tmp_path: Path) -> None:
    async def long(asked: Asked, out: Out) -> None:
        await out.head()
        await out.words("Hel")
        await out.end("length")

    async with stand_in(long, window=4096) as server:
        environment = chosen(tmp_path, server)
        process = await program.start(environment, "chat", "Hi")
        said, complained = await soon(process.communicate())
        code, _ = await program.ended(environment, "chat", "--resume", "/stats")
    assert (process.returncode, said) == (1, b"Hel\n")
    assert b"cut off" in complained
    assert code == 0, "a command later is not to blame"


async def test_a_conversation_has_a_name_and_keeps_what_was_chosen_for_it(tmp_path: Path) -> None:
    file = tmp_path / "bees.txt"
    file.write_text("Bees dance.")
    async with stand_in(greeting, window=4096) as server:
        environment = chosen(tmp_path, server)
        ask = partial(program.ended, environment, "chat")
        assert await ask("--conversation", "Garden", "--system", "You garden.", "Hi") == (0, "Hello.\n")
        assert await ask("--conversation", "garden", "--file", str(file), "And?") == (0, "Hello.\n")
        assert await ask("Alone") == (0, "Hello.\n")
        code, listed = await ask("--list")
    lines = [asked.body["messages"] for asked in server.asked if "messages" in asked.body]
    assert [line["content"] for line in lines[1]][:3] == ["You garden.", "Hi", "Hello."]
    assert "Bees dance." in lines[1][-1]["content"]
    assert len(lines[2]) == 2
    assert "You garden." not in lines[2][0]["content"]
    assert code == 0
    assert [line.split(maxsplit=3)[-1] for line in listed.splitlines()] == ["Alone", "Garden"]


async def test_a_long_text_from_a_pipe_goes_along_as_a_file(tmp_path: Path) -> None:
    async with stand_in(greeting, window=32_768) as server:
        given = piped(b"bee " * 3000)
        process = await program.start(chosen(tmp_path, server), "chat", "Summarise", stdin=given)
        os.close(given)
        said, complained = await soon(process.communicate())
    assert (process.returncode, said) == (0, b"Hello.\n"), complained
    question = server.asked[-1].body["messages"][-1]["content"]
    assert question.startswith("Summarise\n\nstdin:\n```\nbee bee")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--model", "nobody", "Hi"), "There is no model 'nobody'. There are: embedded"),
        (("--persona", "nobody", "Hi"), "There is no persona 'nobody'. There are: "),
        (("--preset", "nobody", "Hi"), "There is no preset 'nobody'. There are: "),
        (("--file", "/nowhere", "Hi"), "'/nowhere' does not exist"),
        (("--resume", "--conversation", "one", "Hi"), "exclude each other"),
        (("--conversation", " ", "Hi"), "--conversation needs a name"),
        (("--list", "Hi"), "--list takes no question"),
        ((), "There was no question"),
    ],
)
async def test_wrong_use_is_told_apart(tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    code, said = await program.ended({**os.environ, "PARLEY_HOME": str(tmp_path)}, "chat", *options)
    assert (code, words in " ".join(said.split())) == (2, True), said


async def test_several_lines_are_typed_between_quotation_marks_or_with_alt_enter(tmp_path: Path) -> None:
    async with stand_in(greeting, window=4096) as server:
        environment = chosen(tmp_path, server)
        async with at_a_terminal(environment) as screen:
            await soon(screen.until(PROMPT))
            screen.types('"""one\rtwo"""\r')
            await soon(screen.until("Hello."))
            await soon(screen.until(PROMPT))
            screen.types("three\x1b\rfour\r")
            await soon(screen.until("Hello."))
            await soon(screen.until(PROMPT))
    asked = [one.body["messages"][-1]["content"] for one in server.asked if "messages" in one.body]
    assert asked == ["one\ntwo", "three\nfour"]


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
    async with endless(tmp_path) as (server, environment), at_a_terminal(environment) as screen:
        await soon(screen.until(PROMPT))
        screen.types("Count\r")
        await soon(screen.until("more"))
        screen.types("\x03")
        await soon(screen.until("Stopped"))
        await soon(server.idle.wait())
        await soon(screen.until(PROMPT))


async def test_ctrl_c_drops_the_line_that_has_begun_and_leaves_an_empty_prompt(tmp_path: Path) -> None:
    async with stand_in(greeting, window=4096) as server, at_a_terminal(chosen(tmp_path, server)) as screen:
        await soon(screen.until(PROMPT))
        screen.types("Never sent")
        await soon(screen.until("sent"))
        screen.types("\x03")
        await soon(screen.until(PROMPT))
        screen.types("Sent\r")
        await soon(screen.until("Hello."))
        await soon(screen.until(PROMPT))
        screen.types("\x03")
    assert [one.body["messages"][-1]["content"] for one in server.asked if "messages" in one.body] == ["Sent"]


async def killed_chat(home: Path) -> None:
    """A chat that was killed while it answered "Count"."""
    async with endless(home) as (_, environment):
        killed = await program.start(environment, "chat", "Count")
        assert await soon(killed.stdout.readline()) == b"one\n"
        killed.kill()
        await soon(killed.communicate())


@pytest.mark.parametrize(("options", "said"), [((), f"{HELLO}\n"), (("--resume",), f"{HELLO}\n{HELLO}\n")])
async def test_what_a_killed_chat_was_asked_is_answered_where_somebody_goes_on_with_it(
    tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    """Another chat says only what it was asked itself."""
    await killed_chat(tmp_path)
    async with model() as settings:
        environment = {**os.environ, "PARLEY_HOME": str(tmp_path), **settings}
        process = await program.start(environment, "chat", *options, "And?")
        assert (await soon(process.communicate()))[0].decode() == said
    with closing(sqlite3.connect(tmp_path / "parley.sqlite3")) as database:
        answers = database.execute("SELECT state, text FROM message WHERE role = 'assistant'").fetchall()
        (left,) = database.execute("SELECT count(*) FROM inbox WHERE state != 'done'").fetchone()
    assert answers.count(("complete", HELLO)) == said.count(HELLO)
    assert (left, len(answers)) == (2 - said.count(HELLO), 2)


async def test_a_terminal_that_is_opened_again_shows_the_answer_once(tmp_path: Path) -> None:
    await killed_chat(tmp_path)
    async with model() as settings:
        environment = {**os.environ, "PARLEY_HOME": str(tmp_path), **settings}
        async with at_a_terminal(environment, "--resume", "--plain") as screen:
            await soon(screen.until("Count"))
            await soon(screen.until(HELLO))
            screen.types("/calc 6 * 7\r")
            assert HELLO not in await soon(screen.until("= 42"))
            # Ctrl-D leaves a prompt, but before there is one, it is lost.
            await soon(screen.until(PROMPT))


@pytest.mark.parametrize(("closed", "said"), mostly_swept([("2>&-", True), (">&-", False)], [(">&-", False)]))
async def test_with_a_closed_output_it_ends_as_usual(tmp_path: Path, closed: str, said: bool) -> None:
    environment = {**os.environ, "PARLEY_HOME": str(tmp_path)}
    line = ("sh", "-c", f'exec "$@" {closed}', "sh", *PARLEY, "chat", "/calc 6 * 7")
    process = await asyncio.create_subprocess_exec(*line, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=environment)
    shown, _ = await soon(process.communicate())
    assert (process.returncode, b"= 42" in shown) == (0, said)


@pytest.mark.parametrize("error", [KeyError("getpwuid(): uid not found: 4711"), OSError("No username set")])
def test_whose_account_has_no_name_talks_all_the_same(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def nameless() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert person(load()).name == "terminal"
