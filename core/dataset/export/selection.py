"""Which of what may leave is wanted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from core.dataset.export.annotations import labels, review_count, shares
from core.dataset.export.nodes import Node

Synthetic = Literal["include", "exclude", "only"]

HALF = 0.5
SPAM: Mapping[str, float] = {"spam": HALF}
TRAINING: Mapping[str, float] = {**SPAM, "lang_mismatch": HALF}
EXAMPLES: Mapping[str, float] = {**TRAINING, "fails_task": HALF}
"""What labels of trees may come to unless the operator says otherwise: in Open Assistant's own formats, in rows to
train with, and in those that show what is right (spec/labeling.md 3.2)."""

HARM = ("hate_speech", "pii", "sexual_content")
ACCUSERS = 2
"""Labels that keep a message of a tree out of rows to train with, where so many people say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the operator wants. `since` and `until` (which is left out) are about the beginning of a tree.

    `most` and `least` bound labels, and what nobody has labeled is within them; `usual` are bounds for trees alone.
    With `careful`, what several people call harmful stays out. `top` are how many of the best replies are wanted.
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

    def refuse(self, node: Node) -> str:
        """The reason why a message is not wanted, and so nothing below it; empty where it is."""
        return self._by_place(node) or self._by_decision(node) or self._by_labels(node)

    def takes(self, node: Node) -> bool:
        """Whether a row may be about this message: where only models' are wanted, people's still lead to them."""
        return self.synthetic != "only" or node.synthetic

    def _by_place(self, node: Node) -> str:
        if node.depth:
            return "reply" if self.prompts_only else ""
        if self.langs and not any(node.lang == lang or node.lang.startswith(f"{lang}-") for lang in self.langs):
            return "lang"
        early = self.since is not None and node.created_at < self.since
        late = self.until is not None and node.created_at >= self.until
        return "time" if early or late else ""

    def _by_decision(self, node: Node) -> str:
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
        return "not-top" if self.top is not None and _below_top(node, self.top) else ""

    def _by_labels(self, node: Node) -> str:
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


def _below_top(node: Node, top: int) -> bool:
    """A reply without a rank is among the best only where none of its siblings has one, as in Open Assistant."""
    if node.role != "assistant":
        return False
    return node.ranked if node.rank is None else node.rank >= top


def _accused(node: Node) -> bool:
    given = labels(node)
    named = [name for report in node.reports for name in set(report.labels)]
    return any(
        (one["value"] or 0.0) * one["count"] + named.count(name) > ACCUSERS - HALF
        for name in HARM
        if (one := given.get(name, {"value": 0.0, "count": 0}))
    )
