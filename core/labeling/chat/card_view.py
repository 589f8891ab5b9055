"""A task as a card: the text, and the buttons that answer it. Pure code; every platform shows the same card.

A button's action is `t:<task>:<what>[:<argument>]`, at most 64 bytes. The state is in the database, so cards work after
a restart and however old they are (docs/reference/labeling.md 5.1).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from core.delivery.splitting import split
from core.labeling.rules.task_answer import RankedGroups, TaskAnswer
from core.labeling.rules.text_checks import TextFinding
from core.labeling.rules.vocabulary import BOTH, LABELS, RANKS, TaskKind
from core.messages import Button, Field, Form

Say = Callable[..., str]
"""Returns a text in the person's language, given its key and its values."""

ROOMY = 12000
"""The size of a card, in characters, if the platform has no limit."""

HEAD = 520
"""How many characters are kept free for everything around the conversation."""

ANSWER = 600
"""How many characters of each answer a ranking shows; a button shows the rest."""

ABOVE, DRAFTS = 700, 900
"""How many characters are shown of the message above a form, and of a person's drafts on a card."""

BOTH_FIELDS = (f"task-field-{BOTH}", "task-field-reply")
LETTERS = "ABCDEFGH"
SHOWN_TURNS = 3

QUICK: Mapping[str, Mapping[str, float]] = {
    "good": {"quality": 1.0, "spam": 0.0},
    "ok": {"quality": 0.5, "spam": 0.0},
    "bad": {"quality": 0.0, "spam": 0.0},
    "spam": {"spam": 1.0},
    "foreign": {"lang_mismatch": 1.0, "spam": 0.0},
}
"""The labels that one tap gives, and no others (docs/reference/labeling.md 5.2).

A bad reply of an assistant also counts as failing its task.
"""

QUICK_EMOJI = {"good": "👍", "ok": "😐", "bad": "👎", "spam": "🚫", "foreign": "🌐"}
FLAGS = ("lang_mismatch", "pii", "not_appropriate", "hate_speech", "sexual_content")
TONES = ("humor", "toxicity", "violence")
MARKS = (*FLAGS, *TONES)
SCALES = ("quality", "helpfulness", "creativity")
VERDICTS: Mapping[str, Mapping[str, float]] = {
    "fine": {"spam": 0.0, "fails_task": 0.0},
    "fails": {"spam": 0.0, "fails_task": 1.0},
    "spam": {"spam": 1.0},
}
POINTS = 5
REASONS = ("spam", "not_appropriate", "pii", "hate_speech", "sexual_content", "political_content")
WHY_SKIPPED = ("cannot-judge", "wrong-language", "unclear", "offensive")


@dataclass(frozen=True, slots=True)
class CardTurn:
    """A turn of the conversation that a task is about."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class CardView:
    """A task as it is shown. `answer` is what its person has answered so far, `draft` the text they have written.

    `language` is the name of the task's language. `minutes` is how long the task is still theirs. `done` is how many
    people have done the same item and `need` how many are needed. `guideline` is one sentence. `limit` is the longest
    message in characters, 0 for no limit. `forms` says that forms can be opened. `lead` is shown above everything else.
    `undo` is the id of the task whose answer can be taken back.
    """

    id: str
    kind: TaskKind
    language: str
    minutes: int
    turns: tuple[CardTurn, ...] = ()
    answers: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    answer: TaskAnswer = field(default_factory=TaskAnswer)
    draft: str = ""
    done: int = 0
    need: int = 0
    guideline: str = ""
    topic: str = ""
    limit: int = 0
    forms: bool = False
    writing: bool = False
    findings: tuple[TextFinding, ...] = ()
    page: str = ""
    lead: str = ""
    undo: str = ""


def text_of(view: CardView, say: Say) -> str:
    """Return the card's text: a single message of the platform, however long the conversation is."""
    head = [view.lead, _title(view, say), f"_{view.guideline}_" if view.guideline else ""]
    tail = _tail(view, say)
    around = sum(len(part) + 2 for part in (*head, *tail))
    room = max((min(view.limit, ROOMY) if view.limit else ROOMY) - max(HEAD, around), 300)
    body = _answers(view, say, room) if view.kind in RANKS else _conversation(view, say, room)
    return "\n\n".join(filter(None, (*head, body, *tail)))


def buttons_of(view: CardView, say: Say) -> tuple[Button, ...]:
    """Return the card's buttons, in rows."""
    if view.page == "report":
        rows: list[Row] = [[(f"because:{name}", say(f"label-{name}"), "") for name in REASONS], [_back(say)]]
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


