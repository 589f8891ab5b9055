"""The texts in all languages: the same values in each, and short enough for the platforms."""

import re
from collections import Counter

import pytest
from fluent.syntax import parse
from fluent.syntax.ast import Message, VariableReference
from fluent.syntax.visitor import Visitor

from config.texts import sources
from core.texts import Texts

SOURCES = sources()
TEXTS = Texts(SOURCES)
COMMAND_NAME = re.compile(r"[-_'\w]{1,32}")
"""What Discord allows as the name of a slash command; it must be in lower case besides."""

SHORT = {"button-": 80, "menu-": 32, "settings-ratings-": 80}
FORM = ("rate-title", "rate-why-title", "report-title", "label-title", "instructions-title", "settings-quotas")
QUESTIONS = ("rate-thumb", "rate-why-labels", "rate-why-comment", "report-labels", "label-which")
FIELDS = ("instructions-about", "instructions-style", "setting-answers", "setting-community-answers")


class Variables(Visitor):
    """Collects the variables of a message."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: VariableReference) -> None:
        self.names.add(node.id.name)


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


def test_there_are_the_five_languages() -> None:
    assert TEXTS.languages[0] == "en"
    assert set(TEXTS.languages) >= {"en", "es", "de", "fr", "zh-CN"}


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
