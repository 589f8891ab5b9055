"""plugins.host.sandbox.process: a plugin in a process of its own, and what a bad one cannot do."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from parley import Context, Failure, PluginError, manifest_of
from parley.powers import restricted
from parley.testing import Calendar, Memory, Shelf, Voice
from plugins.host.sandbox import crashes
from plugins.host.sandbox.crashes import ProcessCrashed
from plugins.host.sandbox.process import PluginProcess, spoken
from plugins.host.sandbox.process_times import USUAL_TIMES, ProcessTimes
from plugins.host.sandbox.program import PluginProgram

HEAD = """# /// script
# [tool.parley]
# name = "{name}"
# version = "1"
# description = "A plugin of a test."
# hosts = ["api.example"]
# powers = ["storage", "post", "schedule", "history"]
# hooks = ["before_answer", "on_rating"]
# ///
import asyncio, os, socket, subprocess, sys, threading, time
from datetime import UTC, datetime
from parley import Context, Failure, PluginError, Rating, Result, Source, command, hook, scheduled, tool
"""

GOOD = """
@tool(shown="adds {first} and {second}")
@command(name="sum")
async def add(ctx: Context, first: int, second: int = 1) -> Result:
    "Add two numbers."
    print("I print to the standard output")
    return Result(f"{ctx.user_name} {first + second}", (Source("Sums", "https://sums.example/"),), private=True)

@tool(confirm=True)
async def keep(ctx: Context, key: str, value: str) -> str:
    "Keep and give back."
    before = await ctx.storage.get(key, "nothing")
    await ctx.storage.set(key, value)
    await ctx.texts.put("a", "A title", "Bees need water", "https://a.example/")
    (passage,) = await ctx.texts.search("water")
    await ctx.chat.post(f"{key} is kept")
    (said,) = await ctx.chat.history()
    number = await ctx.schedule.at(datetime(2030, 1, 1, tzinfo=UTC), "ring", what="tea")
    (due,) = await ctx.schedule.due()
    gone = await ctx.schedule.cancel(number)
    return f"{before} {passage.title} {said.text} {due.when.year} {due.values['what']} {gone}"

@tool
async def fetch(ctx: Context, url: str) -> str:
    "Fetch a page."
    answer = await ctx.http.get(url, headers={"x-key": ctx.secrets["key"]})
    return f"{answer.status_code} {answer.headers['x-kind']} {answer.text} {ctx.secrets['key'].startswith('secret-')}"

@tool
async def fail(how: str) -> str:
    "Fail."
    raise {"fix": PluginError("bring a token"), "other": Failure("they are down"), "fault": ValueError("oh no")}[how]

@hook("before_answer")
async def before(ctx: Context, text: str) -> str:
    return text.upper()

@hook("on_rating")
async def rated(ctx: Context, rating: Rating) -> None:
    await ctx.storage.set("rating", [rating.value, list(rating.labels)])

@scheduled
async def ring(ctx: Context, what: str) -> None:
    await ctx.chat.post(f"ring: {what}")
"""

Run = Callable[..., PluginProcess]


@pytest.fixture
async def run(common: Path, tmp_path: Path) -> AsyncIterator[Run]:
    """Runs a plugin's code in a process."""
    running: list[PluginProcess] = []

    def begun(code: str, name: str = "bad", times: ProcessTimes = USUAL_TIMES, **given: Any) -> PluginProcess:
        file = tmp_path / f"{name}.py"
        file.write_text(HEAD.replace("{name}", name) + code)
        process = PluginProcess(
            manifest_of(file.read_text()), PluginProgram((common, tmp_path), file, **given), times=times
        )
        running.append(process)
        return process

    yield begun
    for process in running:
        await process.close()


def context(process: PluginProcess, answers: Callable[[httpx.Request], httpx.Response] | None = None) -> Context:
    """A context that does what the manifest says."""
    http = httpx.AsyncClient(transport=httpx.MockTransport(answers or (lambda request: httpx.Response(404))))
    made = Context(
        http,
        Memory(),
        Shelf(),
        Calendar(),
        Voice(),
        {},
        {"key": "hunter2"},
        "de",
        "Ana",
        "a1",
        "k1",
    )
    return restricted(made, process.manifest)


async def test_a_tool_is_told_and_called(run: Run) -> None:
    process = run(GOOD)
    tools, offers = await spoken(process)
    assert [tool["name"] for tool in tools] == ["add", "keep", "fetch", "fail"]
    assert offers == {"hooks": ["before_answer", "on_rating"], "scheduled": ["ring"]}
    answer = await process.call("add", {"first": 2}, context(process))
    assert answer["content"] == [{"type": "text", "text": "Ana 3"}]
    assert answer["_meta"]["parley"] == {"sources": [["Sums", "https://sums.example/"]], "private": True}
    assert "I print to the standard output" in process.said


