"""core.texts: every word that people read, in the nearest language that has it."""

import re
import tracemalloc
from pathlib import Path

import pytest
from fluent.runtime import FluentBundle, FluentResource

from core.texts import LocalizedTexts
from tests.sweeping import mostly_swept

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


def test_a_text_may_contain_others_terms_and_choices_over_several_lines() -> None:
    source = """
# What stands before an entry belongs to nobody.
-brand = Parley
greeting = Hi { $name }, this is { -brand }.
whole = { greeting } { $count ->
    [one] One task
   *[other] { $count } tasks
}
    in all.
"""
    said = LocalizedTexts({"en": source})("en", "whole", name="Ana", count=2)
    assert said == "Hi Ana, this is Parley. 2 tasks\nin all."


def test_of_two_texts_with_one_key_the_first_counts() -> None:
    assert LocalizedTexts({"en": "a = one\na = two"})("en", "a") == "one"


def test_a_text_that_cannot_be_parsed_is_the_next_languages() -> None:
    assert LocalizedTexts({"en": "a = one", "es": "a = { $\nb = dos"})("es", "a") == "one"


@pytest.mark.slow
@pytest.mark.parametrize("language", mostly_swept(sorted(LOCALES), ["en", "zh-CN"]))
def test_each_text_is_what_it_is_in_a_file_that_is_parsed_at_once(language: str) -> None:
    whole, texts = FluentBundle([language], use_isolating=False), LocalizedTexts(LOCALES)
    whole.add_resource(FluentResource(LOCALES[language]))
    keys = re.findall(r"^([a-z][\w-]*) =", LOCALES[language], re.MULTILINE)
    values = dict.fromkeys(re.findall(r"\$([\w-]+)", LOCALES[language]), 3)
    for key in keys:
        pattern = whole.get_message(key).value
        assert pattern is not None
        assert texts(language, key, **values) == str(whole.format_pattern(pattern, values)[0])


def test_a_program_holds_the_texts_that_it_says_and_not_all() -> None:
    first, *_ = re.findall(r"^([a-z][\w-]*) =", LOCALES["en"], re.MULTILINE)
    fresh = {language: f"{source}\n" for language, source in LOCALES.items()}
    texts, other = LocalizedTexts(fresh), LocalizedTexts(LOCALES)
    for language in LOCALES:
        # Babel keeps what it knows about a language.
        other(language, first)
    tracemalloc.start()
    try:
        for language in fresh:
            texts(language, first)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 5 * sum(len(source) for source in fresh.values())


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
