"""The gold items: five a kind in each language, and a fault that names its file and item."""

from collections import Counter
from pathlib import Path

import pytest

from config.gold import GoldItem, gold, items
from core.errors import SettingsError

LANGUAGES = ("en", "es", "zh-CN", "fr", "de", "ca", "eu")
KINDS = ("label_initial_prompt", "label_prompter_reply", "label_assistant_reply")
WHOLE = """
[[item]]
kind = "label_initial_prompt"
id = "xx-1"
conversation = [{ role = "prompter", text = "Hi" }]
labels = { spam = 0 }
why = "Because."
"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_five_items_of_each_kind(language: str) -> None:
    found = gold(language)
    assert Counter(item.kind for item in found) == dict.fromkeys(KINDS, 5)
    assert [item.id for item in found] == [f"{language}-{kind}-{number}" for kind in KINDS for number in range(1, 6)]
    assert max(len(said.text) for item in found for said in item.conversation) < 200


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_shows_spam_a_wrong_language_a_bad_message_and_two_good_ones(language: str, kind: str) -> None:
    found = [item for item in gold(language) if item.kind == kind]
    assert sorted(map(lesson, found)) == ["bad", "good", "good", "language", "spam"]


def lesson(item: GoldItem) -> str:
    if item.labels["spam"] == 1:
        return "spam"
    if item.labels.get("lang_mismatch") == 1:
        return "language"
    return "good" if item.labels["quality"] > 0.5 else "bad"


def test_a_language_is_found_by_any_of_its_tags() -> None:
    assert gold("zh") == gold("zh-CN")
    assert gold("es-MX") == gold("es")
    assert gold("gl") == ()
    assert gold("xx") == ()


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('kind = "label_initial_prompt"', 'kind = "label"', "xx-1: kind: Input should be"),
        ('id = "xx-1"', "", "item 1: id: Field required"),
        ("spam = 0", "spam = 2", "xx-1: labels: spam is 2.0, and must be from 0 to 1"),
        ("spam = 0", "quality = 0", "xx-1: labels: spam is missing"),
        ("spam = 0", "spam = 0, fails_task = 1", "xx-1: labels: fails_task is not possible for label_initial_prompt"),
        ('role = "prompter"', 'role = "assistant"', "xx-1: conversation: prompter and assistant take turns"),
        ("initial_prompt", "assistant_reply", "xx-1: conversation: the last message is the prompter's"),
        ("initial_prompt", "prompter_reply", "xx-1: conversation: 1 messages are not possible"),
        ('why = "Because."', 'why = "Because."\nnote = 1', "xx-1: note: Extra inputs"),
        ("[[item]]", "[[items]]", "nothing else"),
        ("[[item]]", "[[item", "Expected"),
        ('why = "Because."', f'why = "Because."\n{WHOLE}', "xx-1: the id is used twice"),
    ],
)
def test_a_fault_names_the_file_and_the_item(tmp_path: Path, before: str, after: str, words: str) -> None:
    file = tmp_path / "xx.toml"
    file.write_text(WHOLE.replace(before, after), encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        items(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert words in str(caught.value)


def test_an_item_is_read_as_written(tmp_path: Path) -> None:
    file = tmp_path / "xx.toml"
    file.write_text(WHOLE, encoding="utf-8")
    [item] = items(file)
    assert (item.kind, item.labels, item.conversation[0].text) == ("label_initial_prompt", {"spam": 0}, "Hi")
