import subprocess
import sys

import click
import pytest
from click.testing import CliRunner, Result

from cli import main
from core.errors import SettingsError

HEAVY = ("asyncio", "fluent", "httpx", "pydantic", "rich", "sqlmodel", "starlette", "uvicorn")
"""Packages, each of which takes longer to import than the whole help may take."""


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


def test_the_help_names_every_command_and_imports_none_of_them() -> None:
    program = f"""
import sys
from cli.main import parley
parley(["--help"], standalone_mode=False)
print(sorted(set({HEAVY!r}) & set(sys.modules)))
"""
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=True)
    lines = shown.stdout.splitlines()
    assert lines[-1] == "[]"
    for name, (_, line) in main.COMMANDS.items():
        assert any(shown_line.split() == [name, *line.split()] for shown_line in lines), name


@pytest.mark.parametrize("name", main.COMMANDS)
def test_every_command_has_a_help_of_its_own(name: str) -> None:
    shown = parley(name, "--help")
    assert shown.exit_code == 0, shown.output
    assert shown.output.startswith(f"Usage: parley {name}")


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
