"""A new platform is its folder and one line: `tests/mumble`, and the line in the fixture below."""

import asyncio
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.doctor import doctor
from cli.main import parley
from cli.wiring.platforms import PLATFORMS, RegisteredPlatform, exported, load_settings, wanted
from cli.wiring.program import start
from cli.wiring.surfaces import on_platform
from core.dataset.export.consent import ExportSwitches
from core.errors import SettingsError
from core.messages import Message, Place, User
from tests.cli.platforms import HELLO, model
from tests.mumble.platform import Mumble

ROOT = Path(__file__).parents[1]
TOKEN = "a-token-of-mumble"
GENERAL = ["cli/doctor.py", "cli/main.py", "cli/export.py", "cli/wiring/program.py", "cli/wiring/run.py"]
GENERAL += ["cli/wiring/surfaces.py", *(str(path.relative_to(ROOT)) for path in (ROOT / "core").rglob("*.py"))]
FORMATS = {"core/labeling/rules/personal_data.py", "core/labeling/rules/text_checks.py"}
"""Files that recognise what platforms leave behind in texts: their mentions, and their tokens."""


@pytest.fixture
def mumble(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Mumble:
    """The new platform, set up in a home of its own."""
    monkeypatch.setitem(PLATFORMS, "mumble", RegisteredPlatform("Mumble", "tests.mumble.platform"))
    server = Mumble()
    monkeypatch.setattr("tests.mumble.platform.SERVER", server)
    monkeypatch.setenv("PARLEY_HOME", str(tmp_path))
    monkeypatch.setenv("PARLEY_MUMBLE__TOKEN", TOKEN)
    monkeypatch.setenv("PARLEY_MUMBLE__SERVER", "voices.example")
    return server


def test_it_has_a_section_in_the_settings(mumble: Mumble, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    assert list(wanted(settings)) == ["mumble"]
    assert settings.section("mumble").server == "voices.example"
    assert TOKEN in settings.secrets()
    monkeypatch.setenv("PARLEY_MUMBLE__SERVRE", "voices.example")
    with pytest.raises(SettingsError, match="did you mean mumble.server"):
        load_settings()


@pytest.mark.slow
async def test_what_somebody_says_there_is_answered(mumble: Mumble, monkeypatch: pytest.MonkeyPatch) -> None:
    async with model() as chosen:
        for variable, value in chosen.items():
            monkeypatch.setenv(variable, value)
        settings = load_settings()
        async with start(settings) as engine, asyncio.TaskGroup() as tasks:
            surface = on_platform(settings, engine, "mumble", None)
            tasks.create_task(surface.run())
            assert await surface.ready() == "On Mumble as Parley"
            here, ana = Place("mumble", "server", "room"), User("ana", "Ana")
            await mumble.said.put(
                Message(key="mumble:1", place=here, user=ana, at=datetime.now(UTC), id="1", text="Hi", source="direct")
            )
            await mumble.chat.until(lambda: any(HELLO in reply.text for reply in mumble.chat.shown.values()))
            await engine.drain(5)
            await surface.close()


def test_what_comes_from_there_may_be_exported(mumble: Mumble) -> None:
    assert ExportSwitches(exported()).refuse("mumble", "command") == ""
    assert ExportSwitches(exported()).refuse("mumble", "gateway") == "source-off"
    denied = CliRunner().invoke(parley, ["sources", "deny", "elsewhere"])
    assert "mumble" in denied.stderr


def test_the_doctor_names_it(mumble: Mumble) -> None:
    shown = CliRunner().invoke(doctor, ["--json"]).stdout
    assert {"what": "mumble", "state": "ok", "found": "on voices.example", "fix": ""} in json.loads(shown)


def test_what_serves_every_platform_names_none() -> None:
    texts = {place: (ROOT / place).read_text(encoding="utf-8") for place in sorted({*GENERAL} - FORMATS)}
    named = {place: re.findall(r"(?i)\b(?:on_?)?(?:discord|telegram|slack)\w*", text) for place, text in texts.items()}
    assert {place: names for place, names in named.items() if names} == {}
