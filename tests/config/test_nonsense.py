"""Every setting refuses nonsense, in one sentence that names the setting, its source and what is allowed."""

import types
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, SecretStr

from config.sections.section import SettingsSection
from config.sections.tasks import FIGURES, LIMITS
from config.settings import ParleySettings, load
from core.actions import Verb, button_action
from core.errors import SettingsError
from core.labeling.rules.defaults import WEIGHTS
from core.labeling.rules.vocabulary import TaskRequest
from tests.sweeping import mostly_swept

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
        "model.reward",
        "telemetry.endpoint",
        "web.public_url",
        "web.run_by",
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
        "train.torch_index",
    }
)
"""Settings whose empty text means the usual one, or none."""

FREE_TEXTS = frozenset(
    {
        "web.run_by",
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

FIGURES_IN: Mapping[str, Mapping[str, type]] = {
    "tasks.limits": {**LIMITS, **FIGURES},
    "tasks.weights": dict.fromkeys(WEIGHTS, float),
}
"""The settings that hold figures by name."""

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
        if path in FIGURES_IN:
            for name, kind in FIGURES_IN[path].items():
                yield from ((f"{path}.{name}", value) for value in wrong(path, {kind}))
        elif not (SecretStr in kinds or path == "plugins.secrets"):
            yield from ((path, value) for value in wrong(path, kinds))


def in_section(path: str) -> str:
    """The section of a setting with all that it needs beside it."""
    section, _, name = path.rpartition(".")
    rest = NAMED.get(section.removesuffix(".one"), "")
    lines = [line for line in rest.splitlines() if not line.startswith(f"{name} =")]
    return "\n".join([*([f"[{section}]"] if section else []), *lines])


def rest_of(path: str) -> str:
    """What a file has to say for a variable to be all that is wrong."""
    section = path.rpartition(".")[0]
    return in_section(path) if section.removesuffix(".one") in NAMED else ""


def refused(home: Path, path: str, value: str) -> str:
    """What is said of a value; empty if it is taken."""
    (home / "parley.toml").write_text(f"{in_section(path)}\n{path.rpartition('.')[2]} = {value}")
    try:
        load(environment={"PARLEY_HOME": str(home)})
    except SettingsError as error:
        return str(error)
    return ""


def wrong_text(path: str, kinds: set[Any]) -> Iterator[str]:
    """Yield texts of variables that a setting does not take."""
    if kinds & {int, float}:
        yield from ("", "many", "nan", "inf", "-inf", "-1", "1e30", "true", "5 6", "9" * 400)
        yield from () if float in kinds else ("1.5",)
    elif bool in kinds:
        yield from ("", "maybe", "2", "-1", "nan", "true false")
    elif kinds & {str, Literal}:
        free = path in MAY_BE_EMPTY or path.endswith(("dialect", "oauth", "score"))
        yield from () if free else ("", "  ")
        yield from () if path in FREE_TEXTS else ("no such thing!", "x" * 5000 + " ")
    elif tuple in kinds:
        yield from () if path.endswith(("scopes", "advisories_accepted")) else ("no such thing!",)
    elif Path in kinds:
        yield ""


def every_text() -> Iterator[Fault]:
    """Yield every fault of every setting's variable."""
    for path, kinds in fields(ParleySettings):
        if not (SecretStr in kinds or path in (*FIGURES_IN, "plugins.secrets")):
            yield from ((path, value) for value in wrong_text(path, kinds))


def refused_variable(home: Path, path: str, value: str) -> str:
    """What is said of a variable; empty if it is taken."""
    (home / "parley.toml").write_text(rest_of(path))
    try:
        load(environment={"PARLEY_HOME": str(home), variable(path): value})
    except SettingsError as error:
        return str(error)
    return ""


def variable(path: str) -> str:
    return f"PARLEY_{path.upper().replace('.', '__')}"


def two_of_each(faults: Iterator[Fault]) -> Iterator[Fault]:
    """Yield two faults of each setting: others from one setting to the next."""
    for number, (_, of_one) in enumerate(groupby(faults, lambda fault: fault[0])):
        found = list(of_one)
        yield from {found[number % len(found)], found[(number + 3) % len(found)]}


def all_of_each(faults: Iterator[Fault]) -> Iterator[Fault]:
    return faults


chosen_faults = pytest.mark.parametrize("chosen", mostly_swept([two_of_each, all_of_each], [two_of_each]))
Choose = Callable[[Iterator[Fault]], Iterator[Fault]]


@chosen_faults
def test_every_variable_refuses_nonsense(tmp_path: Path, chosen: Choose) -> None:
    taken, badly = [], []
    for path, value in chosen(every_text()):
        said = refused_variable(tmp_path, path, value)
        if not said:
            taken.append(f"{path} = {value[:60]!r}")
        elif path not in said or variable(path) not in said or "\n" in said or len(said) > 600:
            badly.append(f"{path} = {value[:60]!r}: {said[:300]}")
    assert taken == []
    assert badly == []


def test_every_secret_is_refused_in_the_file_and_its_own_file_must_hold_it(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text(" \n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    secrets = [path for path, kinds in fields(ParleySettings) if SecretStr in kinds]
    assert secrets
    for path in secrets:
        said = refused(tmp_path, path, '"abc"')
        assert variable(path) in said, (path, said)
        assert "abc" not in said
        for file in ("", "nowhere", "empty", "binary", "."):
            (tmp_path / "parley.toml").write_text(rest_of(path))
            with pytest.raises(SettingsError, match=f"{variable(path)}_FILE") as told:
                load(environment={"PARLEY_HOME": str(tmp_path), f"{variable(path)}_FILE": str(tmp_path / file)})
            assert "\n" not in str(told.value)


@pytest.mark.slow
@chosen_faults
def test_every_setting_refuses_nonsense(tmp_path: Path, chosen: Choose) -> None:
    taken, badly = [], []
    for path, value in chosen(every()):
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
        ("[database]\nurl = 'postgresql://me:a@secret@db/x'", ["database.url", "%40"]),
        ("[model.servers.big]\nurl = 'http://127.0.0.1:eighty'", ["model.servers.big.url", "http"]),
        (f"[terms]\nversion = '{'2' * 34}'", ["terms.version", "buttons", "at most 33 bytes"]),
        (f"[terms]\nversion = '{'版' * 12}'", ["terms.version", "at most 33 bytes"]),
        (f"[plugins.mcp.{'m' * 54}]\ncommand = ['x']", ["plugins.mcp.mmm", "at most 53 bytes"]),
        (f"[plugins.langchain.{'m' * 54}]\ntools = ['a:b']", ["plugins.langchain.mmm", "at most 53 bytes"]),
        (f"[personas.{'p' * 76}]\nname = 'P'\ntext = 'You.'", ["personas.ppp", "menus", "at most 75"]),
        (f"[model.servers.{'s' * 76}]\nurl = 'http://x'", ["model.servers.sss", "at most 75"]),
        (f"[model.langchain.{'s' * 76}]\nid = 'a:b'", ["model.langchain.sss", "at most 75"]),
        ('[personas." "]\nname = "P"\ntext = "You."', ["personas", "empty"]),
    ],
)
def test_what_is_wrong_by_its_meaning_is_refused(tmp_path: Path, toml: str, words: list[str]) -> None:
    (tmp_path / "parley.toml").write_text(toml)
    with pytest.raises(SettingsError) as told:
        load(environment={"PARLEY_HOME": str(tmp_path)})
    assert [word for word in words if word not in str(told.value)] == []


def test_the_longest_names_fit_into_the_buttons_that_carry_them(tmp_path: Path) -> None:
    (tmp_path / "parley.toml").write_text(f"[terms]\nversion = '{'2' * 33}'\n[plugins.mcp.{'m' * 53}]\ncommand = ['x']")
    found = load(environment={"PARLEY_HOME": str(tmp_path)})
    for kind in get_args(TaskRequest):
        button_action(Verb.CONSENT, found.terms.version, kind)
    for verb in (Verb.AGREE, Verb.WITHDRAW):
        button_action(verb, found.terms.version)
    for verb in (Verb.DISCONNECT, Verb.ASK_AGAIN):
        button_action(verb, *found.plugins.mcp)


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
