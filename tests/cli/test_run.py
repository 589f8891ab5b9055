"""A real `parley run`, as a child process with a home and ports of its own."""

import asyncio
import os
import re
import resource
import signal
import socket
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from cli.main import main
from cli.wiring.run import run_configured
from cli.wiring.surface_server import address
from tests.cli import program
from tests.cli.program import LIMIT, Program, soon
from tests.models.standin import Asked, Out, StandIn, stand_in

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sqlite_path")]
"""Making the tables takes most of the time of a first start. Those of other files make them."""


@dataclass(slots=True)
class Ran:
    """A `parley run` that ended by itself."""

    code: int | None
    out: str
    err: str


@dataclass(slots=True)
class Running:
    """A `parley run` that serves."""

    process: Program
    web: str
    operator: str
    out: str

    async def line(self, text: str) -> str:
        """The next line of its log that has the text."""
        while line := (await soon(self.process.stderr.readline())).decode():
            if text in line:
                return line
        raise AssertionError(f"it ended without {text!r}")

    async def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return await soon(self.process.wait())


def environment(home: Path, settings: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    ports = {"PARLEY_WEB__PORT": "0", "PARLEY_OPERATOR__PORT": "0", "PARLEY_LOG__FORMAT": "json"}
    return {**kept, "PARLEY_HOME": str(home), **ports, **settings}


def patient() -> None:
    """A `parley run` that waits for its work as long as it takes."""
    run_configured(drain=3600)


async def refused(home: Path, command: str = "run", **settings: str) -> Ran:
    process = await program.start(environment(home, settings), *command.split())
    out, err = await soon(process.communicate())
    return Ran(process.returncode, out.decode(), err.decode())


@asynccontextmanager
async def running(home: Path, **settings: str) -> AsyncIterator[Running]:
    async with serving(await program.start(environment(home, settings), "run")) as parley:
        yield parley


@asynccontextmanager
async def serving(process: Program) -> AsyncIterator[Running]:
    """Wait until it is ready, and leave nothing behind."""
    try:
        out = ""
        while "metrics" not in out:
            line = (await soon(process.stdout.readline())).decode()
            assert line, await soon(process.communicate())
            out += line
        web, operator = re.findall(r"http://[\w.:\[\]]+:\d+", out)
        yield Running(process, web, operator, out)
    finally:
        if process.returncode is None:
            process.kill()
        await soon(process.communicate())


def browser(url: str) -> httpx.AsyncClient:
    headers = {"origin": url, "sec-fetch-site": "same-origin"}
    # Nothing here is encrypted, and to load certificates takes longer than the requests.
    return httpx.AsyncClient(
        base_url=url, headers=headers, trust_env=False, verify=False, timeout=LIMIT, follow_redirects=True
    )


async def ask(client: httpx.AsyncClient, text: str) -> str:
    """Send a message as a browser without scripts does. Returns the path of the conversation."""
    page = await client.get("/")
    once = re.search(r'name="once" id="once" value="([0-9a-f]{32})"', page.text)
    assert once
    sent = await client.post(f"{page.url.path}/messages", data={"once": once[1], "text": text})
    assert sent.status_code == 200, sent.text
    return page.url.path


async def until(client: httpx.AsyncClient, path: str, words: str) -> str:
    """Follow a conversation until something stands there. Returns its page."""
    async with asyncio.timeout(LIMIT), client.stream("GET", f"{path}/events") as stream:
        async for _ in stream.aiter_lines():
            page = (await client.get(path)).text
            if words in page:
                return page
    raise AssertionError(f"nobody said {words!r}")


@dataclass(slots=True)
class Conversation:
    """A question that was asked in a browser, and is being answered."""

    parley: Running
    path: str
    cookies: httpx.Cookies


def model_at(server: StandIn) -> Mapping[str, str]:
    """The settings that choose a test's model."""
    return {"PARLEY_MODEL__SERVERS__TEST__URL": server.url, "PARLEY_MODEL__DEFAULT": "test"}


@asynccontextmanager
async def asked_a_model(
    home: Path, answer: Callable[[Asked, Out], Awaitable[None]], main: Callable[[], None] = main
) -> AsyncIterator[Conversation]:
    """A run whose model is a server of the test's, and is at work on an answer."""
    at_work = asyncio.Event()

    async def answered(asked: Asked, out: Out) -> None:
        if asked.path.endswith("/completions"):
            at_work.set()
        await answer(asked, out)

    async with stand_in(answered, window=4096) as server:
        process = await program.start(environment(home, model_at(server)), "run", main=main)
        async with serving(process) as parley, browser(parley.web) as client:
            path = await ask(client, "hello")
            await soon(at_work.wait())
            yield Conversation(parley, path, client.cookies)


async def test_it_serves_the_chat_and_its_health_until_it_is_asked_to_stop(tmp_path: Path) -> None:
    async with running(tmp_path) as parley, browser(parley.web) as client:
        assert parley.out.startswith("Parley is ready: http://127.0.0.1:")
        page = await client.get("/")
        assert (page.status_code, 'id="once"' in page.text) == (200, True)
        health = await client.get(f"{parley.operator}/healthz")
        assert (health.status_code, health.json()["status"]) == (200, "ok")
        assert "parley_event_loop_lag_seconds" in (await client.get(f"{parley.operator}/metrics")).text
        assert await parley.stop() == 0


async def test_an_interpreter_of_its_own_serves_until_it_is_asked_to_stop(tmp_path: Path) -> None:
    command = (sys.executable, "-c", "from cli.main import main; main()", "run")
    process = await create_subprocess_exec(*command, env=environment(tmp_path, {}), stdout=PIPE, stderr=PIPE)
    try:
        assert process.stdout
        assert (await soon(process.stdout.readline())).startswith(b"Parley is ready: http://127.0.0.1:")
        process.terminate()
    finally:
        await soon(process.communicate())
    assert process.returncode == 0


async def test_ctrl_c_stops_it_too_while_a_page_is_open(tmp_path: Path) -> None:
    async with running(tmp_path) as parley, browser(parley.web) as client:
        page = await client.get("/")
        async with client.stream("GET", f"{page.url.path}/events") as stream:
            lines = stream.aiter_lines()
            assert (await soon(anext(lines))).startswith("retry:")
            assert await parley.stop(signal.SIGINT) == 0
            assert [line async for line in lines if line.startswith("event: error")] == []


@pytest.mark.parametrize("behind_proxy", [False, True])
async def test_nobody_is_an_admin_by_address_but_who_opens_the_link_of_the_owner(
    tmp_path: Path, behind_proxy: bool
) -> None:
    settings = {"PARLEY_WEB__BEHIND_PROXY": str(behind_proxy).lower()}
    async with running(tmp_path, **settings) as parley, browser(parley.web) as ana, browser(parley.web) as ben:
        for number, client in enumerate((ana, ben)):
            client.headers["x-forwarded-for"] = f"192.0.2.{number}"
            assert 'data-name="settings"' not in (await client.get("/")).text
        link = (await refused(tmp_path, **settings, command="web admin")).out.strip()
        assert (await ana.post("/admin", data={"link": link})).status_code == 200
        assert (await ben.post("/admin", data={"link": link})).status_code == 403
        for client, admin in ((ana, True), (ben, False)):
            path = await ask(client, "/settings answers 7")
            said = await until(client, path, "is now: 7" if admin else "Only an admin")
            assert ('data-name="settings"' in said) == admin


@pytest.mark.parametrize("behind_proxy", [False, True])
async def test_only_a_proxy_that_was_named_says_that_a_browser_came_by_https(
    tmp_path: Path, behind_proxy: bool
) -> None:
    async with running(tmp_path, PARLEY_WEB__BEHIND_PROXY=str(behind_proxy).lower()) as parley:
        async with browser(parley.web) as client:
            client.headers["x-forwarded-proto"] = "https"
            page = await client.get("/")
        assert page.headers["set-cookie"].startswith("__Host-") == behind_proxy
    assert (tmp_path / "web.key").exists()


async def test_an_answer_under_way_is_finished_before_it_stops(tmp_path: Path) -> None:
    go_on = asyncio.Event()

    async def slow(asked: Asked, out: Out) -> None:
        await out.head()
        await out.words("one ")
        await go_on.wait()
        await out.words("two")
        await out.end()

    async with asked_a_model(tmp_path, slow, patient) as asked:
        asked.parley.process.send_signal(signal.SIGTERM)
        await asked.parley.line("stopping")
        go_on.set()
        assert await soon(asked.parley.process.wait()) == 0
    async with running(tmp_path) as parley, browser(parley.web) as client:
        client.cookies = asked.cookies
        assert "one two" in (await client.get(asked.path)).text


async def test_an_answer_that_a_kill_cut_is_there_after_the_next_start_once_and_whole(tmp_path: Path) -> None:
    async def half(asked: Asked, out: Out) -> None:
        await out.head()
        await out.words("one ")
        await out.forever()

    async def whole(asked: Asked, out: Out) -> None:
        await out.head()
        await out.words("one two")
        await out.end()

    async with asked_a_model(tmp_path, half) as asked, browser(asked.parley.web) as client:
        client.cookies = asked.cookies
        await until(client, asked.path, "one")
        asked.parley.process.kill()
    async with (
        stand_in(whole, window=4096) as server,
        running(tmp_path, **model_at(server)) as parley,
        browser(parley.web) as client,
    ):
        client.cookies = asked.cookies
        page = await until(client, asked.path, "one two")
    assert page.count('class="turn assistant') == 1
    assert page.count("<p>one two</p>") == 1


async def test_while_it_stops_nobody_new_gets_in_and_its_health_can_be_seen(tmp_path: Path) -> None:
    async def never(asked: Asked, out: Out) -> None:
        await out.forever()

    async with asked_a_model(tmp_path, never, patient) as asked, browser(asked.parley.web) as client:
        asked.parley.process.send_signal(signal.SIGTERM)
        await asked.parley.line("stopping")
        assert (await client.get(f"{asked.parley.operator}/livez")).status_code == 200
        with pytest.raises(httpx.ConnectError):
            await client.get("/")


async def test_a_second_signal_waits_for_no_answer(tmp_path: Path) -> None:
    async def never(asked: Asked, out: Out) -> None:
        await out.forever()

    async with asked_a_model(tmp_path, never, patient) as asked:
        asked.parley.process.send_signal(signal.SIGTERM)
        await asked.parley.line("stopping")
        assert await asked.parley.stop() == 130


async def test_a_model_that_cannot_be_reached_is_told_at_once_and_makes_it_not_ready(tmp_path: Path) -> None:
    away = '[model]\ndefault = "far"\n[model.servers.far]\nurl = "http://127.0.0.1:1/v1"\n'
    (tmp_path / "parley.toml").write_text(away)
    async with running(tmp_path) as parley, browser(parley.operator) as client:
        while b"The model far does not answer" not in (line := await soon(parley.process.stdout.readline())):
            assert line
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["model:far"] == "unreachable"
        assert answer.json()["surface:web"] == "up"
        assert (await client.get("/livez")).status_code == 200
    assert "server far: http://127.0.0.1:1/v1" in (await refused(tmp_path, "doctor")).out


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux changes the limits of a running program")
async def test_without_room_for_one_more_file_it_goes_on(tmp_path: Path) -> None:
    async with running(tmp_path) as parley, browser(parley.web) as client:
        assert (await client.get("/")).status_code == 200
        pid = parley.process.pid
        usual = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, usual[1]))
        async with browser(parley.web) as other:
            asking = asyncio.create_task(other.get("/"))
            await parley.line("too_many_open_files")
            assert parley.process.returncode is None
            resource.prlimit(pid, resource.RLIMIT_NOFILE, usual)
            assert (await soon(asking)).status_code == 200
        assert await parley.stop() == 0


