"""config.settings: the origin of a setting, and the message about a wrong one."""

from pathlib import Path

import pytest

from config.labels import reasons
from config.presets import presets
from config.sections.tasks import FIGURES, LIMITS, task_rules
from config.settings import ParleySettings, load
from config.texts import sources
from core.errors import SettingsError
from core.texts import LocalizedTexts


def settings(home: Path, toml: str = "", **environment: str) -> ParleySettings:
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
        ("", {"PARLEY_WEB__HOST": "0.0.0.0"}, ["PARLEY_WEB__HOST", "web.host"]),
        ("port = port", {}, ["parley.toml", "line 1"]),
        ("web = 3", {}, ["parley.toml", "web is a section"]),
        ("", {"PARLEY_WBE__PORT": "1"}, ["PARLEY_WBE__PORT", "no setting wbe", "did you mean PARLEY_WEB__PORT?"]),
        ("", {"PARLEY_WEB": "x", "PARLEY_WEB__PORT": "1"}, ["PARLEY_WEB__PORT", "another variable"]),
        ("", {"PARLEY_WEB__PORT": "1", "PARLEY_WEB": "x"}, ["PARLEY_WEB", "section"]),
        ("[model.servers.big]\nulr = 'x'", {}, ["model.servers.big.ulr", "did you mean model.servers.big.url?"]),
        ("", {"PARLEY_MODEL__SERVERS__BIG__API_KEY": "hf_secret"}, ["PARLEY_MODEL__SERVERS__BIG", "url"]),
        ("", {"PARLEY_HUGGINGFACE__TOKEN": "hf_secret", "PARLEY_HUGGINGFACE__TOKEN_FILE": "x"}, ["keep one"]),
        ("[huggingface]\ntoken = 'hf_secret'", {}, ["huggingface.token is a secret", "PARLEY_HUGGINGFACE__TOKEN"]),
        ("[web]\nproxies = ['*']", {}, ["web.proxies", "'*' is neither an address"]),
        ("[web]\nproxies = ['proxy.lan']", {}, ["web.proxies", "10.0.0.0/24"]),
        ("[web]\npublic_url = 'http://parley.example'", {}, ["parley.toml", "https address"]),
        ("[web]\npublic_url = 'https://parley.example/?x=1'", {}, ["https address"]),
        ("[plugins.mcp.a]\ncommand = ['a']\noauth = 'person'", {}, ["oauth is for an MCP server with a url"]),
        (
            "[plugins.mcp.a]\nurl = 'https://a.example'\nissuer = 'https://b.example'",
            {},
            ["issuer and scopes need oauth"],
        ),
        ("[plugins.mcp.a]\nurl = 'https://a.example'\noauth = 'implicit'", {}, ["plugins.mcp.a.oauth", "client"]),
        ("", {"PARLEY_CONFIG": "/nowhere/at.toml"}, ["no such file"]),
        ("[huggingface]\ntoken_file = 'missing'", {}, ["token_file", "cannot be read"]),
        ("[huggingface]\ntoken_file = 'a\\u0000b'".replace("'", '"'), {}, ["token_file", "not the path of a file"]),
        ("[huggingface]\ntoken_file = '~nobody-of-this-name/x'", {}, ["token_file", "nobody here has the home"]),
        ("[model.embedded]\nfile = '~nobody-of-this-name/x'", {}, ["model.embedded.file", "nobody here has the home"]),
        ("", {"PARLEY_HUGGINGFACE__TOKEN_FILE": "~nobody-of-this-name/x"}, ["TOKEN_FILE", "nobody here has the home"]),
        ("a = " + "[" * 5000, {}, ["parley.toml", "nested too deeply"]),
        ("a" + ".a" * 2000 + " = 1", {}, ["parley.toml", "nested too deeply"]),
        ("[web]\nport = " + "9" * 5000, {}, ["parley.toml", "digits"]),
        ("", {"PARLEY_CONFIG": "/dev/zero"}, ["/dev/zero", "longer than"]),
        ("", {"PARLEY_CONFIG": "/dev"}, ["/dev", "cannot be read"]),
        ("", {"PARLEY_" + "__".join("A" * 2000): "x"}, ["no such variable"]),
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
        tmp_path, PARLEY_WEB__HOST="0.0.0.0", PARLEY_WEB__BEHIND_PROXY="true", PARLEY_WEB__HOSTS="a.org, b.org,"
    )
    assert found.web.hosts == ("a.org", "b.org")
    assert found.web.proxies == ("127.0.0.1", "::1")
    told = settings(tmp_path, PARLEY_WEB__PROXIES="10.0.0.7, 10.1.0.0/16", PARLEY_OPERATOR__HOSTS="parley.internal")
    assert told.web.proxies == ("10.0.0.7", "10.1.0.0/16")
    assert told.operator.hosts == ("parley.internal",)


