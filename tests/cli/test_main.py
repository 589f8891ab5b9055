import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from cli import main
from core.errors import SettingsError
from tests.sweeping import mostly_swept

HEAVY = (
    "aiohttp",
    "alembic",
    "asyncio",
    "babel",
    "discord",
    "fluent",
    "httpx",
    "mcp",
    "numpy",
    "phonenumbers",
    "prometheus_client",
    "prompt_toolkit",
    "pydantic",
    "rich",
    "scipy",
    "slack_bolt",
    "sqlalchemy",
    "starlette",
    "structlog",
    "telegram",
    "uvicorn",
)
"""Packages of which any one takes longer to import than a help may."""

OTHERS = ("alembic", "discord", "mcp", "prompt_toolkit", "psycopg", "slack_bolt", "starlette", "telegram", "uvicorn")
"""What a database that is up to date, a chat, a server or a web page needs, and no command on plugins."""


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """A command `run` that fails with the error in the list."""
    errors: list[Exception] = []

    @click.command()
    def run() -> None:
        raise errors[0]

    monkeypatch.setattr(main.ParleyGroup, "get_command", lambda group, ctx, name: run)
    return errors


def parley(*arguments: str) -> Result:
    return CliRunner().invoke(main.parley, arguments)


WALK = """
import contextlib, io, json, sys

import click

from cli.main import parley

heavy, told = set(json.loads(sys.argv[1])), {}


def helped(command, *path):
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        command.main([*path[1:], "--help"], prog_name=path[0], standalone_mode=False)
    told[" ".join(path)] = shown.getvalue(), sorted(heavy & set(sys.modules))


def walk(command, context, *path):
    helped(parley, *path)
    if isinstance(command, click.Group):
        inner = click.Context(command, context, path[-1])
        for name in command.list_commands(inner):
            walk(command.get_command(inner, name), inner, *path, name)


walk(parley, None, "parley")
json.dump(told, sys.stdout)
"""
"""Shows the help of each command in turn; writes, by command, its help and which heavy packages are imported then."""


@pytest.fixture(scope="module")
def helps() -> dict[str, tuple[str, list[str]]]:
    """The help of every command there is, and the heavy packages that were imported once it was shown."""
    walked = subprocess.run(
        [sys.executable, "-c", WALK, json.dumps(HEAVY)], capture_output=True, text=True, timeout=60, check=True
    )
    found: dict[str, tuple[str, list[str]]] = json.loads(walked.stdout)
    return found


def test_the_help_names_every_command(helps: dict[str, tuple[str, list[str]]]) -> None:
    lines = helps["parley"][0].splitlines()
    for name, (_, line) in main.COMMANDS.items():
        assert any(shown_line.split() == [name, *line.split()] for shown_line in lines), name


def test_every_command_has_a_help_of_its_own(helps: dict[str, tuple[str, list[str]]]) -> None:
    assert {f"parley {name}" for name in main.COMMANDS} | {"parley plugin install", "parley models pull"} <= set(helps)
    assert [path for path, (text, _) in helps.items() if not text.startswith(f"Usage: {path}")] == []


def test_no_line_of_a_help_is_cut_off(helps: dict[str, tuple[str, list[str]]]) -> None:
    assert [
        path for path, (text, _) in helps.items() if any(line.endswith("...") for line in text.splitlines()[1:])
    ] == []


def test_no_help_waits_for_a_heavy_import(helps: dict[str, tuple[str, list[str]]]) -> None:
    assert helps["parley"][1] == []
    # The modules of most commands run a loop, for which they have asyncio at hand.
    assert {path: heavy for path, (_, heavy) in helps.items() if heavy not in ([], ["asyncio"])} == {}


SETTINGS = ("asyncio", "pydantic")
"""What reads the settings, and what lets a download be interrupted."""

LOG = ("structlog",)
PLUGIN_API = ("httpx", "pydantic")
LIGHT: tuple[tuple[list[str], tuple[str, ...]], ...] = (
    (["version"], ()),
    (["models", "list"], SETTINGS),
    (["models", "info", "bundled"], SETTINGS),
    (["models", "use", "bundled"], SETTINGS),
    (["models", "verify"], SETTINGS),
    (["plugin", "new", "shout"], ("asyncio", *LOG, *PLUGIN_API, "rich")),
)
"""Commands with which heavy packages each of them may import."""


@pytest.mark.slow
@pytest.mark.parametrize(("command", "allowed"), mostly_swept(LIGHT, [LIGHT[0], LIGHT[2], LIGHT[-1]]))
def test_a_light_command_imports_neither_the_store_nor_a_client_of_anything(
    tmp_path: Path, command: list[str], allowed: tuple[str, ...]
) -> None:
    assert imported_by(command, tmp_path) & set(HEAVY) <= set(allowed)


