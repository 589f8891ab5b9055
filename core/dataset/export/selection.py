"""Selects the messages that the operator wants, out of those that may be exported."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from core.dataset.export.annotations import PseudonymIds, labels, review_count, shares
from core.dataset.export.nodes import ExportedMessage

Synthetic = Literal["include", "exclude", "only"]

HALF = 0.5
SPAM: Mapping[str, float] = {"spam": HALF}
TRAINING: Mapping[str, float] = {**SPAM, "lang_mismatch": HALF}
EXAMPLES: Mapping[str, float] = {**TRAINING, "fails_task": HALF}
"""The highest values that labels in trees may have, unless the operator says otherwise (docs/reference/labeling.md
3.2).

SPAM is for Open Assistant's own formats, TRAINING for training rows, and EXAMPLES for rows that serve as good examples.
"""

HARM = ("hate_speech", "pii", "sexual_content")
ACCUSERS = 2
"""The labels in HARM keep a tree's message out of training rows if at least ACCUSERS people give them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSelection:
    """The operator's selection of messages.

    `since` (inclusive) and `until` (exclusive) limit the time at which a tree was begun. `most` and `least` are upper
    and lower bounds for labels; a message without a label is within its bounds. `usual` are further upper bounds for
    trees only. With `careful`, messages that several people call harmful are left out. `top` is how many of the best
    replies are wanted. With `only_deleted` and `only_spam`, rows are made of nothing but what moderators deleted, or
    what most reviewers call spam; with `user`, of nothing but what the person with this id wrote, whether the id is
    their own or, with `ids`, hidden.
    """

    langs: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    deleted: bool = False
    rejected: bool = False
    synthetic: Synthetic = "include"
    min_reviews: int = 0
    most: Mapping[str, float] = field(default_factory=dict)
    least: Mapping[str, float] = field(default_factory=dict)
    usual: Mapping[str, float] = field(default_factory=dict)
    careful: bool = False
    prompts_only: bool = False
    top: int | None = None
    only_deleted: bool = False
    only_spam: bool = False
    user: str = ""
    ids: PseudonymIds = field(default_factory=PseudonymIds)

    def refuse(self, node: ExportedMessage) -> str:
        """The reason why a message, and so everything below it, is not wanted; empty if it is wanted."""
        return self._by_place(node) or self._by_decision(node) or self._by_labels(node)

    def takes(self, node: ExportedMessage) -> bool:
        """Whether a row may be about this message.

        If only models' messages are wanted, people's messages still appear on the way to them.
        """
        return not self.skips(node)

    def skips(self, node: ExportedMessage) -> str:
        """The reason why no row may be about a message, even if it is on the way to others; empty if one may."""
        if self.synthetic == "only" and not node.synthetic:
            return "human"
        if self.only_deleted and not node.deleted:
            return "not-deleted"
        if self.only_spam and shares(node).get("spam", 0.0) <= HALF:
            return "not-spam"
        return "" if self.is_theirs(node) else "others"

    def is_theirs(self, node: ExportedMessage) -> bool:
        """Whether the person who is asked for wrote the message or, in a chat, asked for it."""
        author = node.person_id or node.author
        return not self.user or self.user in (author, self.ids("user", author) if author else "")

    def _by_place(self, node: ExportedMessage) -> str:
        if node.depth:
            return "reply" if self.prompts_only else ""
        if self.langs and not any(node.lang == lang or node.lang.startswith(f"{lang}-") for lang in self.langs):
            return "lang"
        early = self.since is not None and node.created_at < self.since
        late = self.until is not None and node.created_at >= self.until
        return "time" if early or late else ""

    def _by_decision(self, node: ExportedMessage) -> str:
        if node.deleted and not self.deleted:
            return "deleted"
        if node.synthetic and self.synthetic == "exclude":
            return "synthetic"
        if node.chat:
            return ""
        if not self.rejected and not node.review_result:
            return "unreviewed" if node.review_result is None else "rejected"
        if review_count(node) < self.min_reviews:
            return "few-reviews"
        return ""

    def _by_labels(self, node: ExportedMessage) -> str:
        most = self.most if node.chat else {**self.usual, **self.most}
        if not (most or self.least or self.careful):
            return ""
        found = shares(node)
        over = [name for name, bound in most.items() if found.get(name, 0.0) > bound]
        if "spam" in over:
            return "spam"
        if over or any(found.get(name, 1.0) < bound for name, bound in self.least.items()):
            return "label"
        return "flagged" if self.careful and not node.chat and _accused(node) else ""


def _accused(node: ExportedMessage) -> bool:
    given = labels(node)
    return any(
        (one["value"] or 0.0) * one["count"] + len(_reporters(node, name)) > ACCUSERS - HALF
        for name in HARM
        if (one := given.get(name, {"value": 0.0, "count": 0}))
    )


def _reporters(node: ExportedMessage, name: str) -> set[str]:
    """Those who gave a label in a report and did not give it in a review or with a thumb already."""
    reviewers = {review.person_id for review in node.reviews if name in review.labels}
    voters = {vote.person_id for vote in node.votes if name in vote.labels}
    return {report.person_id for report in node.reports if name in report.labels} - reviewers - voters