async def test_a_second_run_is_told_who_runs_already(tmp_path: Path) -> None:
    async with running(tmp_path) as parley:
        second = await refused(tmp_path)
        assert (second.code, second.out) == (1, "")
        holder = f"process {parley.process.pid}, {parley.web}"
        assert second.err == f"Error: Parley already runs on {tmp_path} ({holder}); stop that one first\n"


async def test_a_run_after_a_killed_one_starts(tmp_path: Path) -> None:
    async with running(tmp_path) as parley:
        assert await parley.stop(signal.SIGKILL) == -signal.SIGKILL
    async with running(tmp_path) as parley:
        assert await parley.stop() == 0


async def test_a_taken_port_is_named_with_its_setting_and_nothing_has_begun(tmp_path: Path) -> None:
    home = tmp_path / "new"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = await refused(home, PARLEY_WEB__PORT=str(port))
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith(
            f"Error: web.port: port {port} of 127.0.0.1 cannot be opened (Address already in use)"
        )
        assert "PARLEY_WEB__PORT" in ran.err
        ran = await refused(home, PARLEY_OPERATOR__PORT=str(port))
        assert (ran.code, ran.err.split(":")[1]) == (1, " operator.port")
    assert not (home / "parley.sqlite3").exists()


async def test_nothing_to_serve_is_an_error(tmp_path: Path) -> None:
    ran = await refused(tmp_path, PARLEY_WEB__ENABLED="false")
    assert (ran.code, ran.err.startswith("Error: web.enabled is false")) == (1, True)


def test_an_address_is_one_that_can_be_opened() -> None:
    for host, shown in (("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "localhost")):
        with socket.create_server((host, 0)) as listener:
            assert address(listener) == f"http://{shown}:{listener.getsockname()[1]}"
    if socket.has_ipv6:
        with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
            assert address(listener) == f"http://[::1]:{listener.getsockname()[1]}"
