"""The texts in all languages: the same values in each, and short enough for the platforms."""

import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from fluent.syntax import parse
from fluent.syntax.ast import Junk, Message, VariableReference
from fluent.syntax.visitor import Visitor

from config.texts import sources
from core.texts import LocalizedTexts

LANGUAGES = ("en", "es", "zh-CN", "fr", "de", "ca", "eu")
LABELS = tomllib.loads((Path(__file__).parents[2] / "config/labels.toml").read_text(encoding="utf-8"))
SOURCES = sources()
TEXTS = LocalizedTexts(SOURCES)
COMMAND_NAME = re.compile(r"[-_'\w]{1,32}")
"""What Discord allows as the name of a slash command; it must also be in lower case."""

SHORT = {"button-": 80, "menu-": 32, "settings-ratings-": 80}
FORM = ("rate-title", "rate-why-title", "report-title", "label-title", "instructions-title", "settings-quotas")
QUESTIONS = ("rate-thumb", "rate-why-labels", "rate-why-comment", "report-labels", "label-which")
ENDS = ("low", "high")
"""The two ends of a scale."""

FIELDS = ("instructions-about", "instructions-style", "setting-answers", "setting-community-answers")


class Variables(Visitor):
    """Collects the variables of a message."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: VariableReference) -> None:
        self.names.add(node.id.name)


@cache
def variables(source: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for entry in parse(source).body:
        if isinstance(entry, Message):
            visitor = Variables()
            visitor.visit(entry)
            found[entry.id.name] = visitor.names
    return found


def keys(prefix: str) -> list[str]:
    return [key for key in variables(SOURCES["en"]) if key.startswith(prefix)]


def test_there_are_the_seven_languages() -> None:
    assert TEXTS.languages[0] == "en"
    assert set(TEXTS.languages) >= set(LANGUAGES)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_text_once_and_no_other(language: str) -> None:
    body = parse(SOURCES[language]).body
    assert [entry.content for entry in body if isinstance(entry, Junk)] == []
    times = Counter(entry.id.name for entry in body if isinstance(entry, Message))
    wanted = set(variables(SOURCES["en"]))
    assert (wanted - set(times), set(times) - wanted) == (set(), set())
    assert [key for key, number in times.items() if number > 1] == []


@pytest.mark.slow
@pytest.mark.parametrize("language", SOURCES)
def test_each_text_is_filled_with_the_same_values(language: str) -> None:
    assert variables(SOURCES[language]) == variables(SOURCES["en"])


@pytest.mark.parametrize("language", SOURCES)
def test_commands_can_be_registered(language: str) -> None:
    descriptions = [key for key in keys("command-") if "$" not in TEXTS(language, key) and not variables_of(key)]
    assert [key for key in descriptions if len(TEXTS(language, key)) > 100] == []
    names = [TEXTS(language, key) for key in keys("name-")]
    assert [name for name in names if not COMMAND_NAME.fullmatch(name) or name != name.lower()] == []
    assert [name for name, times in Counter(names).items() if times > 1] == []


def variables_of(key: str) -> set[str]:
    return variables(SOURCES["en"])[key]


@pytest.mark.parametrize("language", SOURCES)
def test_labels_fit_where_they_are_shown(language: str) -> None:
    for prefix, most in SHORT.items():
        assert [key for key in keys(prefix) if key != "button-outdated" and len(TEXTS(language, key)) > most] == []
    assert [key for key in (*FORM, *QUESTIONS, *FIELDS) if len(TEXTS(language, key)) > 45] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_label_is_defined_where_it_is_chosen(language: str) -> None:
    source = variables(SOURCES[language])
    ends = [f"label-{name}-{end}" for name, label in LABELS.items() if label["widget"] == "scale" for end in ENDS]
    helps = [f"label-{name}-help" for name in LABELS]
    assert [key for key in (*(f"label-{name}" for name in LABELS), *helps, *ends) if key not in source] == []
    assert [key for key in helps if len(TEXTS(language, key)) > 100] == []
    assert [key for key in ends if len(TEXTS(language, key)) > 30] == []
