"""What is needed to run several processes for real: the unit for a part, and the compose file of a cluster."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.main import COMMANDS
from config.settings import load
from deploy.rehearse import CONTAINERFILE, steps
from tests.deploy.test_deploy import COMPOSE, DEPLOY, UNIT

PART = (DEPLOY / "parley-part@.service").read_text(encoding="utf-8")
PARTS = ("ingress", "worker")
CLUSTER: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.cluster.yaml").read_text(encoding="utf-8"))
OURS = {name: service for name, service in CLUSTER["services"].items() if service["image"] == "parley:local"}
RIGHTS = re.compile(
    r"^(?:Capab|Ambient|NoNew|Protect|Private|Remove|Restrict|Lock|SystemCall|UMask|User).*$", re.MULTILINE
)


def instance(part: str, folder: Path) -> Path:
    """The unit as it is installed for a part, with a program that there is here."""
    unit = folder / f"parley-{part}@1.service"
    command = str(Path(sys.executable).with_name("parley"))
    unit.write_text(PART.replace("/opt/parley/.venv/bin/parley %j", f"{command} %j"), encoding="utf-8")
    return unit


def test_a_part_has_the_rights_of_the_whole_and_no_others() -> None:
    assert RIGHTS.findall(PART) == RIGHTS.findall(UNIT)


def test_each_part_is_a_command() -> None:
    # systemd puts what follows on the last dash of the unit's name in place of %j (systemd.unit, "Specifiers").
    assert re.findall(r"^ExecStart=(.*)$", PART, re.MULTILINE) == ["/opt/parley/.venv/bin/parley %j"]
    assert set(PARTS) <= set(COMMANDS)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
@pytest.mark.parametrize("part", PARTS)
def test_systemd_understands_the_unit_and_it_leaves_little_exposed(part: str, tmp_path: Path) -> None:
    unit = instance(part, tmp_path)
    for line in (["verify", "--man=no"], ["security", "--offline=true", "--threshold=35"]):
        done = subprocess.run(["systemd-analyze", *line, str(unit)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert not [said for said in done.stderr.splitlines() if unit.name in said], done.stderr


@pytest.mark.parametrize("name", OURS)
def test_the_settings_of_each_service_are_valid_and_the_same(name: str, tmp_path: Path) -> None:
    given = {key: re.sub(r"\$\{.*?\}", "secret", value) for key, value in OURS[name]["environment"].items()}
    settings = load(environment={**given, "PARLEY_HOME": str(tmp_path)})
    assert settings.database.url.endswith("@database/parley")
    assert settings.model.default in settings.model.servers
    # Who only answers serves no page.
    assert settings.web.behind_proxy == (name == "ingress")
    shared = CLUSTER["x-settings"].items()
    assert shared <= OURS[name]["environment"].items()


def test_each_service_may_do_no_more_than_it_must() -> None:
    image = dict(steps(CONTAINERFILE.read_text(encoding="utf-8")))
    [alone] = COMPOSE["services"].values()
    assert {tuple(service["command"]) for service in OURS.values()} == {(part,) for part in PARTS}
    for service in OURS.values():
        for right in ("read_only", "user", "cap_drop", "security_opt", "pids_limit", "init"):
            assert service[right] == alone[right]
        assert service["volumes"] == [f"home:{image['VOLUME']}"]
    ports = [port for service in CLUSTER["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_no_password_stands_in_the_file() -> None:
    text = (DEPLOY / "compose.cluster.yaml").read_text(encoding="utf-8")
    assert re.findall(r"(?:PASSWORD|parley):\s?(\$\{DATABASE_PASSWORD:\?[^}]*\})", text)
    assert not re.search(r"PASSWORD: (?!\$\{)", text)
