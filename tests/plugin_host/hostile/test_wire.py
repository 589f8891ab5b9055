"""Messages of a hostile plugin: whatever they are, Parley continues, never waits forever, and keeps its time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
import pytest

from core.store.engine.database import Database
from parley import Context, PluginError, manifest_of
from parley.testing import Calendar, Memory, Shelf, Voice
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.install.plugin_source import from_terminal
from plugins.host.sandbox.confinement import ProcessWalls, walls_here
from plugins.host.sandbox.crashes import ProcessCrashed
from plugins.host.sandbox.process import PluginProcess, spoken
from plugins.host.sandbox.process_times import USUAL_TIMES, ProcessTimes
from plugins.host.sandbox.program import PluginProgram
from tests.plugin_host.stage import Build
from tests.sweeping import mostly_swept

PLUGIN = """# /// script
# [tool.parley]
# name = "wire"
# version = "1"
# description = "Takes over the wire."
# powers = ["storage", "schedule", "history"]
# ///
import asyncio, json, os, sys, threading, time
import parley.serve as serve
from parley import tool

frame = sys._getframe()
while "output" not in frame.f_locals: frame = frame.f_back
OUT = frame.f_locals["output"]

def say(text):
    text = text if isinstance(text, bytes) else text.encode() + b"\\n"
    while text:
        try: text = text[os.write(OUT, text):]
        except BlockingIOError: time.sleep(0.001)

def flood(text, then=lambda: None):
    def go():
        while True: say(text)
    threading.Thread(target=go, daemon=True).start()

@tool
async def go(words: str = "") -> str:
    "Go."
    {body}
    return "went"
"""
Run = Callable[..., PluginProcess]


@pytest.fixture
async def run(common: Path, tmp_path: Path) -> AsyncIterator[Run]:
    """Runs a plugin that has this in its tool, and this at its end."""
    running: list[PluginProcess] = []

    def begun(
        body: str = "pass", end: str = "", walls: ProcessWalls | None = None, times: ProcessTimes = USUAL_TIMES
    ) -> PluginProcess:
        file = tmp_path / "wire.py"
        file.write_text(PLUGIN.replace("{body}", body) + end)
        program = PluginProgram((common, tmp_path), file, walls=walls or walls_here())
        process = PluginProcess(manifest_of(file.read_text()), program, times=times)
        running.append(process)
        return process

    yield begun
    for process in running:
        await process.close()


CONTEXT = Context(httpx.AsyncClient(), Memory(), Shelf(), Calendar(), Voice(), {}, {}, "en", "Ana", "a", "k")

ANSWERS = {
    "an error that is a text": '"error": "no"',
    "an error that is a list": '"error": [1]',
    "an error that is a number": '"error": 5',
    "an error whose words are a map": '"error": {"message": {"a": []}, "code": []}',
    "a number of many digits": '"result": ' + "9" * 5000,
    "a number without end": '"result": 1e999',
    "no number": '"result": NaN',
    "half a pair": '"result": {"content": [{"type": "text", "text": "\\\\ud800"}]}',
    "a text": '"result": "x"',
    "nothing": '"result": null',
    "a list": '"result": [[[]]]',
    "content that is none": '"result": {"content": 5}',
    "odd meta": '"result": {"content": [], "_meta": null}',
    "odd meta of an error": '"result": {"content": [5], "isError": [1], "_meta": 7}',
}


@pytest.mark.sweep
@pytest.mark.parametrize("answer", ANSWERS)
async def test_an_odd_answer_is_an_error_of_this_call(run: Run, answer: str) -> None:
    process = run(
        end=f"""
async def odd(self, number, method, params):
    if method == "tools/call": say('{{"jsonrpc": "2.0", "id": %d, {ANSWERS[answer]}}}' % number)
    else: await usual(self, number, method, params)
