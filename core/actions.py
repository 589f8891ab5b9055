"""The actions of buttons, selects and forms: what each says when it comes back, written and read in one place.

An action is `verb:target`, and with some verbs `verb:target:rest`. Actions stand in messages that stay in chats for
years, so the form of one never changes: a new form gets a new verb.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 64
"""The longest action of a button or a select, in bytes: the smallest limit of a platform."""

LONGEST_OF_FORM = 100
"""The longest action of a form, in bytes: the smallest limit of a platform that has forms."""

SEPARATOR = ":"


class Verb(StrEnum):
    """The first word of each action, also of a platform's own buttons, which never reach the core."""

    # Under an answer.
    UP = "up"
    DOWN = "down"
    WHY = "why"
    RETRY = "retry"
    CONTINUE = "continue"
    AGAIN = "again"
    SHOW = "show"
    STOP = "stop"
    BRANCH = "branch"
    CALLS = "calls"
    DELETE = "delete"
    TOOL = "tool"
    MORE = "more"
    FOLLOW = "follow"
    FOLLOW_UP = "follow-up"
    # Under the first words that somebody hears from us.
    START = "start"
    TRY = "try"
    # The forms for an answer.
    RATE = "rate"
    REPORT = "report"
    REPORT_CLOSE = "report-close"
    LABEL = "label"
    # A person's own conversations.
    TALK = "talk"
    TALKS = "talks"
    # What a person decides about themselves.
    AGREE = "agree"
    WITHDRAW = "withdraw"
    ASK_AGAIN = "ask-again"
    PRIVATE = "private"
    FORGET = "forget"
    KEEP = "keep"
    INSTRUCTIONS = "instructions"
    PROFILE = "profile"
    CONNECT_YES = "connect-yes"
    CONNECT_NO = "connect-no"
    DISCONNECT = "disconnect"
    # What a community decides.
    SETTINGS = "settings"
    SET = "set"
    RATINGS = "ratings"
    RECENT = "recent"
    THREADS = "threads"
    PERSONA = "persona"
    QUOTAS = "quotas"
    PLUGIN_YES = "plugin-yes"
    PLUGIN_NO = "plugin-no"
    PLUGIN_LEFT = "plugin-left"
    PLUGIN_REMOVE = "plugin-remove"
    # A plugin's call that waits for a yes.
    TOOL_YES = "tool-yes"
    TOOL_ALWAYS = "tool-always"
    TOOL_ALL = "tool-all"
    TOOL_NO = "tool-no"
    # Tasks.
    TASK = "t"
    TASKS = "tasks"
    GIVE = "give"
    CONSENT = "consent"
    LANGS = "langs"
    VOTE = "v"
    FREE = "f"
    BOARD = "board"
    MYWORK = "mywork"
    CONTRIBUTE = "contribute"
    PREFER = "prefer"
    ARENA_VOTE = "arena-vote"
    ARENA_END = "arena-end"
    MODERATE = "mod"
    MODERATE_EDIT = "modedit"
    MODERATE_NOTE = "modnote"
    GOLD = "gold"
    GOLD_FORM = "goldform"
    # A platform's own: opens the form that was offered.
    OPEN_FORM = "open-form"


RESTS: Mapping[str, str] = {
    Verb.TASK: "what to do, with its argument",
    Verb.TASKS: "a topic",
    Verb.VOTE: "a choice",
    Verb.TALK: "what to do with a conversation, which is the target",
    Verb.FREE: "what to do, with its argument; the target is a message of a tree",
    Verb.BOARD: "a scope and a language",
    Verb.MYWORK: "a page",
    Verb.PREFER: "new, old or same",
    Verb.ARENA_VOTE: "a, b, good or bad",
    Verb.MODERATE: "a message; the target is what to do with it",
    Verb.GOLD: "a message; the target is what to do with it",
    Verb.TOOL: "an answer",
    Verb.MORE: "a message; the target is a command",
    Verb.TOOL_YES: "a seal",
    Verb.TOOL_ALWAYS: "a seal",
    Verb.TOOL_ALL: "a seal",
    Verb.TOOL_NO: "a seal",
    Verb.CONSENT: "a kind of task",
}
"""The verbs that say more than a target, and what that is. With all others, a separator belongs to the target."""

REST_IS_LAST = frozenset({Verb.CONSENT})
"""Verbs whose target may have separators (a version, as an operator writes it) and whose rest has none."""


@dataclass(frozen=True, slots=True)
class Action:
    """An action as it was pressed or submitted. Its verb may be one that this version does not know."""

    verb: str
    target: str = ""
    rest: str = ""

    @classmethod
    def parse(cls, text: str) -> "Action":
        """Read an action. Anything can be read: what comes back from a platform may be old, or made by hand."""
        verb, target = cut(text)
        if verb in REST_IS_LAST:
            target, _, rest = target.rpartition(SEPARATOR)
            return cls(verb, target, rest)
        return cls(verb, *cut(target)) if verb in RESTS else cls(verb, target)


def cut(text: str) -> tuple[str, str]:
    """Cut a text at its first separator: an action, or a rest that has parts of its own."""
    first, _, rest = text.partition(SEPARATOR)
    return first, rest


def joined(*parts: str | int) -> str:
    """Join the parts of a rest, or of an action for a page of our own, which has no limit. `cut` takes them apart."""
    return SEPARATOR.join(map(str, parts))


def fits(verb: Verb, *parts: str | int) -> bool:
    """Whether a button can have this action."""
    return len(joined(verb, *parts).encode()) <= LONGEST


def space(verb: Verb, *rest: str | int) -> int:
    """The most bytes that a target may have beside a verb and a rest."""
    return LONGEST - len(joined(verb, "", *rest).encode())


def button_action(verb: Verb, *parts: str | int) -> str:
    """Write the action of a button or a select. Raises ValueError if it is too long for one of the platforms."""
    return _written(LONGEST, verb, *parts)


def form_action(verb: Verb, *parts: str | int) -> str:
    """Write the action of a form. Raises ValueError if it is too long for one of the platforms."""
    return _written(LONGEST_OF_FORM, verb, *parts)


def _written(longest: int, verb: Verb, *parts: str | int) -> str:
    action = joined(verb, *parts)
    if len(action.encode()) > longest:
        raise ValueError(f"an action may have {longest} bytes: {action!r}")
    return action
