"""The forms of a task's card, on platforms that have forms. Pure code."""

from collections.abc import Mapping

from core.actions import Verb, form_action
from core.labeling.chat.card_view import (
    BOTH_FIELDS,
    QUESTION,
    REASONS,
    CardView,
    Say,
    cut,
    lettered,
)
from core.labeling.chat.label_pages import POINTS, LabelPage, point_of
from core.labeling.rules.vocabulary import BOTH, RANKS
from core.messages import Field, Form

ABOVE = 700
"""How many characters a form shows of the message that it is about."""

OPENING = 50
"""How many characters of each answer a form shows that asks which one is meant."""


def label_form(view: CardView, page: LabelPage, say: Say) -> Form:
    """Return the form of a page of labels, with what was chosen before: at most five questions."""
    given = view.answer.labeling
    return Form(
        form_action(Verb.TASK, view.id, page.name),
        say(f"task-title-{view.kind}"),
        label_fields(page, given.labels, given.verdict, say, required=True),
        say("task-next" if page.following else "task-save"),
        text=_above(view),
    )


def label_fields(
    page: LabelPage, labels: Mapping[str, float], verdict: str, say: Say, *, required: bool
) -> tuple[Field, ...]:
    """Return the questions of a page of labels, filled in. `required` says whether the verdict must be given."""
    verdicts = tuple((name, say(f"task-verdict-{name}")) for name in page.verdicts)
    flags = tuple((name, say(f"label-{name}")) for name in page.flags)
    ticked = ",".join(name for name in page.flags if labels.get(name))
    first = Field("verdict", say("task-verdict"), "choice", verdicts, value=verdict, required=required)
    return (
        *([first] if verdicts else []),
        *(scale(name, say, point_of(labels.get(name))) for name in page.scales),
        *([Field("flags", say("task-flags"), "choices", flags, value=ticked)] if flags else []),
    )


def text_form(view: CardView, say: Say, limit: int) -> Form:
    """Return the form for writing a text, with what it answers above it."""
    first = Field("text", say(f"task-field-{view.kind}"), value=view.draft, limit=limit, required=True)
    second = Field("reply", say(BOTH_FIELDS[1]), value=view.answer.writing.reply, limit=limit, required=True)
    fields = (first, second) if view.kind == BOTH else (first,)
    return Form(
        form_action(Verb.TASK, view.id, "text"),
        say(f"task-title-{view.kind}"),
        fields,
        say("task-submit"),
        text=_above(view),
    )


def report_form(view: CardView, say: Say) -> Form:
    """Return the form that asks what moderators should know and, in a ranking, which message it is about."""
    answers = [
        (str(place), f"{letter} – {cut(' '.join(text.split()), OPENING)}")
        for place, (letter, text) in zip(view.places, lettered(view), strict=True)
    ]
    options = (*answers, (QUESTION, say("task-report-the-question")))
    which = Field("message", say("task-report-which"), "choice", options, required=True)
    fields = (
        *((which,) if view.kind in RANKS else ()),
        Field("labels", say("report-labels"), "choices", tuple((name, say(f"label-{name}")) for name in REASONS)),
        Field("comment", say("rate-why-comment"), limit=1000),
    )
    return Form(form_action(Verb.TASK, view.id, "report"), say("task-report-title"), fields, say("report-send"))


def _above(view: CardView) -> str:
    """Return what a form is about, since the form covers the card on some platforms."""
    return cut(view.turns[-1].text, ABOVE) if view.turns else view.guideline


def scale(name: str, say: Say, value: str = "") -> Field:
    """Return the question for a label with five steps; `value` is the step that is already chosen."""
    ends = {1: say(f"label-{name}-low"), POINTS: say(f"label-{name}-high")}
    options = tuple(
        (str(point), f"{point} – {ends[point]}" if point in ends else str(point)) for point in range(1, POINTS + 1)
    )
    return Field(name, say(f"task-scale-{name}"), "choice", options, value=value)