usual, serve.PluginServer._do = serve.PluginServer._do, odd
"""
    )
    async with asyncio.timeout(20):
        with contextlib.suppress(ProcessCrashed, PluginError):
            await process.call("go", {}, CONTEXT)
        # Whatever became of it, nobody waits for a reader that has died.
        process._crashes.not_before = 0.0
        await process.ask("ping", {})


@pytest.mark.slow
async def test_a_call_ends_although_the_process_reads_nothing(run: Run) -> None:
    process = run("time.sleep(60)", times=ProcessTimes(pong=0.2))
    await process.start()
    sleeping = asyncio.create_task(process.call("go", {}, CONTEXT))
    async with asyncio.timeout(20):
        # More than the pipe holds: writing it has to wait.
        with pytest.raises((TimeoutError, ProcessCrashed)):
            async with asyncio.timeout(0.5):
                await process.call("go", {"words": "x" * 4_000_000}, CONTEXT)
        with pytest.raises(ProcessCrashed, match="did not answer"):
            await sleeping


async def test_a_process_that_closes_its_output_is_ended(run: Run) -> None:
    # Bubblewrap holds the other end as well: there it shows when somebody waits too long.
    walls = replace(walls_here(), bubblewrap="")
    process = run("os.close(OUT); time.sleep(60)", walls=walls, times=ProcessTimes(pong=0.2))
    async with asyncio.timeout(15):
        with pytest.raises(ProcessCrashed, match="closed its output"):
            await process.call("go", {}, CONTEXT)


FLOODS = {
    "tiny messages": 'flood(b"{}\\n" * 20000)',
    "answers to nobody": 'flood(b\'{"id": 77777, "result": 1}\\n\' * 5000)',
    "notes": 'flood(b\'{"method": "x"}\\n\' * 5000)',
    "requests of no call": 'flood(b\'{"method": "parley/use", "id": 1}\\n\' * 50)',
    "large messages": 'flood(b"[" + b"[]," * 2_000_000 + b"1]\\n")',
    "large answers": "flood(b'{\"id\": 7, \"result\": [' + b'[],' * 2_000_000 + b'1]}\\n')",
    "words without end": 'threading.Thread(target=lambda: [os.write(2, b"x" * 60000) for _ in iter(int, 1)]).start()',
}


@pytest.mark.slow
@pytest.mark.parametrize("flood", mostly_swept(FLOODS, list(FLOODS)[:2]))
async def test_a_flood_takes_little_of_our_time(run: Run, flood: str) -> None:
    process = run(FLOODS[flood])
    with contextlib.suppress(ProcessCrashed, TimeoutError):
        async with asyncio.timeout(3):
            await process.call("go", {}, CONTEXT)
    turns, began = 0, perf_counter()
    while perf_counter() - began < 2:
        await asyncio.sleep(0.001)
        turns += 1
    # On an idle machine it would be over a thousand; the machine may be busy, so only a loop that hardly turns fails.
    assert turns > 60


TOLD = {
    "no tools": "serve.shape = lambda tool: 5\n",
    "no meta": 'serve.shape = lambda tool: {"name": "go"}\n',
    "odd options": 'told(options=[["x"]])',
    "options of numbers": "told(options=5)",
    "a name that is a list": 'told(tool=["go"])',
    "a name that is a number": "told(tool=5)",
    "a description that is a map": "told(description={})",
    "a long description": 'told(description="x" * 3_000_000)',
    "a schema that is a list": "told(inputSchema=[])",
    "a deep schema": 'told(inputSchema={"a": ' + "[" * 60 + "]" * 60 + "})",
    "a large schema": 'told(inputSchema={"a": list(range(100_000))})',
    "too many tools": "many()",
    "hooks that are a text": 'offers({"hooks": "abc", "scheduled": []})',
    "hooks that are maps": 'offers({"hooks": [{}], "scheduled": []})',
    "no hooks": "offers([])",
    "nothing at all": "offers(None)",
    "half a pair": 'told(tool="\\ud800")',
}
TELLING = """
import dataclasses
def told(**given):
    def shape(tool):
        found = usual(tool)
        for name, value in given.items():
            place = found["_meta"]["parley"] if name in ("tool", "options") else found
            place[name] = value
        return found
    usual, serve.shape = serve.shape, shape

def offers(given):
    async def answer(self, method, params):
        return given if method == "parley/offers" else await usual(self, method, params)
    usual, serve.PluginServer._answer = serve.PluginServer._answer, answer

