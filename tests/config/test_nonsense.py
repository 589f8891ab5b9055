"""Every setting refuses nonsense, in one sentence that names the setting, its source and what is allowed."""

import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, SecretStr

from config.sections.section import SettingsSection
from config.settings import ParleySettings, load
from core.errors import SettingsError

NAMED: Mapping[str, str] = {
    "model.servers": 'url = "http://127.0.0.1:1/v1"',
    "model.langchain": 'id = "openai:gpt"',
    "plugins.mcp": 'command = ["server"]',
    "plugins.langchain": 'tools = ["package.tools:search"]',
    "personas": 'name = "Cook"\ntext = "You cook."',
    "plugins.embeddings": 'url = "http://127.0.0.1:1/v1"',
}
"""The sections that an operator names, with the least that each needs."""

MAY_BE_EMPTY = frozenset(
    {
        "database.url",
        "web.public_url",
        "discord.api_base",
        "discord.gateway_url",
        "discord.shards",
        "telegram.webhook_url",
        "telegram.base_url",
        "telegram.base_file_url",
        "slack.public_url",
        "slack.client_id",
        "slack.base_url",
        "slack.authorization_url",
        "plugins.catalogue",
        "plugins.index",
        "plugins.advisories",
        "plugins.mcp.one.url",
        "plugins.mcp.one.description",
        "plugins.mcp.one.issuer",
        "plugins.langchain.one.description",
        "terms.link",
    }
)
"""Settings whose empty text means the usual one, or none."""

FREE_TEXTS = frozenset(
    {
        "model.default",
        "model.servers.one.model",
        "model.langchain.one.id",
        "plugins.mcp.one.description",
        "slack.client_id",
        "plugins.langchain.one.description",
        "plugins.embeddings.model",
        "personas.one.name",
        "personas.one.text",
        "terms.version",
        "terms.text",
    }
)
"""Texts that may say anything; the name of a model is checked where the installed ones are known."""

Fault = tuple[str, str]
"""A setting's path and a line of TOML."""


def basic(annotation: Any) -> set[Any]:
    """The plain types that an annotation allows."""
    if hasattr(annotation, "__metadata__"):
        return basic(annotation.__origin__)
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return set[Any]().union(*(basic(one) for one in get_args(annotation)))
    return {origin or annotation}


def fields(section: type[BaseModel], where: str = "") -> Iterator[tuple[str, set[Any]]]:
    """Yield each setting in a section and below it, with its plain types."""
    for name, field in section.model_fields.items():
        path = f"{where}{name}"
        kinds = basic(field.annotation)
        inner = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
        if inner:
            yield from fields(inner, f"{path}.")
        elif path in NAMED:
            yield from fields(get_args(field.annotation)[1], f"{path}.one.")
        elif path != "home":
            yield path, kinds


def wrong(path: str, kinds: set[Any]) -> Iterator[str]:
    """Yield values of the wrong kind, size or name for a setting."""
    if kinds & {int, float}:
        yield from ("true", '""', '"5"', "[5]", "nan", "inf", "-inf", "-1", "1e30", "'many'", "{ a = 1 }")
        yield from () if float in kinds else ("1.5", "99999999999999999999")
    elif bool in kinds:
        yield from ("1", "0", '"true"', '""', '"maybe"', "[true]", "1.0")
    elif tuple in kinds:
        yield from ("true", '"one"', "5", "[5]", '[""]', "[true]", "{ a = 1 }")
    elif kinds & {str, Literal}:
        yield from ("true", "5", '["one"]', "1.5", "{ a = 1 }")
        yield from () if path in MAY_BE_EMPTY or path.endswith(("dialect", "oauth", "score")) else ('""', '"  "')
        yield from () if path in FREE_TEXTS else ('"no such thing!"', f'"{"x" * 5000} "')
    elif Path in kinds:
        yield from ("true", "5", '""', '["one"]')


def every() -> Iterator[Fault]:
    """Yield every fault of every setting."""
    for path, kinds in fields(ParleySettings):
        if SecretStr in kinds or path in ("plugins.secrets", "tasks.limits", "tasks.weights"):
            continue
        yield from ((path, value) for value in wrong(path, kinds))


