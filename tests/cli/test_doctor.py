"""`parley doctor`: every finding with its state, and how to fix what is not well."""

import asyncio
import fcntl
import json
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.doctor import doctor
from cli.installation_checks import too_large
from cli.wiring.surface_states import RUN_LOCK
from core.models.library import installed as library
from core.store import processes
from core.store.engine.database import connect
from core.store.engine.migrate import VERSION_TABLE
from core.store.processes import ThisProcess


def findings(home: Path, **environment: str) -> tuple[int, dict[str, dict[str, str]]]:
    """The exit code and what was found, by what was looked at."""
    result = CliRunner().invoke(doctor, ["--json"], env={"PARLEY_HOME": str(home), **environment})
    return result.exit_code, {found["what"]: found for found in json.loads(result.stdout)}


def test_a_fresh_installation_works_and_says_how_little_its_model_knows(tmp_path: Path) -> None:
    home = tmp_path / "home"
    code, found = findings(home, PARLEY_WEB__PORT="0", PARLEY_OPERATOR__PORT="0")
    assert code == 0
    assert found["database"]["found"].startswith("not created yet")
    assert found["model"]["state"] == "warn"
    assert "parley models list" in found["model"]["fix"]


@pytest.mark.parametrize(
    ("what", "environment", "words"),
    [
        ("settings", {"PARLEY_WEB__PORT": "high"}, "PARLEY_WEB__PORT"),
        ("settings", {"PARLEY_DATABASE__URL": "mysql://x/y"}, "not supported"),
        ("model", {"PARLEY_MODEL__EMBEDDED__FILE": "/nowhere.gguf"}, "/nowhere.gguf"),
        ("model", {"PARLEY_MODEL__DEFAULT": "nobody"}, "'nobody'"),
        ("settings", {"PARLEY_WEB__PORT": "9000", "PARLEY_OPERATOR__PORT": "9000"}, "and so is web.port"),
        ("settings", {"PARLEY_MODEL__SERVERS__BIG__URL": "http://127.0.0.1:eighty"}, "no http or https address"),
        ("plugins.on", {"PARLEY_PLUGINS__ON": "calculator, wether"}, "no plugin 'wether'"),
        ("server big", {"PARLEY_MODEL__SERVERS__BIG__URL": "http://127.0.0.1:9/v1"}, "ConnectError"),
    ],
)
def test_what_does_not_work_is_said_and_how_to_mend_it(
    tmp_path: Path, what: str, environment: dict[str, str], words: str
) -> None:
    code, found = findings(tmp_path, **environment)
    assert code == 1
    assert found[what]["state"] == "fail"
    assert words in found[what]["found"]
    assert found[what]["fix"]


def test_a_cut_model_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "cut.gguf").write_bytes(b"GGUF\x03\x00\x00\x00")
    code, found = findings(tmp_path, PARLEY_MODEL__EMBEDDED__FILE=str(tmp_path / "cut.gguf"))
    assert (code, found["model"]["state"]) == (1, "fail")


def test_the_model_that_the_engine_would_start_is_the_one_that_is_examined(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "mine"
    folder.mkdir(parents=True)
    (folder / "cut.gguf").write_bytes(b"GGUF")
    library.keep(tmp_path, library.InstalledModel("mine", "cut.gguf", "test", "0" * 64))
    library.use(tmp_path, "mine")
    _, found = findings(tmp_path, PARLEY_MODEL__EMBEDDED__FILE="/nowhere.gguf")
    assert found["model"]["state"] == "fail"
    assert "cut.gguf" in found["model"]["found"]


@pytest.mark.parametrize(("memory", "state"), [(None, None), (100, None), (11, "warn"), (9, "fail")])
def test_a_model_has_to_fit_into_the_memory(tmp_path: Path, memory: int | None, state: str | None) -> None:
    file = tmp_path / "large.gguf"
    with file.open("wb") as sparse:
        sparse.truncate(10 << 20)
    found = too_large(file, memory)
    assert (found and found.state) == state


def test_a_database_of_a_newer_version_fails(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "parley.sqlite3")) as database, database:
        database.execute(f"CREATE TABLE {VERSION_TABLE} (version_num TEXT)")
        database.execute(f"INSERT INTO {VERSION_TABLE} VALUES ('9999')")
    code, found = findings(tmp_path)
    assert (code, found["database"]["state"]) == (1, "fail")
    assert "9999" in found["database"]["found"]


