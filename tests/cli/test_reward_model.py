"""The setting `model.reward`: an installed reward model ranks answers, and nothing else does."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.models import models
from cli.wiring.models import models_offered, reward
from config.settings import load
from core.errors import SettingsError
from core.models.embedded.gguf import digest
from core.models.library import installed as library
from core.models.library.installed import InstalledModel
from core.ports.model import PromptLine
from tests.cli.test_doctor import findings
from tests.trainer.tiny import tiny_base

NAME = "tiny-reward-1"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a reward model, which the settings name."""
    monkeypatch.setenv("PARLEY_HOME", str(tmp_path))
    monkeypatch.setenv("PARLEY_MODEL__REWARD", NAME)
    place = library.folder(tmp_path, NAME)
    place.mkdir(parents=True)
    file = tiny_base(place / f"{NAME}.gguf", "llama", ranks=True)
    sha256 = digest(file)
    library.keep(tmp_path, InstalledModel(NAME, file.name, f"train:{NAME}", sha256, ranks=True))
    return tmp_path


async def test_the_one_that_the_settings_name_ranks(home: Path) -> None:
    scorer = reward(load())
    assert scorer
    try:
        one, two = await scorer.scores([PromptLine("user", "where")], ["here in the house", "there"])
    finally:
        await scorer.aclose()
    assert one != pytest.approx(two, abs=1e-3)
    assert NAME not in models_offered(load())


def test_without_one_nothing_is_made(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PARLEY_MODEL__REWARD")
    assert reward(load()) is None
    assert "reward model" not in findings(home)[1]


@pytest.mark.slow
def test_one_that_is_not_installed_is_refused_in_words(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_MODEL__REWARD", "other")
    with pytest.raises(SettingsError, match=rf"PARLEY_MODEL__REWARD.*'other' is no reward model \({NAME}\)"):
        reward(load())
    code, found = findings(home, PARLEY_MODEL__REWARD="other")
    assert (code, found["reward model"]["state"]) == (1, "fail")


@pytest.mark.slow
def test_doctor_finds_one_that_was_damaged(home: Path) -> None:
    assert findings(home)[1]["reward model"]["state"] == "ok"
    file, _ = library.reward_model(home, NAME)
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    assert "is damaged" in findings(home)[1]["reward model"]["found"]


def test_it_is_listed_as_what_it_is_and_stays_while_it_is_in_use(home: Path) -> None:
    listed = CliRunner().invoke(models, ["list"]).output
    assert any(NAME in line and "ranks answers" in line for line in listed.splitlines())
    used = CliRunner().invoke(models, ["use", NAME])
    assert (used.exit_code, "name it in model.reward" in used.output) == (1, True)
    removed = CliRunner().invoke(models, ["remove", NAME, "--yes"])
    assert (removed.exit_code, "by the setting model.reward" in removed.output) == (1, True)
