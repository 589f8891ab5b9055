"""Counts what an export wrote, and what it left out and why."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core.dataset.export.nodes import GUESS, LANG_FROM, ExportedMessage
from core.labeling.rules.agreement import LabelAgreement, SharedItems

REASONS: Mapping[str, str] = {
    "deleted": "deleted or erased",
    "unfinished": "answers that were cut short, failed or are still being written",
    "empty": "without any text",
    "no-consent": "by a person who has not agreed to the current terms",
    "private": "from a conversation that somebody keeps out of training",
    "outside": "with words that their author did not write: from files, forwarded messages, embeds and the like",
    "platform-off": "from a platform that is switched off",
    "source-off": "from a source that is switched off",
    "out-of-turn": "two messages of one side in a row",
    "below": "below a message that was left out",
    "too-deep": "deeper than a tree of the format may be",
    "unrated": "answers without a rating",
    "undecided": "answers whose ratings are undecided",
    "flagged": "reported as spam, as personal data or as abuse",
    "rejected": "rejected by reviewers",
    "unreviewed": "that reviewers have not decided on",
    "spam": "labeled as spam",
    "label": "with labels that this format or the chosen bounds rule out",
    "few-reviews": "with fewer reviews than chosen",
    "synthetic": "written by a model",
    "human": "written by people",
    "not-deleted": "that are not deleted",
    "not-spam": "that are not labeled as spam",
    "others": "by others",
    "other-side": "on the other side of the split",
    "lang": "in other languages than the chosen ones",
    "time": "from trees that were begun at another time",
    "reply": "replies, since only prompts were asked for",
    "not-top": "not among the best of their siblings",
    "not-good": "answers of which people say that none is good",
    "disliked": "answers that people rated as bad",
    "given": "from chats that are in a labeled tree too",
    "unpaired": "answers without a clear preference",
}
"""The reasons for leaving something out, in words for the operator."""


@dataclass(slots=True)
class ReviewAgreement:
    """Collects the reviews of exported messages, to compute how far reviewers agree."""

    together: SharedItems = field(default_factory=SharedItems)

    def watch(self, nodes: Iterator[ExportedMessage]) -> Iterator[ExportedMessage]:
        """Yield the same nodes, and note their reviews."""
        for node in nodes:
            if len(node.reviews) > 1:
                self.together.note(node.lang, node.statements)
            yield node

    def agreements(self) -> Iterator[tuple[str, str, LabelAgreement]]:
        """Language, label and agreement, for the labels that enough messages got from two people or more."""
        return self.together.agreements()


@dataclass(slots=True)
class ExportCounts:
    """The counts of an export: what it wrote, and what it left out by reason (the keys of REASONS).

    `rows` counts the lines of the file, `messages` all messages examined, `good` and `bad` the labels of KTO rows.
    `written` counts the messages in the file by language, role and state, or its rows if a row is made of several
    messages. `relaxed` has, by limit, the trees in which fewer people than usual decided, each with their number.
    `passed_over` counts the trees in states that were not asked for. `origins` counts imported messages (or rows) by
    where they come from, and `guessed` those in a language that was guessed.
    """

    rows: int = 0
    messages: int = 0
    good: int = 0
    bad: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    ratings_left_out: Counter[str] = field(default_factory=Counter)
    written: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    origins: Counter[str] = field(default_factory=Counter)
    guessed: int = 0
    relaxed: defaultdict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    reviewed: ReviewAgreement = field(default_factory=ReviewAgreement)

    def note(self, node: ExportedMessage) -> None:
        """Count a message that was written, or a row that ends with it."""
        self.written[node.lang, node.role, node.tree_state] += 1
        for limit, number in node.relaxed.items():
            self.relaxed[limit][node.tree_id] = number
        if node.from_file:
            self.origins[node.origin] += 1
            self.guessed += node.imported.get(LANG_FROM) == GUESS