async def test_all_of_the_context_works_through_the_wire(run: Run) -> None:
    from parley import Said

    process = run(GOOD)
    made = context(process)
    voice: Any = made.chat
    voice.chat.said.append(Said("prompter", "hello"))
    answer = await process.call("keep", {"key": "k", "value": "v"}, made)
    assert answer["content"][0]["text"] == "nothing A title hello 2030 tea True"
    assert voice.chat.posted == ["k is kept"]
    assert (await process.hook("before_answer", "loud", made)) == {"text": "LOUD"}
    await process.hook("on_rating", {"answer": "a", "value": -1, "labels": ["spam"], "comment": ""}, made)
    assert await made.storage.get("rating") == [-1, ["spam"]]
    await process.run("ring", {"what": "tea"}, made)
    assert voice.chat.posted[-1] == "ring: tea"


async def test_a_secret_is_put_in_on_the_way_to_a_named_host_alone(run: Run) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, headers={"x-kind": "fine"}, text="found")

    process = run(GOOD)
    made = context(process, answer)
    told = await process.call("fetch", {"url": "https://api.example/page"}, made)
    assert told["content"][0]["text"] == "200 fine found True"
    await process.call("fetch", {"url": "https://elsewhere.example/"}, made)
    assert asked[0].headers["x-key"] == "hunter2"
    assert asked[1].headers["x-key"].startswith("secret-")


@pytest.mark.parametrize(
    ("how", "kind", "words"),
    [
        ("fix", PluginError, "bring a token"),
        ("other", Failure, "they are down"),
        ("fault", ProcessCrashed, "ValueError"),
    ],
)
async def test_what_goes_wrong_keeps_its_kind(run: Run, how: str, kind: type[Exception], words: str) -> None:
    process = run(GOOD)
    with pytest.raises(kind, match=words):
        await process.call("fail", {"how": how}, context(process))
    assert (await process.call("add", {"first": 1}, context(process)))["content"][0]["text"] == "Ana 2"


async def test_a_call_that_nobody_waits_for_is_cancelled_and_the_process_stays(run: Run) -> None:
    code = """
@tool
async def wait(ctx: Context) -> str:
    "Wait for ever."
    try:
        await asyncio.Event().wait()
    finally:
        print("cancelled")

@tool
async def ask(ctx: Context) -> str:
    "Answer."
    return "there"
"""
    process = run(code)
    made = context(process)
    await process.start()
    waiting = asyncio.create_task(process.call("wait", {}, made))
    assert (await process.call("ask", {}, made))["content"][0]["text"] == "there"
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await process.call("ask", {}, context(process)))["content"][0]["text"] == "there"
    assert process.starts == 1


TOOL = """
@tool
async def go() -> str:
    "Go."
    {}
    return "done"
"""
HOSTILE = [
    ("raise RuntimeError('at import')", "", "RuntimeError: at import"),
    ("sys.exit(3)", "", "code 3"),
    ("x = [bytearray(50_000_000) for _ in range(40)]", "", "more memory"),
    ("", "os._exit(7)", "code 7"),
    ("", "x = [bytearray(50_000_000) for _ in range(40)]", "MemoryError"),
    ("", "return 'x' * 100_000_000", "more than 8 MB"),
    ("import parley.wire\nparley.wire.line = lambda message: b'no json\\n'", "pass", "no JSON"),
]


@pytest.mark.parametrize(("top", "body", "words"), HOSTILE)
async def test_a_bad_plugin_ends_alone_and_says_why(run: Run, top: str, body: str, words: str) -> None:
    process = run(top + TOOL.replace("{}", body or "pass"))
    with pytest.raises(ProcessCrashed, match=words):
        await process.call("go", {}, context(process))


@pytest.mark.slow
async def test_a_flood_of_requests_ends_the_process(run: Run) -> None:
    code = """
@tool
async def flood(ctx: Context) -> str:
    "Ask for very much."
    await asyncio.gather(*(ctx.storage.get("x") for _ in range(100_000)))
    return ""
"""
    process = run(code)
    with pytest.raises(ProcessCrashed, match="things at once"):
        await process.call("flood", {}, context(process))


async def test_one_that_never_says_hello_is_ended(run: Run) -> None:
    process = run("while True: pass", times=ProcessTimes(start=0.5))
    with pytest.raises(ProcessCrashed, match="did not start within"):
        await process.start()
    assert process._child is None


async def test_one_that_blocks_is_ended_and_comes_again(run: Run) -> None:
    process = run(TOOL.replace("{}", "time.sleep(1000)") + GOOD, times=ProcessTimes(pong=0.2, first_pause=0.0))
    await process.start()
    child, made = process._child, context(process)
    assert child is not None
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(process.call("go", {}, made), 0.1)
    await child.wait()
    assert (await process.call("add", {"first": 1}, made))["content"][0]["text"] == "Ana 2"
    assert process.starts == 2