STORE = ("sqlalchemy", *SETTINGS, *LOG)
STORED: tuple[tuple[list[str], tuple[str, ...]], ...] = (
    (["sources"], ("core.labeling.service", "plugins.host.host")),
    (["moderate", "flags"], ("core.labeling.chat", "plugins.host.host")),
    (["moderate", "reports"], ("core.labeling.chat", "plugins.host.host")),
    (["moderate", "gold", "list"], ("core.labeling.chat", "plugins.host.host")),
    (["web", "admin"], ("core.store.labeling_tables", "bots.web.site", "plugins.host.host")),
    (["secrets", "rotate"], ("core.store.labeling_tables", "core.wiring", "plugins.host.host")),
    (["export", "-"], ("core.labeling.chat", "core.wiring", "plugins.host.host")),
    (["doctor"], ("core.wiring", "core.labeling.chat", "plugins.host.host")),
)
"""Commands that open the database, with what of ours each of them has no use for."""


@pytest.mark.slow
@pytest.mark.usefixtures("sqlite_path")
@pytest.mark.parametrize(("command", "useless"), mostly_swept(STORED, STORED[1::3]), ids=lambda of: of[0])
def test_a_command_on_the_database_imports_that_and_what_it_is_about(
    tmp_path: Path, command: list[str], useless: tuple[str, ...]
) -> None:
    found = imported_by(command, tmp_path)
    assert "sqlalchemy" in found
    assert found & set(HEAVY) <= set(STORE)
    assert not found & {*useless, *OTHERS}


@pytest.mark.slow
@pytest.mark.usefixtures("sqlite_path")
def test_a_command_on_plugins_imports_what_is_about_them_alone(tmp_path: Path) -> None:
    assert not imported_by(["plugin", "list"], tmp_path) & {*OTHERS, "core.store.labeling_tables"}


def imported_by(command: list[str], home: Path) -> set[str]:
    """The modules that are imported once a command has been run."""
    program = """
import json, sys
from cli.main import parley
parley(sys.argv[1:], standalone_mode=False)
print(json.dumps(list(sys.modules)))
"""
    shown = subprocess.run(
        [sys.executable, "-c", program, *command],
        env={**os.environ, "PARLEY_HOME": str(home), "PYTHONPATH": os.getcwd()},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(json.loads(shown.stdout.splitlines()[-1]))


def test_an_unknown_command_gets_the_nearest_one_proposed() -> None:
    shown = parley("bakup")
    assert shown.exit_code == 2
    assert "There is no command 'bakup'. Did you mean `parley backup`?" in shown.stderr


def test_an_unknown_command_with_no_near_one_gets_the_list_proposed() -> None:
    assert "`parley --help` lists the commands" in parley("xyzzy").stderr


def test_what_the_operator_can_mend_is_one_line_on_standard_error(broken: list[Exception]) -> None:
    broken.append(SettingsError("web.port is wrong"))
    shown = parley("run")
    assert (shown.exit_code, shown.stdout, shown.stderr) == (1, "", "Error: web.port is wrong\n")


def test_a_question_about_h_is_no_call_for_help(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PARLEY_HOME", str(tmp_path))
    monkeypatch.setenv("PARLEY_CONFIG", str(tmp_path / "absent.toml"))
    shown = parley("chat", "--", "-h")
    assert (shown.exit_code, shown.stderr) == (1, f"Error: {tmp_path / 'absent.toml'}: there is no such file\n")


@pytest.mark.parametrize("explained", [False, True])
def test_debug_lets_the_trace_out(broken: list[Exception], explained: bool) -> None:
    fault = SettingsError("web.port is wrong")
    wrapped = click.ClickException(str(fault))
    wrapped.__cause__ = fault
    broken.append(wrapped if explained else fault)
    assert parley("--debug", "run").exception is fault


def test_a_missing_package_is_named_with_what_installs_it(broken: list[Exception]) -> None:
    broken.append(ModuleNotFoundError("No module named 'uvicorn.config'", name="uvicorn.config"))
    shown = parley("run")
    assert (shown.exit_code, shown.stderr) == (1, "Error: uvicorn is not installed; `make install` installs it.\n")


def test_a_missing_module_of_ours_is_a_fault_of_ours(broken: list[Exception]) -> None:
    broken.append(ModuleNotFoundError("No module named 'core.gone'", name="core.gone"))
    assert isinstance(parley("run").exception, ModuleNotFoundError)


def test_the_version_is_told_in_both_ways() -> None:
    assert parley("version").stdout.startswith(parley("--version").stdout.strip().replace(", version", ""))
