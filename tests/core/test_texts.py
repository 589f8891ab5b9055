"""core.texts: every word that people read, in the nearest language that has it."""

import re
from pathlib import Path

import pytest

from core.texts import LocalizedTexts

ROOT = Path(__file__).parents[2]
LOCALES = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "config/locales").glob("*.ftl")}


def test_a_language_with_a_region_falls_back_to_the_language_and_then_to_english() -> None:
    texts = LocalizedTexts({"en": "a = one\nb = two", "es": "a = uno"})
    assert [texts("es-MX", "a"), texts("es-MX", "b"), texts("xx", "a")] == ["uno", "two", "one"]


def test_values_are_filled_in_without_invisible_marks() -> None:
    assert LocalizedTexts({"en": "hi = Hi { $name }"})("en", "hi", name="Ana") == "Hi Ana"


def test_a_key_that_not_even_english_has_is_a_fault() -> None:
    with pytest.raises(KeyError, match="nope"):
        LocalizedTexts({"en": "a = one"})("en", "nope")


def test_every_key_that_the_code_names_is_in_english() -> None:
    texts = LocalizedTexts(LOCALES)
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "core").rglob("*.py"))
    calls = r'(?:(?<!sa\.)text\(|texts\([^"()]*|Error\(|Busy\(|Allowed\(|Unavailable\(|Timeout\()'
    named = set(re.findall(calls + r'\s*"([a-z-]+)"', code))
    assert len(named) > 30
    assert {key for key in named if not texts.has(key)} == set()


@pytest.mark.parametrize("language", sorted(set(LOCALES) - {"en"}))
def test_a_language_has_every_key_and_no_other(language: str) -> None:
    keys = {name: set(re.findall(r"^([a-z][\w-]*) =", source, re.MULTILINE)) for name, source in LOCALES.items()}
    assert keys[language] == keys["en"]
