"""Answers to tasks are stored in the form that they always had, and read back whole."""

from typing import Any

import pytest

from core.labeling.rules.task_answer import TaskAnswer, TaskPlace
from core.messages import Place
from core.store.labeling_tables import TaskRow

PLACE = {"platform": "paper", "community": "village", "channel": "desk", "thread": "", "private": True}

STORED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a prompt, and what follows": {"prompt": "", "heard": ["e1", "e2"], "source": "gateway"},
    "a form": {"reply": "Because.", "anew": True},
    "a text": {"text": True, "counted": {"prompts": 1, "replies_assistant": 1}, "event": "e3"},
    "an end": {"ended": True, "event": "e3"},
    "labels so far": {"labels": {"spam": 0.0}, "verdict": "fine", "turned": "e4"},
    "gold": {"labels": {"spam": 1.0}, "mode": "quick", "right": False, "counted": {"gold_failed": 1}},
    "a ranking so far": {"order": [["a"], ["b", "c"]], "tie": True, "turned": "e4"},
    "a ranking": {"groups": [["a", "b"]], "counted": {"rankings": 1}},
    "no ranking": {"not_rankable": True},
    "skipped": {"reason": "offensive"},
    "taken back": {"undone": "e5"},
}


@pytest.mark.parametrize("stored", STORED.values(), ids=STORED)
def test_an_answer_keeps_its_form(stored: dict[str, Any]) -> None:
    assert TaskAnswer.from_json(stored).to_json() == stored


def test_what_earlier_versions_wrote_for_nothing_reads_as_nothing() -> None:
    written = {"labels": {}, "verdict": "", "order": [], "tie": False, "anew": False, "reason": "", "counted": {}}
    assert TaskAnswer.from_json(written) == TaskAnswer()


@pytest.mark.parametrize("ours", [{}, {"asked": "random"}])
def test_a_place_keeps_its_form(ours: dict[str, Any]) -> None:
    stored = {**PLACE, "language": "en", "user": "ana", **ours}
    place = TaskPlace.from_json(stored)
    assert place.place == Place("paper", "village", "desk", private=True)
    assert place.to_json() == stored
    assert TaskPlace.from_json(ours).to_json() == ours


def test_people_are_told_of_their_answers_in_the_same_form() -> None:
    row = TaskRow(person_id="p", kind="initial_prompt", lang="en")
    row.answer = TaskAnswer.from_json(STORED["a prompt, and what follows"])
    row.place = TaskPlace.from_json({**PLACE, "language": "en", "user": "ana"})
    told = row.model_dump(mode="json")
    assert told["answer"] == STORED["a prompt, and what follows"]
    assert told["place"] == {**PLACE, "language": "en", "user": "ana"}
