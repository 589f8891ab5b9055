"""The meaning of a review, by the way it was given: the labels of each tap, and those denied by leaving them out.

docs/labeling.md has the same as a table. Pure code.
"""

from collections.abc import Mapping

from core.labeling.rules.defaults import LabelingRules
from core.labeling.rules.vocabulary import RANDOM, LabelMode, MessageRole, ReviewMode, TaskKind, TaskRequest

QUICK: Mapping[str, Mapping[str, float]] = {
    "good": {"quality": 1.0, "spam": 0.0},
    "ok": {"quality": 0.5, "spam": 0.0},
    "bad": {"quality": 0.0, "spam": 0.0},
    "spam": {"spam": 1.0},
    "foreign": {"lang_mismatch": 1.0, "spam": 0.0},
}
"""The labels that one tap gives, and no others are stored (docs/reference/labeling.md 5.2).

A bad reply of an assistant also fails its task.
"""

FORM_FLAGS = ("lang_mismatch", "pii", "not_appropriate", "hate_speech", "sexual_content")
"""The flags of the form whose mode is "full", which is no longer shown."""

ALL_FLAGS = (*FORM_FLAGS, "moral_judgement", "political_content")
"""The flags of the whole form."""

SHOWN: Mapping[ReviewMode, tuple[str, ...]] = {
    "quick": ("spam", "lang_mismatch"),
    "simple": ("spam", "lang_mismatch"),
    "full": ("spam", *FORM_FLAGS),
    "whole": ("spam", *ALL_FLAGS),
    "free": (),
}
"""The flags that somebody sees, so that leaving them out says no, as in Open Assistant
(docs/reference/open-assistant.md 1.10).

A scale that is left open says nothing; Open Assistant stored that as the lowest value, which pulled means down.
"""


FLAGS = ("spam", "fails_task", *ALL_FLAGS)
"""Labels that are yes or no: 1 or 0."""

SCALES = ("quality", "helpfulness", "creativity", "humor", "toxicity", "violence")
"""Labels with five steps from 0 to 1."""

OF_ANSWERS = frozenset({"fails_task", "helpfulness"})
"""Labels of an assistant's replies alone."""

STEPS = frozenset({0.0, 0.25, 0.5, 0.75, 1.0})


def fault(labels: Mapping[str, float], kind: str) -> str:
    """Return the first label that a kind of message cannot have, or not with this value; empty if all are possible."""
    for name, value in labels.items():
        steps = STEPS if name in SCALES else {0.0, 1.0} if name in FLAGS else frozenset[float]()
        if value not in steps or (name in OF_ANSWERS and kind != "label_assistant_reply"):
            return name
    return ""


def quick(tap: str, kind: str) -> dict[str, float]:
    """Return the labels that one tap stands for."""
    labels = dict(QUICK[tap])
    if tap == "bad" and kind == "label_assistant_reply":
        labels["fails_task"] = 1.0
    return labels


def stated(labels: Mapping[str, float], mode: ReviewMode, role: MessageRole) -> Mapping[str, float]:
    """Return all labels that a review gives a message, including those that it denies by leaving them out.

    A tap that an assistant's reply is good, or OK, also says that it does not fail its task. A tap on spam or foreign
    says nothing about that, since people had to choose between it and calling the reply bad.
    """
    denied = dict.fromkeys(SHOWN[mode], 0.0)
    if mode == "quick" and role == "assistant" and "quality" in labels:
        denied["fails_task"] = 0.0
    return {**denied, **labels}


def drawn(rules: LabelingRules, kind: TaskKind, asked: TaskRequest | None, chance: float) -> LabelMode | None:
    """Return the form that a review is given in, by a number from 0 to 1; None if its person is to choose.

    As in Open Assistant, somebody who asked for this kind of task gets the whole form
    (docs/reference/open-assistant.md 1.9).
    """
    if not rules.draw_label_form:
        return None
    whole = {
        "label_initial_prompt": rules.p_full_labeling_review_prompt,
        "label_assistant_reply": rules.p_full_labeling_review_reply_assistant,
        "label_prompter_reply": rules.p_full_labeling_review_reply_prompter,
    }
    return "whole" if asked not in (None, RANDOM) or chance < whole[kind] else "simple"
