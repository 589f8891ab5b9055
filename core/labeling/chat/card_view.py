"""A task as a card: what it shows.

Pure code; every platform shows the same card. Its buttons are in `card_buttons`, its forms in `card_forms`, and the
labels that both ask for in `label_pages`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.delivery.splitting import split
from core.labeling.chat.label_pages import TONE
from core.labeling.rules.task_answer import TaskAnswer
from core.labeling.rules.text_checks import TextFinding
from core.labeling.rules.vocabulary import BOTH, LABELS, RANKS, LabelMode, TaskKind
from core.reactions import THUMB_DOWN, THUMB_UP

Say = Callable[..., str]
"""Returns a text in the person's language, given its key and its values."""

ROOMY = 12000
"""The size of a card, in characters, if the platform has no limit."""

HEAD = 520
"""How many characters are kept free for everything around the conversation."""

ANSWER = 600
"""How many characters of each answer a ranking shows; a button shows the rest."""

DRAFTS = 900
"""How many characters a card shows of a person's drafts."""

BOTH_FIELDS = (f"task-field-{BOTH}", "task-field-reply")
LETTERS = "ABCDEFGH"
SHOWN_TURNS = 3

QUICK_EMOJI = {"good": THUMB_UP, "ok": "😐", "bad": THUMB_DOWN, "spam": "🚫", "foreign": "🌐"}
QUESTION = "question"
"""What a report from a ranking names instead of an answer's place."""
REASONS = ("spam", "not_appropriate", "pii", "hate_speech", "sexual_content", "political_content")


@dataclass(frozen=True, slots=True)
class CardTurn:
    """A turn of the conversation that a task is about."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class CardView:
    """A task as it is shown. `answer` is what its person has answered so far, `draft` the text they have written.

    `answers` are the answers of a ranking that are left, `shown` their ids, and `places` their numbers among all that
    the person was given, by which buttons and letters name them whatever has been deleted since. `about` is what the
    page "report" is about: such a number, or QUESTION.
    `language` is the name of the task's language. `minutes` is how long the task is still theirs. `done` is how many
    people have done the same item and `need` how many are needed. `guideline` is one sentence. `limit` is the longest
    message in characters, 0 for no limit. `forms` says that forms can be opened. `lead` is shown above everything else.
    `about_message` is the id of the message that the task is about; empty for a ranking and for a practice task.
    `undo` is the id of the task whose answer can be taken back, `skipped` that of the one that was just skipped.
    `drawn` is the form that labels are to be given in, None if the person chooses.
    """

    id: str
    kind: TaskKind
    language: str
    minutes: int
    turns: tuple[CardTurn, ...] = ()
    answers: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
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
    about: str = ""
    lead: str = ""
    undo: str = ""
    skipped: str = ""
    about_message: str = ""
    drawn: LabelMode | None = None


def text_of(view: CardView, say: Say) -> str:
    """Return the card's text: a single message of the platform, however long the conversation is."""
    head = [view.lead, _title(view, say), f"_{view.guideline}_" if view.guideline else ""]
    tail = _tail(view, say)
    around = sum(len(part) + 2 for part in (*head, *tail))
    room = max((min(view.limit, ROOMY) if view.limit else ROOMY) - max(HEAD, around), 300)
    body = _answers(view, say, room) if view.kind in RANKS else _conversation(view, say, room)
    return "\n\n".join(filter(None, (*head, body, *tail)))


def whole(view: CardView, say: Say) -> str:
    """Return the whole conversation and all answers of a ranking, for people who want to read every word."""
    parts = [f"**{say(f'task-role-{turn.role}')}**\n\n{turn.text}" for turn in view.turns]
    parts += [f"**{letter}**\n\n{text}" for letter, text in lettered(view)]
    return "\n\n---\n\n".join(parts)


def lettered(view: CardView) -> Sequence[tuple[str, str]]:
    """Return the answers of a ranking, each with the letter that it keeps when another is deleted."""
    return [(LETTERS[place], text) for place, text in zip(view.places, view.answers, strict=True)]


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
    if view.page == "which":
        found.append(say("task-report-which"))
    if view.page == "report":
        found.append(say("report-labels"))
    if view.page == TONE:
        found.append(say("task-tone"))
    if view.kind in RANKS and not view.page:
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
    shown = [f"**{letter}** {cut(text, each)}" for letter, text in lettered(view)]
    return "\n\n".join((conversation, *shown))


def _role(turn: CardTurn, say: Say) -> str:
    return say(f"task-role-{turn.role}")


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))
