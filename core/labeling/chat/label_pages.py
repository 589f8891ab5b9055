"""The pages on which people label a message, with their questions and the meaning of the answers. Pure code.

A page is a form or, on platforms without forms, rows of buttons. The whole form has two pages, since the smallest
forms have five parts at most (docs/reference/platforms.md 4).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.errors import UserError
from core.labeling.rules.review_modes import ALL_FLAGS, OF_ANSWERS, SCALES
from core.labeling.rules.vocabulary import LabelMode

VERDICTS: Mapping[str, Mapping[str, float]] = {
    "fine": {"spam": 0.0, "fails_task": 0.0},
    "fails": {"spam": 0.0, "fails_task": 1.0},
    "spam": {"spam": 1.0},
}
POINTS = 5
STEPS = tuple(str(number) for number in range(1, POINTS + 1))
TONES = ("humor", "toxicity", "violence")
ANSWERS = "label_assistant_reply"
"""The kind of task whose messages are answers, which have labels of their own."""

WHOLE, TONE, SIMPLE = "whole", "tone", "simple"


@dataclass(frozen=True, slots=True)
class LabelPage:
    """The questions of a page.

    `mode` is how the labels are kept, and `following` the page that comes next, empty for the last one. The answer to
    `verdicts` is required, if there are any.
    """

    name: str
    mode: LabelMode
    verdicts: tuple[str, ...] = ()
    scales: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    following: str = ""


def label_page(name: str, kind: str) -> LabelPage:
    """Return a page for a kind of task. Raises UserError if there is no such page."""
    answer = kind == ANSWERS
    verdicts = tuple(VERDICTS) if answer else ("fine", "spam")
    first, others = ("helpfulness", ("creativity", *TONES)) if answer else ("creativity", TONES)
    # Open Assistant's short form asks for the quality of replies only.
    short = () if kind == "label_initial_prompt" else ("quality",)
    pages = {
        WHOLE: LabelPage(WHOLE, "whole", verdicts, ("quality", first), ALL_FLAGS, TONE),
        TONE: LabelPage(TONE, "whole", scales=others),
        SIMPLE: LabelPage(SIMPLE, "simple", ("fine", "spam"), short, ("lang_mismatch",)),
    }
    if name not in pages:
        raise UserError("button-outdated")
    return pages[name]


def verdict_labels(verdict: str, kind: str, mode: LabelMode) -> dict[str, float]:
    """Return the labels of a verdict. Only answers can fail their task, and the short form does not ask for it."""
    meant = VERDICTS.get(verdict, {})
    return {
        name: value for name, value in meant.items() if name not in OF_ANSWERS or (kind == ANSWERS and mode != "simple")
    }


def labels_from(values: Mapping[str, str], page: LabelPage) -> dict[str, float]:
    """Return the labels of a filled-in form without those left open, and without its verdict.

    Raises UserError if a value is not among those that the page offers.
    """
    if values.get("verdict", "") not in ("", *page.verdicts):
        raise UserError("task-label-value")
    labels = {name: step(values[name]) for name in page.scales if values.get(name)}
    flagged = [name for name in values.get("flags", "").split(",") if name]
    if not set(flagged) <= set(page.flags):
        raise UserError("task-label-value")
    return {**labels, **dict.fromkeys(flagged, 1.0)}


def step(point: str) -> float:
    """Return the value of a point of a scale, from 0 to 1. Raises UserError if the scale has no such point."""
    if point not in STEPS:
        raise UserError("task-label-value")
    return (int(point) - 1) / (POINTS - 1)


def point_of(value: float | None) -> str:
    """Return the point of a scale that a value stands for; empty for None."""
    return "" if value is None else str(round(value * (POINTS - 1)) + 1)


def verdict_of(labels: Mapping[str, float], page: LabelPage, kind: str) -> str:
    """Return the verdict that labels stand for; empty if they stand for none."""
    found = (name for name in page.verdicts if labels.items() >= verdict_labels(name, kind, page.mode).items())
    return next(found, "")


def worded(name: str, value: float, say: Callable[..., str]) -> str:
    """Return a label with its value in words: a point of its scale, or whether it applies."""
    shown = f"{point_of(value)}/{POINTS}" if name in SCALES else "✔" if value else "✘"
    return f"{say(f'label-{name}')}: {shown}"
