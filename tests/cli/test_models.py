"""`parley models` at the command line, against a stand-in hub."""

import asyncio
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import models as command
from core.models.library import catalogue
from core.models.library import installed as library
from tests.standin_hub import Hub
from tests.tiny_model import tiny_gguf

SOURCE = "hf:owner/tiny-GGUF/Tiny_Q8.gguf"


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    tiny_gguf(path)
    return path.read_bytes()


@pytest.fixture
def standin(content: bytes) -> Iterator[Hub]:
    """A hub in a thread: the command has an event loop of its own."""
    hub = Hub({"Tiny_Q8.gguf": content, "junk.gguf": b"no model" * 100})
    loop, ready, ends = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with hub.running():
            ready.set()
            await ends.wait()
        # Connections of children that were stopped end with their own tasks.
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    yield hub
    loop.call_soon_threadsafe(ends.set)
    thread.join(10)
    loop.close()


@pytest.fixture
def home(tmp_path: Path, standin: Hub, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PARLEY_HOME", str(tmp_path))
    monkeypatch.setenv("PARLEY_HUGGINGFACE__ENDPOINT", standin.url)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    return tmp_path


def parley(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(command.models, arguments, input=answer)


def memory(monkeypatch: pytest.MonkeyPatch, mebibytes: int) -> None:
    monkeypatch.setattr(catalogue, "machine_memory", lambda: mebibytes)


def test_the_list_shows_only_what_fits(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory(monkeypatch, 4096)
    shown = parley("list").output
    assert "qwen2.5-1.5b" in shown
    assert "qwen2.5-14b" not in shown
    assert "4.3 GB of memory" in shown
    everything = parley("list", "--all").output
    assert "too large" in next(line for line in everything.splitlines() if "qwen2.5-14b" in line)


def test_the_bundled_model_answers_at_first(home: Path) -> None:
    line = next(line for line in parley("list").output.splitlines() if "smollm2-135m" in line)
    assert line.startswith("*")
    assert line.endswith("bundled, in use")


def test_pull_use_verify_remove(home: Path, standin: Hub) -> None:
    pulled = parley("pull", SOURCE)
    assert pulled.exit_code == 0, pulled.output
    assert "100% of" in pulled.output
    assert "parley models use tiny-q8" in pulled.output
    assert "intact and unchanged" in parley("verify").output
    assert parley("use", "tiny-q8").exit_code == 0
    assert next(line for line in parley("list").output.splitlines() if "tiny-q8" in line).startswith("*")
    assert "in use" in parley("remove", "tiny-q8", "--yes").output
    assert parley("use", "bundled").exit_code == 0
    assert parley("remove", "tiny-q8", answer="n\n").exit_code == 1
    assert parley("remove", "tiny-q8", answer="y\n").exit_code == 0
    assert "tiny-q8" not in parley("list").output


def test_a_model_is_held_to_its_first_content(home: Path, standin: Hub, content: bytes) -> None:
    parley("pull", SOURCE)
    standin.files["Tiny_Q8.gguf"] = content + b"\0" * 32
    changed = parley("pull", SOURCE)
    assert changed.exit_code == 1
    assert "Nothing was downloaded" in changed.output
    assert f"parley models pull --repin {SOURCE}" in changed.output
    assert parley("pull", SOURCE, "--repin").exit_code == 0


def test_two_sources_with_one_file_name_do_not_overwrite_each_other(home: Path, standin: Hub, content: bytes) -> None:
    parley("pull", SOURCE)
    again = parley("pull", SOURCE)
    assert "parley models use tiny-q8`" in again.output
    other = parley("pull", "hf:someone/other-GGUF/Tiny_Q8.gguf")
    assert "parley models use someone-other-gguf-tiny-q8`" in other.output
    assert set(library.installed(home)) == {"tiny-q8", "someone-other-gguf-tiny-q8"}


@pytest.mark.parametrize("file", ["bundled.gguf", "embedded.gguf", "Mistral-7B.gguf"])
def test_a_file_cannot_take_a_name_of_ours(home: Path, standin: Hub, content: bytes, file: str) -> None:
    standin.files[file] = content
    assert parley("pull", f"hf:owner/repo/{file}").exit_code == 0
    assert list(library.installed(home)) == [f"owner-repo-{file.lower().removesuffix('.gguf')}"]


def test_a_source_of_the_catalogue_is_held_to_its_hash(home: Path, standin: Hub, content: bytes) -> None:
    entry = command.offered()["qwen2.5-0.5b"]
    standin.files[entry.file] = content
    refused = parley("pull", entry.source)
    assert refused.exit_code == 1
    assert entry.sha256 is not None
    assert entry.sha256 in refused.output
    assert "--repin" not in refused.output


def test_an_unreachable_hub_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("PARLEY_HUGGINGFACE__ENDPOINT", f"http://127.0.0.1:{taken.getsockname()[1]}")
        answered = parley("pull", SOURCE)
    assert answered.exit_code == 1
    assert "cannot be reached" in answered.output


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, False),
        ({"no_proxy": "localhost"}, False),
        ({"http_proxy": "http://proxy:1"}, False),
        ({"https_proxy": "http://proxy:1"}, True),
        ({"all_proxy": "http://proxy:1"}, True),
        ({"https_proxy": "http://proxy:1", "no_proxy": "hub.example"}, False),
    ],
)
def test_only_a_proxy_for_the_hub_counts(
    variables: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert command.proxied("https://hub.example") is expected


def test_what_is_no_model_is_not_installed(home: Path) -> None:
    refused = parley("pull", "hf:owner/tiny-GGUF/junk.gguf")
    assert refused.exit_code == 1
    assert "cannot be used" in refused.output
    assert not (home / "models" / "junk").exists()


def test_a_damaged_model_is_said(home: Path) -> None:
    parley("pull", SOURCE)
    file = home / "models" / "tiny-q8" / "Tiny_Q8.gguf"
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    found = parley("verify", "tiny-q8")
    assert found.exit_code == 1
    assert "damaged" in found.output


@pytest.mark.parametrize("name", ["nothing", "hf:owner", "hf:owner/repo/file.bin", "hf:../../x.gguf", "../up"])
def test_an_unknown_name_is_said(home: Path, name: str) -> None:
    for action in ("pull", "info"):
        answered = parley(action, name)
        assert answered.exit_code == 1
        assert "There is no model" in answered.output


def test_the_bundled_model_is_neither_pulled_nor_removed(home: Path) -> None:
    assert "nothing to download" in parley("pull", "smollm2-135m").output
    assert parley("remove", "bundled", "--yes").exit_code == 1


def test_info_tells_what_is_known(home: Path) -> None:
    assert "LicenseRef-Llama-3.2" in parley("info", "llama-3.2-1b").output
    assert "the hub's own at the first pull" in parley("info", "qwen2.5-14b").output
    parley("pull", SOURCE)
    known = parley("info", "tiny-q8").output
    assert f"{SOURCE}@0123456789abcdef" in known
    assert str(home) in known


def test_a_setting_wins_over_the_choice(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parley("pull", SOURCE)
    monkeypatch.setenv("PARLEY_MODEL__DEFAULT", "tiny-q8")
    assert "overrides it" in parley("use", "bundled").output
    assert parley("remove", "tiny-q8", "--yes").exit_code == 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signal to a child")
def test_ctrl_c_says_how_to_go_on_and_the_next_pull_does(home: Path, standin: Hub, content: bytes) -> None:
    standin.hold = 50_000
    program = f"from cli.models import models; models(['pull', {SOURCE!r}])"

    async def stop() -> tuple[int | None, str]:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, env=os.environ, stderr=asyncio.subprocess.PIPE
        )
        try:
            async with asyncio.timeout(20):
                # The header has come, and the rest is on its way.
                while not (home / "models" / "tiny-q8" / "Tiny_Q8.gguf.part.json").exists():
                    await asyncio.to_thread(lambda: None)
                child.send_signal(signal.SIGINT)
                _, told = await child.communicate()
        finally:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
        return child.returncode, told.decode()

    code, told = asyncio.run(stop())
    assert code == 130
    assert f"parley models pull {SOURCE}" in told
    standin.hold = -1
    assert parley("pull", SOURCE).exit_code == 0
    assert json.loads((home / "models" / "tiny-q8" / "model.json").read_text())["size"] == len(content)
