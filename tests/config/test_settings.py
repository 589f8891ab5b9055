"""config.settings: where a setting comes from, and what is said of a wrong one."""

from pathlib import Path

import pytest

from config.settings import Settings, load, presets, reasons
from config.texts import sources
from core.errors import SettingsError
from core.texts import Texts


def settings(home: Path, toml: str = "", **environment: str) -> Settings:
    """The settings of a home with a parley.toml."""
    if toml:
        (home / "parley.toml").write_text(toml)
    return load(environment={"PARLEY_HOME": str(home), **environment})


def test_everything_has_a_default(tmp_path: Path) -> None:
    found = settings(tmp_path / "home")
    assert (found.web.host, found.web.port, found.model.default) == ("127.0.0.1", 8080, "embedded")
    assert found.database.url == f"sqlite:///{tmp_path}/home/parley.sqlite3"
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    assert settings(tmp_path, "[web]\nport = 9000").web.port == 9000
    assert settings(tmp_path, "[web]\nport = 9000", PARLEY_WEB__PORT="9001").web.port == 9001


def test_a_file_adds_personas_to_ours(tmp_path: Path) -> None:
    found = settings(tmp_path, '[personas.cook]\nname = "Cook"\ntext = "You cook."')
    assert list(found.personas)[0] == "parley"
    assert found.personas["cook"].text == "You cook."


@pytest.mark.parametrize(
    ("toml", "environment", "words"),
    [
        ("[web]\nprot = 1", {}, ["parley.toml", "web.prot", "did you mean web.port"]),
        ("[web]\nport = 'high'", {}, ["parley.toml", "web.port", "integer"]),
        ("", {"PARLEY_WEB__PORT": "99999"}, ["PARLEY_WEB__PORT", "65535"]),
        ("", {"PARLEY_WEB__HOST": "0.0.0.0"}, ["no login", "behind_proxy"]),
        ("port = port", {}, ["parley.toml", "line 1"]),
        ("[huggingface]\ntoken = 'hf_secret'", {}, ["huggingface.token is a secret", "PARLEY_HUGGINGFACE__TOKEN"]),
        ("", {"PARLEY_CONFIG": "/nowhere/at.toml"}, ["no such file"]),
        ("[huggingface]\ntoken_file = 'missing'", {}, ["token_file", "cannot be read"]),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, toml: str, environment: dict[str, str], words: list[str]
) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(tmp_path, toml, **environment)
    assert [word for word in words if word not in str(refused.value)] == []
    assert "hf_secret" not in str(refused.value)


def test_a_page_behind_a_proxy_may_listen_to_everybody(tmp_path: Path) -> None:
    found = settings(
        tmp_path, PARLEY_WEB__HOST="0.0.0.0", PARLEY_WEB__BEHIND_PROXY="true", PARLEY_WEB__HOSTS="a.org,b.org"
    )
    assert found.web.hosts == ("a.org", "b.org")


def test_secrets_come_from_the_environment_or_a_file_and_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-very-secret\n")
    server = '[model.servers.big]\nurl = "http://127.0.0.1:1/v1"\napi_key_file = "key"'
    found = settings(tmp_path, server, PARLEY_HUGGINGFACE__TOKEN="hf-very-secret")
    assert set(found.secrets()) == {"sk-very-secret", "hf-very-secret"}
    assert "very-secret" not in repr(found)
    named = settings(tmp_path, server, PARLEY_HUGGINGFACE__TOKEN_FILE=str(tmp_path / "key"))
    assert named.huggingface.token
    assert named.huggingface.token.get_secret_value() == "sk-very-secret"


def test_every_preset_is_in_range_and_the_default_is_calm() -> None:
    found = presets()
    assert next(iter(found)) == "precise"
    assert (found["precise"].temperature or 1) <= 0.3
    assert {"k50", "k50-creative", "k50-precise", "k50-original", "k50-plugins", "nucleus9", "typical2"} < set(found)


def test_every_reason_for_a_thumb_has_words() -> None:
    texts = Texts(sources())
    assert all(texts.has(f"label-{name}") for names in reasons().values() for name in names)
    assert reasons()[1]
    assert reasons()[-1]