def label_form(view: CardView, say: Say) -> Form:
    """Return the full form of labels: five questions, as many as the most limited platform takes."""
    scale = "creativity" if view.kind != "label_assistant_reply" else "helpfulness"
    verdicts = [name for name in VERDICTS if name != "fails" or view.kind == "label_assistant_reply"]
    fields = (
        Field(
            "verdict",
            say("task-verdict"),
            "choice",
            tuple((name, say(f"task-verdict-{name}")) for name in verdicts),
            required=True,
        ),
        _scale("quality", say),
        _scale(scale, say),
        Field("flags", say("task-flags"), "choices", tuple((name, say(f"label-{name}")) for name in FLAGS)),
        Field("tones", say("task-tones"), "choices", tuple((name, say(f"label-{name}")) for name in TONES)),
    )
    return Form(f"t:{view.id}:labels", say(f"task-title-{view.kind}"), fields, say("task-save"), text=_above(view))


def labels_from(values: Mapping[str, str], kind: str) -> dict[str, float]:
    """Return the labels of a filled-in form, without those left open."""
    verdict = VERDICTS.get(values.get("verdict", ""), {})
    labels = {name: value for name, value in verdict.items() if name == "spam" or kind == "label_assistant_reply"}
    for name in SCALES:
        if values.get(name, "") in {str(point) for point in range(1, POINTS + 1)}:
            labels[name] = (int(values[name]) - 1) / (POINTS - 1)
    for name in (*values.get("flags", "").split(","), *values.get("tones", "").split(",")):
        if name in MARKS:
            labels[name] = 1.0
    return labels


def quick(name: str, kind: str) -> dict[str, float]:
    """Return the labels that one tap stands for."""
    labels = dict(QUICK[name])
    if name == "bad" and kind == "label_assistant_reply":
        labels["fails_task"] = 1.0
    return labels


def text_form(view: CardView, say: Say, limit: int) -> Form:
    """Return the form for writing a text, with what it answers above it."""
    first = Field("text", say(f"task-field-{view.kind}"), value=view.draft, limit=limit, required=True)
    second = Field("reply", say(BOTH_FIELDS[1]), value=view.answer.writing.reply, limit=limit, required=True)
    fields = (first, second) if view.kind == BOTH else (first,)
    return Form(f"t:{view.id}:text", say(f"task-title-{view.kind}"), fields, say("task-submit"), text=_above(view))


def report_form(view: CardView, say: Say) -> Form:
    """Return the form that asks what moderators should know."""
    fields = (
        Field("labels", say("report-labels"), "choices", tuple((name, say(f"label-{name}")) for name in REASONS)),
        Field("comment", say("rate-why-comment"), limit=1000),
    )
    return Form(f"t:{view.id}:report", say("report-title"), fields, say("report-send"))


def _above(view: CardView) -> str:
    """Return what a form is about, since the form covers the card on some platforms."""
    return cut(view.turns[-1].text, ABOVE) if view.turns else view.guideline


def whole(view: CardView, say: Say) -> str:
    """Return the whole conversation and all answers of a ranking, for people who want to read every word."""
    parts = [f"**{say(f'task-role-{turn.role}')}**\n\n{turn.text}" for turn in view.turns]
    parts += [f"**{LETTERS[number]}**\n\n{text}" for number, text in enumerate(view.answers)]
    return "\n\n---\n\n".join(parts)


def cut(text: str, room: int) -> str:
    """Shorten a text to at most `room` characters; a code block that is cut is closed."""
    if len(text) <= room:
        return text
    return f"{split(text, max(room - 2, 20))[0].rstrip()} …"


def is_cut(view: CardView) -> bool:
    """Return whether the card shows less than everything."""
    longest = ANSWER if view.kind in RANKS else 10**9
    room = (min(view.limit, ROOMY) if view.limit else ROOMY) - HEAD
    size = sum(len(turn.text) + 40 for turn in view.turns) + sum(len(text) + 10 for text in view.answers)
    return size > room or len(view.turns) > SHOWN_TURNS + 1 or any(len(text) > longest for text in view.answers)


def _title(view: CardView, say: Say) -> str:
    parts = [f"**{say(f'task-title-{view.kind}')}**", view.language, view.topic]
    if view.minutes:
        parts.append(say("task-minutes", minutes=view.minutes))
    if view.need:
        parts.append(say("task-progress", done=view.done, need=view.need))
    return " · ".join(filter(None, parts))


def _tail(view: CardView, say: Say) -> Sequence[str]:
    found = [*_written(view, say), *(f"⚠️ {say(f'finding-{one.kind}', **one.values)}" for one in view.findings)]
    if view.page == "report":
        found.append(say("report-labels"))
    if view.kind in RANKS and view.page != "report":
        found.append(say("task-rank-how-two" if len(view.shown) == 2 else "task-rank-how"))
    if view.writing and not view.draft:
        found.append(say("task-write-here"))
    return found