@pytest.mark.slow
async def test_after_many_crashes_it_is_left_alone(run: Run) -> None:
    fallen: list[str] = []
    code = "raise RuntimeError('at import')" + TOOL.replace("{}", "pass")
    process = run(code, times=ProcessTimes(first_pause=0.0))
    process._gave_up = fallen.append
    for _ in range(crashes.CRASHES):
        with pytest.raises(ProcessCrashed, match="at import"):
            await process.start()
    with pytest.raises(ProcessCrashed, match="no longer run"):
        await process.start()
    assert (process.starts, len(fallen)) == (crashes.CRASHES, 1)


async def test_between_two_crashes_it_rests(run: Run) -> None:
    process = run("raise RuntimeError('at import')")
    with pytest.raises(ProcessCrashed, match="at import"):
        await process.start()
    with pytest.raises(ProcessCrashed, match="has just failed"):
        await process.start()
    assert process.starts == 1


async def test_an_idle_process_is_ended_and_comes_again(run: Run) -> None:
    process = run(GOOD, times=ProcessTimes(idle=0.01))
    await process.call("add", {"first": 1}, context(process))
    child, listening = process._child, process._listening
    assert child is not None
    assert listening is not None
    await child.wait()
    await asyncio.gather(listening, return_exceptions=True)
    process.times = USUAL_TIMES
    assert (await process.call("add", {"first": 1}, context(process)))["content"][0]["text"] == "Ana 2"
    assert process.starts == 2
    assert not process.given_up


ESCAPES = {
    "read the passwords": "open('/etc/passwd').read()",
    "read the home": "os.listdir(os.path.expanduser('~'))",
    "read another process": "open(f'/proc/{os.getppid()}/environ').read()",
    "read its own environment": "assert not [n for n in os.environ if n.startswith('PARLEY')], 1; raise OSError",
    "write a file": "open('/tmp/escaped', 'w').write('x')",
    "write beside itself": "open(__file__, 'a').write('x')",
    "connect": "socket.create_connection(('127.0.0.1', 80), 1)",
    "listen": "socket.socket().bind(('127.0.0.1', 0))",
    "send datagrams": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 53))",
    "speak to local services": "socket.socket(socket.AF_UNIX).connect('/var/run/docker.sock')",
    "look a name up": "socket.getaddrinfo('a.example', 80)",
    "run a program": "subprocess.run(['/bin/true'], check=True)",
    "fork": "os.fork()",
    "become another program": "os.execv('/bin/true', ['/bin/true'])",
    "kill its parent": "os.kill(os.getppid(), 9)",
    "trace": "import ctypes; assert ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == -1, 1; raise OSError",
    "lift its limits": "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "leave for another namespace": "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == -1; raise OSError",
    "mount": "import ctypes; assert ctypes.CDLL(None).mount(b'a', b'/tmp', b'tmpfs', 0, 0) == -1; raise OSError",
    "change its root": "os.chroot('/tmp')",
    "follow a link out": "os.symlink('/etc/passwd', '/tmp/link')",
}


async def test_a_hostile_plugin_gets_nowhere(run: Run) -> None:
    code = "\n".join(
        f"""
@tool
async def try_{number}() -> str:
    "Try to {name}."
    try:
        {attempt}
    except (OSError, ValueError) as error:
        return "refused"
    return "escaped"
"""
        for number, (name, attempt) in enumerate(ESCAPES.items())
    )
    process = run(code)
    made = context(process)
    found = {
        name: (await process.call(f"try_{number}", {}, made))["content"][0]["text"]
        for number, name in enumerate(ESCAPES)
    }
    assert found == dict.fromkeys(ESCAPES, "refused")


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("parley/use", {"part": "storage", "method": "__class__"}),
        ("parley/use", {"part": "http", "method": "get", "given": ["http://127.0.0.1/"]}),
        ("parley/use", {"part": "storage", "method": "set", "given": []}),
        ("parley/use", {"part": "schedule", "method": "at", "given": ["no time", "x"]}),
        ("parley/other", {}),
        ("parley/use", {"call": "of somebody else", "part": "storage", "method": "get", "given": ["x"]}),
    ],
)
async def test_what_it_may_not_ask_for_is_refused(run: Run, method: str, params: dict[str, Any]) -> None:
    code = f"""
import json
@tool
async def ask(ctx: Context) -> str:
    "Ask for something."
    server, call = ctx.storage._server, ctx.storage._call
    try:
        return "got " + str(await server.ask({method!r}, {{"call": call, **{params!r}}}))
    except PluginError as error:
        return f"refused: {{error}}"
"""
    process = run(code)
    answer = await process.call("ask", {}, context(process))
    assert answer["content"][0]["text"].startswith("refused: ")
