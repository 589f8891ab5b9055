"""plugins.host.approval.confirmation: a call on paper says what it leaves out, and a yes holds for that very call."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from core.store.tables import PluginCallRow
from parley import tool
from plugins.host.approval.confirmation import everything, fingerprint, sheet
from plugins.host.sources.builtin import BuiltinPlugin
from tests.plugin_host.stage import made

ROOM = 1700


def missing(characters: int, lines: int) -> str:
    return f"[… {characters} in {lines}]"


def on_paper(given: Mapping[str, Any], room: int = ROOM) -> str:
    found = sheet(["writes"], given, room, missing)
    assert len(found.text) <= room
    return found.text


def test_what_fits_is_shown_whole_under_its_name() -> None:
    found = sheet(["writes"], {"path": "/tmp/a", "lines": [1, {"b": None}], "empty": "", "yes": True}, ROOM, missing)
    assert found.whole
    assert found.named
    assert "path: /tmp/a" in found.text.splitlines()
    assert "yes: true" in found.text
    assert 'empty: ""' in found.text
    assert '"b": null' in found.text


def test_long_arguments_are_cut_at_their_end_and_say_so_and_short_ones_are_whole() -> None:
    shown = on_paper({"body": "x" * 100_000, "path": "/srv/" + "a" * 300 + "/../../etc/passwd"})
    assert "/../../etc/passwd" in shown
    assert shown.index("path: ") < shown.index("body: ")
    cut = shown[shown.index("body: ") :]
    assert cut.endswith(f"[… {100_000 - cut.count('x')} in 1]")


def test_a_hidden_end_of_a_path_is_told() -> None:
    shown = on_paper({"path": "/srv/" + "a" * 3000 + "/../../etc/passwd"})
    assert "etc/passwd" not in shown
    assert "[… 1" in shown


def test_hidden_lines_are_counted() -> None:
    shown = on_paper({"body": "line\n" * 1000})
    hidden = shown[shown.index("[…") :]
    characters, lines = (int(word) for word in hidden.strip("[…] ").split(" in "))
    assert 3500 < characters < 5000
    assert 700 < lines < 1000


def test_no_value_passes_for_another_argument() -> None:
    shown = on_paper({"body": "hello\npath: /tmp/safe", "path": "/etc/passwd"})
    assert [line for line in shown.splitlines() if line.startswith("path: ")] == ["path: /etc/passwd"]
    named = on_paper({"a\npath": "x"})
    assert not any(line.startswith("path") for line in named.splitlines())


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (False, "false"),
        (None, "null"),
        (5, "5"),
        (-0.5, "-0.5"),
        (["a"], '["a"]'),
        ({}, "{}"),
        ("", '""'),
        (1e22, "1e+22"),
    ],
)
def test_words_do_not_pass_for_another_kind_of_value(value: object, words: str) -> None:
    assert on_paper({"recursive": value}) != on_paper({"recursive": words})
    assert f"recursive: {json.dumps(words)}" in on_paper({"recursive": words})


def test_words_with_marks_of_json_are_told_from_what_they_quote() -> None:
    given = ["a", '"a"', '"\\"a\\""', " ", '" "', "[", '"["', "{x", "false", '"false"', "False", "1_000", "1000"]
    assert len({on_paper({"x": value}) for value in given}) == len(given)


def test_no_name_of_an_argument_passes_for_a_value() -> None:
    shown = on_paper({"to: ben@good.example": "x", "to": "eve@evil.example", "filter[a]": "y", "größe": 1})
    assert '"to: ben@good.example": x' in shown.splitlines()
    assert [line for line in shown.splitlines() if line.startswith("to: ")] == ["to: eve@evil.example"]
    assert "filter[a]: y" in shown
    assert "größe: 1" in shown


def test_where_not_all_can_be_named_that_is_known() -> None:
    found = sheet(["writes"], {f"argument{number}": "x" * 200 for number in range(300)}, ROOM, missing)
    assert not found.named
    assert not found.whole
    found = sheet(["writes"], {"n" * 5000: "x"}, ROOM, missing)
    assert not found.named


def test_what_stands_above_is_cut_with_a_word_too() -> None:
    hosts = ", ".join(f"host{number}.example" for number in range(100))
    found = sheet(["writes", hosts], {"path": "a"}, ROOM, missing)
    assert not found.whole
    assert found.named
    assert "[… " in found.text.splitlines()[1]
    assert hosts in everything(["writes", hosts], {"path": "a"})


def test_everything_has_all_of_it() -> None:
    given = {f"argument{number}": "x" * 200 + "\u202e" for number in range(300)}
    found = everything(["writes"], given)
    assert found.count("x" * 200 + "‹U+202E›") == 300


@tool(confirm=True)
async def write(path: str, body: str = "") -> str:
    """Write a file."""
    return path


def files(**manifest: Any) -> BuiltinPlugin:
    return made({"name": "files", **manifest}, write)


def call(**changed: Any) -> PluginCallRow:
    usual: dict[str, Any] = {"values": {"path": "a"}, "place": {"channel": "room"}, "asker": {"id": "ana"}}
    usual |= {"community_id": "c", "person_id": "p", "plugin": "files", "function": "write"}
    return PluginCallRow(**(usual | changed))


def of(plugin: BuiltinPlugin, asked: PluginCallRow) -> str:
    return fingerprint(plugin, plugin.tools[0], asked)


def test_the_same_call_has_the_same_fingerprint_after_the_database() -> None:
    stored = PluginCallRow(**json.loads(json.dumps(call().model_dump(), default=str)))
    assert of(files(), call()) == of(files(), stored)


@pytest.mark.parametrize(
    "changed",
    [
        {"values": {"path": "b"}},
        {"values": {"path": "a", "body": ""}},
        {"place": {"channel": "other"}},
        {"person_id": "q"},
        {"asker": {"id": "ana", "admin": True}},
        {"function": "other"},
        {"plugin": "other"},
    ],
)
def test_another_call_has_another(changed: Mapping[str, Any]) -> None:
    assert of(files(), call()) != of(files(), call(**changed))


def test_another_version_has_another() -> None:
    assert of(files(), call()) != of(files(version="1.0.1"), call())
    assert of(files(), call()) != of(files(hosts=["evil.example"]), call())