def _written(view: CardView, say: Say) -> Sequence[str]:
    """Return what its person has written so far; a prompt and its reply each under their own name."""
    texts = [("task-draft", view.draft)]
    if view.kind == BOTH:
        prompt, reply = view.answer.writing.prompt, view.answer.writing.reply
        texts = list(zip(BOTH_FIELDS, (prompt, view.draft) if prompt else (view.draft, reply), strict=True))
    given = [(name, text) for name, text in texts if text and view.kind not in LABELS | RANKS]
    return [f"**{say(name)}**\n{cut(text, DRAFTS // len(given))}" for name, text in given]


def _conversation(view: CardView, say: Say, room: int) -> str:
    if not view.turns:
        return ""
    *earlier, last = view.turns
    newest = cut(last.text, max(int(room * 0.6), room - sum(len(turn.text) + 30 for turn in earlier)))
    mark = say("task-to-label") if view.kind in LABELS else say("task-to-answer")
    rest = room - len(newest)
    return "\n\n".join(filter(None, (_earlier(earlier, say, rest), f"**{_role(last, say)}** · {mark}\n{newest}")))


def _earlier(turns: Sequence[CardTurn], say: Say, room: int) -> str:
    if not turns:
        return ""
    shown = list(turns) if len(turns) <= SHOWN_TURNS else [turns[0], *turns[-2:]]
    each = max(room // len(shown) - 30, 60)
    lines = [_quoted(f"**{_role(turn, say)}:** {cut(turn.text, each)}") for turn in shown]
    if hidden := len(turns) - len(shown):
        lines.insert(1, f"> _{say('task-turns-hidden', turns=hidden)}_")
    return "\n>\n".join(lines)


def _answers(view: CardView, say: Say, room: int) -> str:
    turns = list(view.turns)
    conversation = _earlier(turns, say, room // 3) if turns else ""
    each = min(ANSWER, max((room - len(conversation)) // max(len(view.answers), 1) - 12, 80))
    shown = [f"**{LETTERS[number]}** {cut(text, each)}" for number, text in enumerate(view.answers)]
    return "\n\n".join((conversation, *shown))


def _role(turn: CardTurn, say: Say) -> str:
    return say(f"task-role-{turn.role}")


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


Row = Sequence[tuple[str, str, str]]
"""The buttons of a row, each as its verb, its label and its emoji."""


def _buttons(view: CardView, rows: Sequence[Row], first: int = 0) -> tuple[Button, ...]:
    return tuple(
        Button(f"t:{view.id}:{what}", label, emoji, row=first + number)
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
    return (Button(f"t:{view.undo}:undo", say("task-undo"), "↩", row=9),) if view.undo else ()


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
    place = {id: number for number, group in enumerate(order, 1) for id in group}
    letters = tuple(
        Button(
            f"t:{view.id}:r:{number}",
            f"{place[id]}. {LETTERS[number]}" if id in place else LETTERS[number],
            chosen=id in place,
        )
        for number, id in enumerate(view.shown)
    )
    if len(view.shown) == 2:
        others = [("same", say("task-tie"), "🟰"), ("none", say("task-none-good"), "🚫")]
    else:
        tie = [("tie", say("task-tie-with"), "🟰"), ("back", say("task-tap-back"), "⬅")] if order else []
        others = [*tie, ("none", say("task-none-good"), "🚫")]
    return (*letters, *_buttons(view, [others], 1))


def _scale(name: str, say: Say) -> Field:
    ends = {1: say(f"label-{name}-low"), POINTS: say(f"label-{name}-high")}
    options = tuple(
        (str(point), f"{point} – {ends[point]}" if point in ends else str(point)) for point in range(1, POINTS + 1)
    )
    return Field(name, say(f"task-scale-{name}"), "choice", options)


def _full(view: CardView, say: Say) -> tuple[Button, ...]:
    """Return the full form as rows of buttons, for platforms without forms.

    What was tapped is marked; nothing is submitted before Save.
    """
    labels = view.answer.labeling.labels
    assistant = view.kind == "label_assistant_reply"
    chosen = view.answer.labeling.verdict
    found = [
        Button(f"t:{view.id}:l:verdict:{name}", say(f"task-verdict-{name}"), chosen=name == chosen)
        for name in VERDICTS
        if name != "fails" or assistant
    ]
    for row, name in enumerate(("quality", "helpfulness" if assistant else "creativity"), 1):
        for point in range(1, POINTS + 1):
            value = (point - 1) / (POINTS - 1)
            label = f"{say(f'task-scale-{name}')} 1" if point == 1 else str(point)
            found.append(Button(f"t:{view.id}:l:{name}:{point}", label, chosen=labels.get(name) == value, row=row))
    for row, names in ((3, FLAGS), (4, TONES)):
        found += [
            Button(f"t:{view.id}:l:{name}:1", say(f"label-{name}"), chosen=name in labels, row=row) for name in names
        ]
    if chosen:
        found.append(Button(f"t:{view.id}:save", say("task-save"), "✔", row=5))
    return tuple(found)
