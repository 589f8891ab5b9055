"""The buttons of a task's card. Pure code; every platform shows the same ones.

A button says what it does, and an argument if it needs one (core.actions). The state is in the database, so cards
work after a restart and however old they are (docs/reference/labeling.md 5.1).
"""

from collections.abc import Sequence

from core.actions import Verb, button_action, joined
from core.labeling.chat.card_view import (
    FLAGS,
    LETTERS,
    POINTS,
    QUESTION,
    QUICK_EMOJI,
    REASONS,
    TONES,
    VERDICTS,
    CardView,
    Say,
    is_cut,
)
from core.labeling.rules.review_modes import QUICK
from core.labeling.rules.task_answer import RankedGroups
from core.labeling.rules.vocabulary import LABELS, RANKS
from core.messages import Button

Row = Sequence[tuple[str, str, str]]
"""The buttons of a row, each as its verb, its label and its emoji."""


def buttons_of(view: CardView, say: Say) -> tuple[Button, ...]:
    """Return the card's buttons, in rows."""
    if view.page == "report":
        because = ("on", view.about) if view.kind in RANKS else ("because",)
        rows: list[Row] = [[(joined(*because, name), say(f"label-{name}"), "") for name in REASONS], [_back(say)]]
    elif view.page == "which":
        rows = [*_which(view, say), [_back(say)]]
    elif view.page == "full" and view.kind in LABELS:
        return (*_full(view, say), *_buttons(view, [[_back(say)]], 6))
    elif view.kind in LABELS:
        rows = [[(name, say(f"task-{name}"), QUICK_EMOJI[name]) for name in QUICK], _around(view, say, full=True)]
    elif view.kind in RANKS:
        return (
            *_letters(view, say),
            *_buttons(view, [_around(view, say, full=False), _last(view, say)], 2),
            *_undo(view, say),
        )
    else:
        rows = [*_writing(view, say), _around(view, say, full=False)]
    return (*_buttons(view, [*rows, _last(view, say)]), *_undo(view, say))


def _buttons(view: CardView, rows: Sequence[Row], first: int = 0) -> tuple[Button, ...]:
    return tuple(
        Button(button_action(Verb.TASK, view.id, what), label, emoji, row=first + number)
        for number, row in enumerate(rows)
        for what, label, emoji in row
    )


def _around(view: CardView, say: Say, *, full: bool) -> Row:
    more = [("more", say("task-more"), "")] if full else []
    # Somebody who begins a conversation sees nothing of others that could be reported.
    report = [("report", say("task-report"), "⚑")] if view.turns else []
    return [
        *more,
        ("later", say("task-later"), "⏰"),
        ("skip", say("task-skip"), "⏭"),
        *report,
        ("guide", say("task-guide"), "❔"),
    ]


def _last(view: CardView, say: Say) -> Row:
    return [("all", say("task-all"), "📄")] if is_cut(view) else []


def _undo(view: CardView, say: Say) -> tuple[Button, ...]:
    return (Button(button_action(Verb.TASK, view.undo, "undo"), say("task-undo"), "↩", row=9),) if view.undo else ()


def _which(view: CardView, say: Say) -> Sequence[Row]:
    answers = [
        (joined("report", place), say("task-report-answer", letter=LETTERS[place]), "⚑") for place in view.places
    ]
    return [answers, [(joined("report", QUESTION), say("task-report-question"), "⚑")]]


def _back(say: Say) -> tuple[str, str, str]:
    return ("show", say("task-back"), "")


def _writing(view: CardView, say: Say) -> Sequence[Row]:
    end = [("end", say("task-end"), "🏁")] if view.kind == "prompter_reply" else []
    if not view.draft:
        return [[("write", say("task-write"), "✏️"), *end]]
    held = any(finding.severity == "hold" for finding in view.findings)
    send = (
        ("hold", say("task-hold"), "🛡")
        if held
        else ("send", say("task-anyway" if view.findings else "task-submit"), "✅")
    )
    return [[send, ("write", say("task-edit"), "✏️"), ("fresh", say("task-fresh"), "🗑")]]


def _letters(view: CardView, say: Say) -> tuple[Button, ...]:
    order: RankedGroups = view.answer.ranking.order
    order_of = {id: number for number, group in enumerate(order, 1) for id in group}
    letters = tuple(
        Button(
            button_action(Verb.TASK, view.id, "r", number),
            f"{order_of[id]}. {LETTERS[number]}" if id in order_of else LETTERS[number],
            chosen=id in order_of,
        )
        for number, id in zip(view.places, view.shown, strict=True)
    )
    if len(view.shown) == 2:
        others = [("same", say("task-tie"), "🟰"), ("none", say("task-none-good"), "🚫")]
    else:
        tie = [("tie", say("task-tie-with"), "🟰"), ("back", say("task-tap-back"), "⬅")] if order else []
        others = [*tie, ("none", say("task-none-good"), "🚫")]
    return (*letters, *_buttons(view, [others], 1))


def _full(view: CardView, say: Say) -> tuple[Button, ...]:
    """Return the full form as rows of buttons, for platforms without forms.

    What was tapped is marked; nothing is submitted before Save.
    """
    labels = view.answer.labeling.labels
    assistant = view.kind == "label_assistant_reply"
    chosen = view.answer.labeling.verdict
    found = [
        Button(
            button_action(Verb.TASK, view.id, "l", "verdict", name), say(f"task-verdict-{name}"), chosen=name == chosen
        )
        for name in VERDICTS
        if name != "fails" or assistant
    ]
    for row, name in enumerate(("quality", "helpfulness" if assistant else "creativity"), 1):
        for point in range(1, POINTS + 1):
            value = (point - 1) / (POINTS - 1)
            label = f"{say(f'task-scale-{name}')} 1" if point == 1 else str(point)
            found.append(
                Button(
                    button_action(Verb.TASK, view.id, "l", name, point),
                    label,
                    chosen=labels.get(name) == value,
                    row=row,
                )
            )
    for row, names in ((3, FLAGS), (4, TONES)):
        found += [
            Button(
                button_action(Verb.TASK, view.id, "l", name, "1"), say(f"label-{name}"), chosen=name in labels, row=row
            )
            for name in names
        ]
    if chosen:
        found.append(Button(button_action(Verb.TASK, view.id, "save"), say("task-save"), "✔", row=5))
    return tuple(found)