def test_a_taken_port_is_a_warning_that_names_the_setting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        _, found = findings(tmp_path, PARLEY_WEB__PORT=str(taken.getsockname()[1]))
    assert found["web.port"]["state"] == "warn"
    assert "PARLEY_WEB__PORT" in found["web.port"]["fix"]


def test_a_port_of_the_running_parley_is_no_warning(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, (tmp_path / RUN_LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _, found = findings(tmp_path, PARLEY_WEB__PORT=str(taken.getsockname()[1]))
    assert found["web.port"]["state"] == "ok"


def test_lines_for_people(tmp_path: Path) -> None:
    result = CliRunner().invoke(doctor, env={"PARLEY_HOME": str(tmp_path), "PARLEY_LOG__LEVEL": "shout"})
    assert result.exit_code == 1
    assert "FAIL  settings: PARLEY_LOG__LEVEL" in result.output


def test_no_key_is_shown(tmp_path: Path) -> None:
    url = "http://127.0.0.1:9/v1?api_key=planted-0123456789"
    result = CliRunner().invoke(doctor, env={"PARLEY_HOME": str(tmp_path), "PARLEY_MODEL__SERVERS__BIG__URL": url})
    assert "server big" in result.output
    assert "planted" not in result.output


def test_an_engine_that_does_not_load_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As on a bare Debian, where the package is installed but a library of the system that it needs is not.
    (tmp_path / "xllamacpp.py").write_text('raise ImportError("libgomp.so.1: cannot open shared object file")\n')
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    code, found = findings(tmp_path / "home")
    assert code == 1
    assert found["model engine"]["found"] == "ImportError: libgomp.so.1: cannot open shared object file"
    assert "libgomp1" in found["model engine"]["fix"]


def test_a_missing_extra_is_named_with_what_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.extras_check.is_installed", lambda module: module != "opentelemetry.sdk")
    code, found = findings(tmp_path, PARLEY_TELEMETRY__ENDPOINT="http://127.0.0.1:4318")
    assert code == 1
    assert found["opentelemetry.sdk"]["fix"] == 'make install MORE="telemetry"'


@pytest.mark.slow
@pytest.mark.postgres
async def test_pages_alone_need_no_worker(tmp_path: Path, postgres_url: str) -> None:
    store = connect(postgres_url)
    await store.write(lambda session: processes.enter(session, ThisProcess("1", "ingress", "1.0", "here", 7)))
    await store.close()
    settings = {"PARLEY_DATABASE__URL": postgres_url}
    _, found = await asyncio.to_thread(findings, tmp_path, **settings)
    assert (found["mode"]["state"], found["mode"]["found"]) == ("ok", "several processes: 1 ingress")
    telegram = {"PARLEY_TELEGRAM__TOKEN": "1:x", "PARLEY_TELEGRAM__BASE_URL": "http://127.0.0.1:9"}
    _, found = await asyncio.to_thread(findings, tmp_path, **settings, **telegram)
    assert "none answers on platforms" in found["mode"]["found"]


@pytest.mark.slow
def test_nothing_is_said_of_processes_if_the_database_cannot_be_asked(tmp_path: Path) -> None:
    _, found = findings(tmp_path, PARLEY_DATABASE__URL="postgresql://me@127.0.0.1:9/x")
    assert found["database"]["state"] == "fail"
    assert "mode" not in found