def test_secrets_come_from_the_environment_or_a_file_and_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-very-secret\n")
    server = '[model.servers.big]\nurl = "http://127.0.0.1:1/v1"\napi_key_file = "key"'
    found = settings(tmp_path, server, PARLEY_HUGGINGFACE__TOKEN="hf-very-secret")
    assert set(found.secrets()) == {"sk-very-secret", "hf-very-secret"}
    assert "very-secret" not in repr(found)
    named = settings(tmp_path, server, PARLEY_HUGGINGFACE__TOKEN_FILE=str(tmp_path / "key"))
    assert named.huggingface.token
    assert named.huggingface.token.get_secret_value() == "sk-very-secret"


def test_a_variable_finds_the_server_whose_name_it_cannot_spell(tmp_path: Path) -> None:
    found = settings(
        tmp_path, '[model.servers.Big-One]\nurl = "http://x"', PARLEY_MODEL__SERVERS__BIG_ONE__API_KEY="sk-very-secret"
    )
    assert found.secrets() == ("sk-very-secret",)


def test_the_password_of_the_database_is_a_secret_as_written_and_as_meant(tmp_path: Path) -> None:
    found = settings(tmp_path, PARLEY_DATABASE__URL="postgresql://me:p%40ssword@db/parley")
    assert found.secrets() == ("p%40ssword", "p@ssword")


@pytest.mark.parametrize(("content", "words"), [(b"\n", "is empty"), (b"\xff\xfe\x00", "is not text")])
def test_a_secret_file_without_a_secret_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(SettingsError, match=words):
        settings(tmp_path, PARLEY_HUGGINGFACE__TOKEN_FILE=str(tmp_path / "key"))


def test_every_preset_is_in_range_and_the_default_is_calm() -> None:
    found = presets()
    assert next(iter(found)) == "precise"
    assert (found["precise"].temperature or 1) <= 0.3
    assert {"k50", "k50-creative", "k50-precise", "k50-original", "k50-plugins", "nucleus9", "typical2"} < set(found)


def test_every_reason_for_a_thumb_has_words() -> None:
    texts = LocalizedTexts(sources())
    assert all(texts.has(f"label-{name}") for names in reasons().values() for name in names)
    assert reasons()[1]
    assert reasons()[-1]


def test_every_figure_of_labeling_stands_in_its_document() -> None:
    text = (Path(__file__).parents[2] / "docs" / "labeling.md").read_text(encoding="utf-8")
    assert [name for name in (*LIMITS, *FIGURES) if f"`{name}`" not in text] == []


def test_figures_of_labeling_are_set_by_name(tmp_path: Path) -> None:
    toml = "[tasks]\nprofile = 'open-assistant'\nlimits = { goal_tree_size = 8, max_active_trees = 3 }\n"
    rules = task_rules(settings(tmp_path, toml).tasks)
    assert (rules.limits.goal_tree_size, rules.limits.num_reviews_reply, rules.max_active_trees) == (8, 3, 3)
    with pytest.raises(SettingsError, match="goal_tree_size"):
        settings(tmp_path, "[tasks]\nlimits = { goal = 8 }\n")


def test_a_byte_order_mark_is_no_part_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "parley.toml").write_bytes("\ufeff[web]\nport = 9000".encode())
    (tmp_path / "key").write_bytes("\ufeffhf-secret".encode())
    found = settings(tmp_path, PARLEY_HUGGINGFACE__TOKEN_FILE=str(tmp_path / "key"))
    assert found.web.port == 9000
    assert found.secrets() == ("hf-secret",)


def test_a_file_in_another_encoding_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "parley.toml").write_bytes("[web]\nport = 9000".encode("utf-16"))
    with pytest.raises(SettingsError, match="not UTF-8 text; save it as UTF-8"):
        settings(tmp_path)


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("PARLEY_WEB_PORT", "did you mean PARLEY_WEB__PORT?"),
        ("PARLEY_MODEL_EMBEDDED_START_TIMEOUT", "did you mean PARLEY_MODEL__EMBEDDED__START_TIMEOUT?"),
        ("PARLEY_DISCORD_TOKEN", "did you mean PARLEY_DISCORD__TOKEN?"),
        ("PARLEY_DISCORD_TOKEN_FILE", "did you mean PARLEY_DISCORD__TOKEN_FILE?"),
        ("PARLEY_WEB_PROT", "did you mean PARLEY_WEB__PORT?"),
        ("PARLEY_HOEM", "did you mean PARLEY_HOME?"),
        ("PARLEY_QQQQQ", "no such variable; config/default.toml has every setting"),
    ],
)
def test_an_unknown_variable_is_told_with_the_one_that_is_meant(tmp_path: Path, variable: str, words: str) -> None:
    with pytest.raises(SettingsError) as told:
        settings(tmp_path, **{variable: "9000"})
    assert str(told.value).startswith(f"{variable}: ")
    assert words in str(told.value)
    assert "9000" not in str(told.value)


def test_a_home_of_nobody_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PARLEY_HOME: nobody here has the home"):
        load(environment={"PARLEY_HOME": "~nobody-of-this-name/parley"})
