"""The words of labeling: the kinds of work, and the states of trees, tasks, reviews and reports. They are stored."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

TreeState = Literal[
    "initial_prompt_review",
    "prompt_lottery_waiting",
    "growing",
    "ranking",
    "ready_for_scoring",
    "ready_for_export",
    "scoring_failed",
    "aborted_low_grade",
    "halted_by_moderator",
    "backlog_ranking",
]
"""The state of a tree (docs/reference/open-assistant.md 1.5)."""

ACTIVE: frozenset[TreeState] = frozenset({"initial_prompt_review", "growing", "ranking"})
"""States in which a tree has work for people."""

TERMINAL: frozenset[TreeState] = frozenset(
    {"ready_for_export", "scoring_failed", "aborted_low_grade", "halted_by_moderator"}
)
"""States that a tree leaves only through a moderator or a repeated scoring."""

WAITING: frozenset[TreeState] = frozenset({"prompt_lottery_waiting", "backlog_ranking"})
"""States that a tree leaves only through a lottery."""

CLOSED: frozenset[TreeState] = frozenset({"halted_by_moderator", "aborted_low_grade"})
"""States in which a tree was stopped."""

TAKES_REPLIES: frozenset[TreeState] = frozenset({"growing", "ranking", "ready_for_scoring", "ready_for_export"})
"""States of a tree in which a reply is still kept, even a late one (docs/reference/open-assistant.md 1.4)."""

WorkKind = Literal[
    "initial_prompt",
    "prompter_reply",
    "assistant_reply",
    "label_initial_prompt",
    "label_prompter_reply",
    "label_assistant_reply",
    "rank_assistant_replies",
    "rank_prompter_replies",
]
"""The kind of work that a tree has for people."""

TaskKind = Literal[WorkKind, "prompt_with_reply"]
"""The kind of a task that somebody is given."""

TaskRequest = Literal[TaskKind, "random"]
"""A request for a task: of a certain kind, or of any."""

RANDOM: Final = "random"
BOTH: Final = "prompt_with_reply"
"""A prompt together with the reply that its author has in mind, in one task (labeling.md; OA's most wanted, #1030)."""

KINDS: tuple[TaskRequest, ...] = (
    RANDOM,
    "initial_prompt",
    BOTH,
    "prompter_reply",
    "assistant_reply",
    "label_initial_prompt",
    "label_prompter_reply",
    "label_assistant_reply",
    "rank_assistant_replies",
    "rank_prompter_replies",
)
"""The kinds of tasks that can be requested, in the order in which they are offered."""

WRITES: frozenset[TaskKind] = frozenset({"initial_prompt", "prompter_reply", "assistant_reply"})
REPLIES: frozenset[TaskKind] = frozenset({"prompter_reply", "assistant_reply"})
PROMPTS: frozenset[TaskKind] = frozenset({"initial_prompt", BOTH})
LABELS: frozenset[TaskKind] = frozenset({"label_initial_prompt", "label_prompter_reply", "label_assistant_reply"})
RANKS: frozenset[TaskKind] = frozenset({"rank_assistant_replies", "rank_prompter_replies"})

TaskState = Literal["leased", "done", "skipped", "later", "expired", "author"]
"""The state of a task.

"skipped" hides its item from the person for good, "later" hides it until `expires_at`. "expired" has freed its slot,
but an answer is still accepted. "author" marks the person who wrote what the item is about; they are never given it.
"""

UNANSWERED: frozenset[TaskState] = frozenset({"leased", "expired"})
"""States of a task in which an answer is still accepted."""

OUT: frozenset[TaskState] = frozenset({"done", "skipped", "author"})
"""States of a task after which its person does not get its item again."""

MessageRole = Literal["prompter", "assistant"]
ReviewResult = Literal["waiting", "accepted", "rejected"]
"""The decision of a message's reviews so far."""

LabelMode = Literal["quick", "simple", "whole", "full"]
"""How a task's labels were given: by one tap, or in the short or the whole form.

"full" is a form of earlier versions, with fewer labels.
"""

IN_FULL: frozenset[LabelMode] = frozenset({"whole", "full"})
"""Modes that count as a full review."""

ReviewMode = Literal[LabelMode, "free"]
FREE: Final = "free"
"""The mode of labels that were given without a task. They do not count as a review."""

ReportOutcome = Literal["", "deleted", "restored", "halted", "reopened", "edited", "dismissed", "purged"]
"""The moderators' decision on a report; empty until there is one."""

_REQUESTS: Mapping[str, TaskRequest] = {kind: kind for kind in KINDS}
_TREE_STATES: Mapping[str, TreeState] = {state: state for state in get_args(TreeState)}


def task_request(name: str) -> TaskRequest | None:
    """The request that somebody means by a name, or None."""
    return _REQUESTS.get(name)


def tree_state(name: str) -> TreeState | None:
    """The state of a tree that a name stands for, or None."""
    return _TREE_STATES.get(name)