def many():
    async def answer(self, method, params):
        found = await usual(self, method, params)
        return {"tools": found["tools"] * 10_000} if method == "tools/list" else found
    usual, serve.PluginServer._answer = serve.PluginServer._answer, answer
"""


@pytest.mark.parametrize("odd", mostly_swept(TOLD, list(TOLD)[:5]))
async def test_what_is_told_oddly_is_not_installed_and_hurts_no_start(build: Build, tmp_path: Path, odd: str) -> None:
    stage = build()
    file = tmp_path / "wire.py"
    file.write_text(PLUGIN.replace("{body}", "pass") + TELLING + TOLD[odd])
    with pytest.raises(PluginProblem):
        async with stage.installer.fetched(from_terminal(str(file))) as candidate:
            await stage.installer.install(candidate)
    again = build()
    await again.installer.load()
    assert "wire" not in again.host.plugins
    again.core.router.dispatch.menu.more()


async def test_a_row_that_is_odd_already_leaves_the_others(build: Build, tmp_path: Path, store: Database) -> None:
    from core.store.plugin_tables import InstalledPluginRow

    stage = build()
    file = tmp_path / "wire.py"
    file.write_text(PLUGIN.replace("{body}", "pass"))
    async with stage.installer.fetched(from_terminal(str(file))) as candidate:
        await stage.installer.install(candidate)

    def unit(session: Any) -> None:
        row = session.get(InstalledPluginRow, "wire")
        tool = row.offers["tools"][0]
        tool["_meta"]["parley"]["options"] = [["x"]]
        session.add(
            InstalledPluginRow(**{**row.model_dump(), "name": "odd", "offers": {**row.offers, "tools": [tool]}})
        )

    await store.write(unit)
    again = build()
    await again.installer.load()
    assert "wire" in again.host.plugins
    assert "odd" not in again.host.plugins


@pytest.mark.slow
async def test_one_that_never_says_what_it_offers_is_ended(run: Run) -> None:
    never = """
async def never(self, method, params):
    if method == 'initialize': return {}
    await asyncio.sleep(99)
serve.PluginServer._answer = never"""
    process = run(end=never, times=ProcessTimes(start=3.0))
    async with asyncio.timeout(15):
        with pytest.raises(ProcessCrashed, match="did not say within"):
            await spoken(process)


REQUESTS = {
    "a large number": ("chat", "history", '{"limit": 1e300}', "[]"),
    "no time": ("schedule", "at", "{}", "[]"),
    "a time before all": ("schedule", "at", '{"function": "x"}', '["0001-01-01T00:00:00+23:59"]'),
    "half a pair": ("\\ud800", "get", "{}", '["\\ud800"]'),
    "names that are a list": ("storage", "get", "[1]", "[]"),
    "a key that is a map": ("storage", "get", "{}", "[{}]"),
}


@pytest.mark.parametrize("request_", REQUESTS)
async def test_an_odd_request_is_answered(run: Run, request_: str) -> None:
    part, method, named, given = REQUESTS[request_]
    process = run(
        "global server; call = CALL[0]; f = asyncio.get_running_loop().create_future(); server._asked[9999] = f\n"
        f'    say(\'{{"id": 9999, "method": "parley/use", "params": {{"call": "\' + call + '
        f'r\'", "part": "{part}", "method": "{method}", "named": {named}, "given": {given}}}}}\')\n'
        "    try: await f\n"
        "    except Exception as error: return 'answered'",
        end="""
CALL, server = [], None
def taken(self, params):
    global server
    server = self
    CALL[:] = [params["_meta"]["parley"]["call"]]
    return usual(self, params)
usual, serve.PluginServer._context = serve.PluginServer._context, taken
""",
    )
    async with asyncio.timeout(15):
        answer = await process.call("go", {}, CONTEXT)
    assert answer["content"][0]["text"] in ("answered", "went")


async def test_what_it_prints_last_moves_no_cursor(run: Run) -> None:
    process = run('os.write(2, b"\\x1b[2J\\x1b]0;owned\\x07 \\xe2\\x80\\xae last words\\n"); os._exit(3)')
    with pytest.raises(ProcessCrashed) as told:
        await process.call("go", {}, CONTEXT)
    assert "last words" in str(told.value)
    assert not set("\x1b\x07\u202e") & set(str(told.value))
