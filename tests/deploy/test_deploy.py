"""What is needed to run Parley for real fits together; `deploy/rehearse.py` and `rehearse_service.py` run it."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.main import COMMANDS
from config.settings import load
from deploy.rehearse import CONTAINERFILE, DO, sent, steps
from deploy.rehearse_service import GUIDE, blocks, script

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNIT = (DEPLOY / "parley.service").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def test_every_step_of_the_containerfile_can_be_rehearsed() -> None:
    words = {word for word, _ in steps(CONTAINERFILE.read_text(encoding="utf-8"))}
    assert words - {"FROM"} <= set(DO)


def test_the_image_gets_what_an_installation_needs_and_nothing_else() -> None:
    files = {str(path) for path in sent(ROOT, CONTAINERFILE.with_suffix(".dockerignore"))}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert {"Makefile", "uv.lock", "pyproject.toml", "README.md", "LICENSE", "sdk/pyproject.toml"} <= files
    assert {name for name in packages if not any(file.startswith(f"{name}/") for file in files)} == set()
    assert [file for file in files if "__pycache__" in file or file.startswith((".", "tests"))] == []


@pytest.mark.parametrize("file", [CONTAINERFILE, GUIDE], ids=lambda file: str(file.name))
def test_the_extras_that_are_named_exist(file: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = re.findall(r'MORE="([^"]+)"', file.read_text(encoding="utf-8"))
    assert named
    assert {extra for names in named for extra in names.split()} <= set(project["project"]["optional-dependencies"])


def test_the_settings_of_the_service_and_of_the_container_are_valid(tmp_path: Path) -> None:
    [service] = COMPOSE["services"].values()
    settings = load(environment={**service["environment"], "PARLEY_HOME": str(tmp_path)})
    assert settings.web.behind_proxy
    # It has no login: nobody but this machine may reach it.
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert set(re.findall(r"^Environment=(PARLEY_\w+)=", UNIT, re.MULTILINE)) == {"PARLEY_HOME"}


def test_the_container_may_do_no_more_than_it_must() -> None:
    [service] = COMPOSE["services"].values()
    image = dict(steps(CONTAINERFILE.read_text(encoding="utf-8")))
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["user"] == image["USER"] == "10001:10001"
    assert service["volumes"] == [f"home:{image['VOLUME']}"]


def test_the_guide_names_commands_of_parley_that_exist() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:bin/parley|parley parley|^parley) ([a-z]+)", text, re.MULTILINE))
    assert {"backup", "restore", "doctor", "models"} <= named
    assert named <= {*COMMANDS, "up"}


def test_the_rehearsal_runs_every_command_of_the_guide_about_a_server() -> None:
    whole = script()
    sections = ("On a server", "Upgrade", "Backup", "Restore, or move to another server")
    lines = [line for name in sections for block in blocks(name) for line in block.splitlines()]
    assert len(lines) > 30
    assert [line for line in lines if line not in whole] == []


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_the_unit_leaves_little_exposed(tmp_path: Path) -> None:
    copy = tmp_path / "parley.service"
    copy.write_text(UNIT, encoding="utf-8")
    line = ["systemd-analyze", "security", "--offline=true", "--threshold=35", str(copy)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
