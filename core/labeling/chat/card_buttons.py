"""The buttons of a task's card. Pure code; every platform shows the same ones.

A button says what it does, and an argument if it needs one (core.actions). The state is in the database, so cards
work after a restart and however old they are (docs/reference/labeling.md 5.1).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from core.actions import Verb, button_action, joined
from core.labeling.chat.card_view import (
    LETTERS,
    QUESTION,
    QUICK_EMOJI,
    REASONS,
    CardView,
    Say,
    is_cut,
)
from core.labeling.chat.label_pages import POINTS, SIMPLE, TONE, WHOLE, LabelPage, label_page, point_of
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
    elif view.page in (WHOLE, TONE, SIMPLE) and view.kind in LABELS:
        return _page(view, label_page(view.page, view.kind), say)
    elif view.kind in LABELS and view.drawn:
        rows = [[("more", say("task-judge"), "📝")], _around(view, say, full=False)]
    elif view.kind in LABELS:
        rows = [[(name, say(f"task-{name}"), QUICK_EMOJI[name]) for name in QUICK], _around(view, say, full=True)]
    elif view.kind in RANKS:
        return (
            *_letters(view, say),
            *_buttons(view, [_around(view, say, full=False), _last(view, say)], 2),
            *_before(view, say),
        )
    else:
        rows = [*_writing(view, say), _around(view, say, full=False)]
    return (*_buttons(view, [*rows, _last(view, say)]), *_before(view, say))


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


def _before(view: CardView, say: Say) -> tuple[Button, ...]:
    return earlier(view.undo, view.skipped, say)


def earlier(undo: str, skipped: str, say: Say) -> tuple[Button, ...]:
    """Return the buttons for the task before this one: to take its answer back, or to say why it was skipped."""
    back = (Button(button_action(Verb.TASK, undo, "undo"), say("task-undo"), "↩", row=9),) if undo else ()
    why = (Button(button_action(Verb.TASK, skipped, "why"), say("task-why"), "💬", row=9),) if skipped else ()
    return (*back, *why)


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


def _page(view: CardView, page: LabelPage, say: Say) -> tuple[Button, ...]:
    """Return a page of labels. Nothing is submitted before Save.

    With forms, only the last page of several is shown as buttons: one of them opens its form.
    """
    if view.forms:
        return _buttons(view, [[(f"more:{page.name}", say("task-tones"), "🎭"), _save(page, say)], [_back(say)]])
    given = view.answer.labeling
    found = page_buttons(partial(button_action, Verb.TASK, view.id), page, given.labels, given.verdict, say)
    onward = [(f"more:{page.following}", say("task-tones"), "🎭")] if page.following else []
    last = [*([_save(page, say)] if given.verdict else []), *onward]
    return (*found, *_buttons(view, [row for row in (last, [_back(say)]) if row], found[-1].row + 1))


def page_buttons(
    action: Callable[..., str], page: LabelPage, labels: Mapping[str, float], verdict: str, say: Say
) -> tuple[Button, ...]:
    """Return a page of labels as rows of buttons, with what was tapped marked. `action` writes a button's action."""
    rows = [
        [Button(action("l", "verdict", name), say(f"task-verdict-{name}")) for name in page.verdicts],
        *([Button(action("p", name, point), label) for point, label in _points(name, say)] for name in page.scales),
        [Button(action("l", name, "1"), say(f"label-{name}")) for name in page.flags],
    ]
    chosen = {
        action("l", "verdict", verdict),
        *(action("l", name, "1") for name in page.flags if labels.get(name)),
        *(action("p", name, point_of(labels[name])) for name in page.scales if name in labels),
    }
    shown = [row for row in rows if row]
    return tuple(replace(one, chosen=one.action in chosen, row=row) for row, some in enumerate(shown) for one in some)


def _points(name: str, say: Say) -> Sequence[tuple[int, str]]:
    """Return the points of a scale with their labels; the scale's name stands before the first one."""
    return [(point, f"{say(f'task-scale-{name}')} 1" if point == 1 else str(point)) for point in range(1, POINTS + 1)]


def _save(page: LabelPage, say: Say) -> tuple[str, str, str]:
    return (joined("save", page.mode), say("task-save"), "✔")
