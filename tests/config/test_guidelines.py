"""The guidelines: every task in every language, short enough for a card and for one message."""

import re

import pytest

from config.guidelines import guidelines, split

LANGUAGES = {"en", "es", "zh-CN", "fr", "de", "ca", "eu"}
TASKS = {
    "initial_prompt",
    "prompter_reply",
    "assistant_reply",
    "label_initial_prompt",
    "label_prompter_reply",
    "label_assistant_reply",
    "rank_assistant_replies",
    "rank_prompter_replies",
    "prompt_with_reply",
}
ALL = [(language, task, text) for language, tasks in guidelines().items() for task, text in tasks.items()]
CARD, MESSAGE = 140, 1800


def test_every_task_has_its_guideline_in_every_language() -> None:
    found = guidelines()
    assert set(found) == LANGUAGES
    assert {language: set(tasks) for language, tasks in found.items()} == dict.fromkeys(LANGUAGES, TASKS)


def test_the_first_line_is_for_the_card() -> None:
    guideline = split("Be true.\n\n- Do: check.\n- Don’t: guess.\n")
    assert guideline.sentence == "Be true."
    assert guideline.rest == "- Do: check.\n- Don’t: guess."


@pytest.mark.parametrize(("language", "task", "text"), ALL)
def test_a_guideline_has_its_form(language: str, task: str, text: str) -> None:
    guideline = split(text)
    assert 0 < len(guideline.sentence) <= CARD
    assert len(text) < MESSAGE
    assert 4 <= len(re.findall(r"(?m)^- \S", guideline.rest)) <= 8
    assert re.findall(r"(?m)^(✅|❌|🤔) \S", guideline.rest) == ["✅", "❌", "🤔"]