def refused(home: Path, path: str, value: str) -> str:
    """What is said of a value; empty if it is taken."""
    section, _, name = path.rpartition(".")
    kind = section.removesuffix(".one")
    rest = NAMED.get(kind, "")
    lines = [line for line in rest.splitlines() if not line.startswith(f"{name} =")]
    head = [f"[{section}]"] if section else []
    (home / "parley.toml").write_text("\n".join([*head, *lines, f"{name} = {value}"]))
    try:
        load(environment={"PARLEY_HOME": str(home)})
    except SettingsError as error:
        return str(error)
    return ""


def test_every_setting_refuses_nonsense(tmp_path: Path) -> None:
    taken, badly = [], []
    for path, value in every():
        said = refused(tmp_path, path, value)
        if not said:
            taken.append(f"{path} = {value[:60]}")
        elif path not in said or "parley.toml" not in said or "\n" in said or len(said) > 600:
            badly.append(f"{path} = {value[:60]}: {said[:300]}")
    assert taken == []
    assert badly == []


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('language = "tlh"', ["language", "zh-CN"]),
        ("[tasks.limits]\ngoal_tree_size = 2.5", ["tasks", "goal_tree_size", "whole number"]),
        ("[tasks.limits]\ngoal_tree_size = -1", ["goal_tree_size", "from 0 to"]),
        ("[tasks.limits]\ntrust_weights = true", ["tasks", "limits", "no 'trust_weights'"]),
        ("[tasks.limits]\nmost_share = 1.5", ["most_share", "from 0 to 1"]),
        ("[tasks.limits]\nrank_prompter_replies = 5", ["rank_prompter_replies", "true or false"]),
        ("[tasks.weights]\ninitial_prompt = nan", ["tasks.weights.initial_prompt"]),
        ("[tasks.weights]\ninitial_prompt = -1", ["initial_prompt", "from 0 to"]),
        ("[web]\nport = 9000\n[operator]\nport = 9000", ["operator.port", "web.port", "9000"]),
        ('[web]\nport = 9000\n[operator]\nhost = "localhost"\nport = 9000', ["operator.port", "web.port"]),
        ("[discord]\nshard_count = 4\nshards = '3-1'", ["shards"]),
        ("[discord]\nshard_count = 4\nshards = '0-99999999999'", ["shards"]),
        ("[model.servers.embedded]\nurl = 'http://x'", ["model", "embedded"]),
        ("[plugins]\naddresses = ['http://search.lan']", ["plugins.addresses", "search.lan:8888"]),
        ("[web]\nhosts = ['http://parley.example/']", ["web.hosts"]),
        ("[database]\nurl = 'mysql://x/y'", ["database.url", "sqlite:///"]),
        ("[model.servers.big]\nurl = 'http://127.0.0.1:eighty'", ["model.servers.big.url", "http"]),
    ],
)
def test_what_is_wrong_by_its_meaning_is_refused(tmp_path: Path, toml: str, words: list[str]) -> None:
    (tmp_path / "parley.toml").write_text(toml)
    with pytest.raises(SettingsError) as told:
        load(environment={"PARLEY_HOME": str(tmp_path)})
    assert [word for word in words if word not in str(told.value)] == []


@pytest.mark.parametrize("value", ["", "true", "nan", "1e30", "five", "-1", "5.5", "99999"])
def test_a_variable_is_read_as_strictly(tmp_path: Path, value: str) -> None:
    with pytest.raises(SettingsError, match="PARLEY_WEB__PORT"):
        load(environment={"PARLEY_HOME": str(tmp_path), "PARLEY_WEB__PORT": value})


def test_variables_are_read_by_the_kind_of_their_setting(tmp_path: Path) -> None:
    found = load(
        environment={
            "PARLEY_HOME": str(tmp_path),
            "PARLEY_WEB__PORT": "0",
            "PARLEY_OPERATOR__ENABLED": "no",
            "PARLEY_MODEL__PATIENCE__WHOLE": "90",
            "PARLEY_TASKS__LIMITS__GOAL_TREE_SIZE": "8",
            "PARLEY_TASKS__LIMITS__RANK_PROMPTER_REPLIES": "true",
            "PARLEY_MODEL__EMBEDDED__FILE": "/models/some.gguf",
        }
    )
    assert (found.web.port, found.operator.enabled, found.model.patience.whole) == (0, False, 90)
    assert found.tasks.limits == {"goal_tree_size": 8, "rank_prompter_replies": True}
    assert found.model.embedded.file == Path("/models/some.gguf")


def test_every_section_is_strict() -> None:
    assert SettingsSection.model_config["strict"]
    assert SettingsSection.model_config["allow_inf_nan"] is False
