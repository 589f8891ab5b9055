"""Chooses the best replies to each message."""

from dataclasses import dataclass, field

from core.dataset.export.nodes import ExportedMessage


@dataclass(slots=True)
class BestReplies:
    """Lets at most `most` answers to a message pass: those that come first, which are the best by rank.

    It is asked about messages depth first, after everything that leaves messages out. So a place that is free because
    a better answer was left out goes to the next one, and of tied answers no more than wanted pass. If some answers
    have a rank, those without one do not pass, since nobody knows where they belong.
    """

    most: int
    _passed: dict[int, tuple[str | None, int]] = field(default_factory=dict)

    def refuse(self, node: ExportedMessage) -> str:
        """The reason why an answer does not pass; empty if it does."""
        if node.chat or node.role != "assistant":
            return ""
        parent_id, passed = self._passed.get(node.depth, (None, 0))
        if parent_id != node.parent_id:
            passed = 0
        if passed >= self.most or (node.ranked and node.rank is None):
            return "not-top"
        self._passed[node.depth] = node.parent_id, passed + 1
        return ""
